"""Allocation rounds: start, look at, compare, apply or discard."""

from collections import Counter
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import Permission, reach, require
from centres.models import SupportCentre

from ..actions import rounds
from ..models import AllocationRound, Component, Offer
from ..models.round import RoundStatus
from ..wording import rounds as words

PER_PAGE = 25
ROUNDS_PER_PAGE = 25
MOST_LISTED = 50
NETWORK = "network"


@dataclass
class Scope:
    """What somebody may run a round for: a centre or the network, and how many needs are open there."""

    slug: str
    centre: SupportCentre | None
    count: int
    live: int | None

    @property
    def is_worthwhile(self) -> bool:
        return rounds.can_be_worthwhile(self.count)

    @property
    def too_few(self) -> str:
        return rounds.too_few(self.count)


def _scopes(user) -> list[Scope]:
    part = reach(user, Permission.ROUND_RUN)
    held = Counter(rounds.open_needs(None).values_list("request__centre", flat=True))
    live = dict(AllocationRound.objects.live().values_list("centre", "pk"))
    found = [Scope(NETWORK, None, held.total(), live.get(None))] if part.everywhere else []
    centres = SupportCentre.objects.filter(pk__in=part.centres).by_name()
    return found + [Scope(centre.slug, centre, held[centre.pk], live.get(centre.pk)) for centre in centres]


@require_http_methods(["GET", "HEAD", "POST"])
def round_list(request):
    """The rounds so far, and the start of a new one."""
    require(request.user, Permission.ROUND_RUN)
    scopes = _scopes(request.user)
    if request.method == "POST":
        return _start(request, scopes)
    found = AllocationRound.objects.visible_to(request.user).select_related("centre", "started_by", "decided_by")
    page = Paginator(found.order_by("-queued_at", "-pk"), ROUNDS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"scopes": scopes, "page_obj": page, "least": rounds.MOST_WITHOUT_A_ROUND}
    return render(request, "requests_offers/round_list.html", context)


def _start(request, scopes):
    chosen = next((scope for scope in scopes if scope.slug == request.POST.get("scope")), None)
    if chosen is None:
        raise Http404
    made = rounds.start(chosen.centre, by=request.user)
    messages.success(request, _("The round is being computed. Nothing changes before you apply it."))
    return redirect("round_detail", made.pk)


def _visible(request, pk) -> AllocationRound:
    rows = AllocationRound.objects.visible_to(request.user).select_related("centre", "started_by", "decided_by")
    return get_object_or_404(rows, pk=pk)


@require_safe
def round_detail(request, pk):
    """What a round proposes, or what became of it."""
    found = _visible(request, pk)
    method = request.GET.get("method", "")
    chosen = found.assignment(method)
    if method and not chosen:
        raise Http404
    page = Paginator(chosen.get("pairs", []), PER_PAGE).get_page(request.GET.get("page"))
    unserved = _unserved(found, chosen)
    skipped = found.outcome.get("skipped", [])
    named = _Named(page.object_list, chosen.get("alternates", {}), unserved[:MOST_LISTED], skipped[:MOST_LISTED])
    page.object_list = named.pairs(set(found.result.get("priority", [])))
    context = {
        "round": found,
        "method": method or found.method or found.result.get("proposed", ""),
        "methods": [(name, words.METHODS[name]) for name in _methods(found)],
        "page_obj": page,
        "served": len({pair[0] for pair in chosen.get("pairs", [])}),
        "unserved": named.needs(unserved[:MOST_LISTED]),
        "unserved_count": len(unserved),
        "skipped": named.skipped(skipped[:MOST_LISTED]),
        "changes": [words.CHANGES[name] for name in rounds.changes_since(found)],
        "outcome": {name: len(rows) for name, rows in found.outcome.items()},
        **{f"{name}_url": reverse("round_step", args=[found.pk, name]) for name in ("apply", "discard", "recompute")},
    }
    return render(request, "requests_offers/round_detail.html", context)


def _methods(found: AllocationRound) -> dict:
    """What each method gave, in the order of the words: databases keep the names in an order of their own."""
    kept = found.result.get("methods", {})
    return {name: kept[name] for name in words.METHODS if name in kept}


def _unserved(found: AllocationRound, chosen: dict) -> list[int]:
    if not chosen:
        return []
    served = {pair[0] for pair in chosen["pairs"]}
    return [pk for pk in found.inputs.get("components", []) if pk not in served]


class _Named:
    """The rows of one page with their needs and offers, in two queries."""

    def __init__(self, pairs, alternates, unserved, skipped):
        self.rows, self.alternates = pairs, alternates
        needs = {pair[0] for pair in pairs} | set(unserved) | {row["component"] for row in skipped}
        others = [row for pair in pairs for row in alternates.get(str(pair[0]), [])]
        offers = {row[1] for row in [*pairs, *others]} | {row["offer"] for row in skipped}
        self.components = Component.objects.select_related("request__party").in_bulk(needs)
        self.offers = Offer.objects.select_related("organization").in_bulk(offers)

    def pairs(self, priority: set[int]) -> list[dict]:
        return [self._pair(row) | {"is_priority": row[0] in priority} for row in self.rows]

    def _pair(self, row) -> dict:
        need, offer, _match, score, relative = row
        others = self.alternates.get(str(need), [])
        return {
            "component": self.components.get(need),
            "offer": self.offers.get(offer),
            "score": score,
            "relative": round(100 * relative),
            "alternates": [(self.offers.get(other[1]), other[3]) for other in others],
        }

    def needs(self, pks) -> list[Component]:
        return [self.components[pk] for pk in pks if pk in self.components]

    def skipped(self, rows) -> list[dict]:
        return [
            {
                "component": self.components.get(row["component"]),
                "offer": self.offers.get(row["offer"]),
                "why": words.why_skipped(row["why"]),
            }
            for row in rows
        ]


@require_safe
def round_compare(request, pk):
    """The figures of the three methods side by side."""
    found = _visible(request, pk)
    methods = _methods(found)
    if not methods:
        raise Http404
    context = {
        "round": found,
        "methods": [(name, words.METHODS[name], words.METHODS_MEAN[name]) for name in methods],
        "figures": [_figure(line, methods) for line in words.FIGURES],
        "needs": len(found.inputs.get("components", [])),
        "factor": words.priority_factor(),
        "round_url": reverse("round_detail", args=[found.pk]),
        "round_name": _("Round %(number)s") % {"number": found.pk},
    }
    return render(request, "requests_offers/round_compare.html", context)


def _figure(line, methods) -> dict:
    name, label, meaning, kind = line
    cells = [(words.METHODS[method], found["figures"].get(name)) for method, found in methods.items()]
    factor = 100 if kind in {"percent", "hundredths"} else 1
    shown = [(method, None if value is None else round(factor * value, 1)) for method, value in cells]
    return {"label": label, "meaning": meaning, "kind": kind, "cells": shown}


@require_POST
def round_step(request, pk, name):
    """Apply, discard or compute anew."""
    found = _visible(request, pk)
    if name == "apply":
        return _apply(request, found)
    if name == "discard":
        rounds.discard(found, by=request.user)
        messages.success(request, _("The round is laid aside. Nothing was changed."))
        return redirect("round_detail", found.pk)
    if name != "recompute":
        raise Http404
    made = rounds.recompute(found, by=request.user)
    messages.success(request, _("The round is being computed anew, with what is known now."))
    return redirect("round_detail", made.pk)


def _apply(request, found):
    found = rounds.apply(found, by=request.user, method=request.POST.get("method", ""))
    if found.status == RoundStatus.STALE:
        messages.warning(
            request, _("Nothing was applied: needs, offers or weights have changed. Compute the round anew.")
        )
        return redirect("round_detail", found.pk)
    count = len(found.outcome["shortlisted"])
    done = ngettext(
        "Applied: %(count)s offer is on a short list now, and its centre has been told.",
        "Applied: %(count)s offers are on the short lists now, and their centres have been told.",
        count,
    )
    messages.success(request, done % {"count": count})
    return redirect("round_detail", found.pk)
