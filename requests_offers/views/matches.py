"""The offers found for a request: ranked, explained, compared, and what each side does with them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import Permission, can

from .. import whats_next
from ..actions import matches as acts
from ..actions.opening import sides_of
from ..audience import audience
from ..forms.steps import ProposalForm
from ..lifecycle import LIVE_MATCH, MatchStatus
from ..models import Component, Match, Offer
from ..reasons import reason_label
from ..wording.evidence import closest_sentences, lacking, worded
from ..wording.names import Names
from .requests import visible_request
from .steps import buttons, step_page

SHOWN_FIRST = 10
COMPARED = (2, 4)
ORDER: dict[str, int] = {
    MatchStatus.AGREED: 0,
    MatchStatus.OFFERED: 1,
    MatchStatus.SHORTLISTED: 2,
    MatchStatus.PROPOSED: 3,
}


@login_not_required
@require_safe
def request_matches(request, reference):
    """The offers for one need of a request, best first, as far as the reader may see them."""
    record = visible_request(request.user, reference)
    components = list(record.components.order_by("number"))
    component = _chosen(components, request.GET.get("component", ""))
    found = _matches(component, request.user) if component else []
    live = [match for match in found if match.status in LIVE_MATCH]
    show_all = "all" in request.GET
    works = can(request.user, Permission.MATCH_OFFER, record)
    context = {
        "record": record,
        "components": components,
        "component": component,
        "seen_as": audience(record, request.user),
        "matches": described(live if show_all else live[:SHOWN_FIRST], request.user),
        "hidden_count": 0 if show_all else max(len(live) - SHOWN_FIRST, 0),
        "past": [_ended(match) for match in found if match.status not in LIVE_MATCH],
        "baton": _baton(record, live, request.user),
        "works": works,
        "sees_suggestions": can(request.user, Permission.MATCH_VIEW, record),
        "is_searched": component is not None and component in _searched(component),
        "proposal_form": ProposalForm() if works else None,
    }
    return render(request, "requests_offers/request_matches.html", context)


def _searched(component):
    return Component.objects.scored().filter(pk=component.pk)


def _chosen(components, number: str) -> Component | None:
    """The need that the address names; the first one otherwise."""
    named = [component for component in components if str(component.number) == number]
    return (named or components or [None])[0]


def _matches(component, user) -> list[Match]:
    rows = Match.objects.visible_to(user).filter(component=component)
    rows = rows.select_related("component__request__party", "component__request__centre", "offer__organization__party")
    return sorted(rows.select_related("engagement").best_first(), key=lambda match: ORDER.get(match.status, 4))


def described(matches, user) -> list[Match]:
    """Give each match its place, its reasons in the reader's words, and the buttons for this reader."""
    names = Names()
    for place, match in enumerate(matches, start=1):
        match.place = place
        match.shares = worded(match.explanation, names)
        match.lacks = lacking(match.missing, names)
        match.sentences = closest_sentences(match.explanation)
        match.places_words = places_words(match.offer)
        match.answers = _answers(match)
        match.buttons = buttons(match, user)
        match.engagement_buttons = buttons(match.engagement, user) if hasattr(match, "engagement") else []
    return matches


def places_words(offer: Offer) -> str:
    """How many places an offer has left."""
    left, all_places = max(offer.places_left, 0), offer.capacity
    sentence = ngettext("%(left)s place left of %(all)s", "%(left)s places left of %(all)s", left)
    return sentence % {"left": left, "all": all_places}


def _answers(match) -> list[dict]:
    """What both sides have said about an offered match."""
    if match.status != MatchStatus.OFFERED:
        return []
    sides = (
        (match.component.request.party.name, match.accepted_by_party_at),
        (match.offer.organization.name, match.accepted_by_provider_at),
    )
    return [{"who": who, "said_yes_at": moment} for who, moment in sides]


def _ended(match) -> Match:
    match.reason_words = reason_label(match.reason_code) if match.reason_code else ""
    return match


def _baton(record, live, user):
    """The baton of the match that waits for this reader, else for anybody; that of the request without one."""
    offered = [match for match in live if match.status == MatchStatus.OFFERED]
    mine = [match for match in offered if sides_of(match, user, "accept")]
    waiting = sorted(mine or offered, key=lambda match: match.due_on)
    now = timezone.now()
    return whats_next.of_match(waiting[0], user, now) if waiting else whats_next.of_request(record, user, now)


@login_not_required
@require_safe
def match_compare(request, reference):
    """Two to four offers side by side, criterion by criterion."""
    record = visible_request(request.user, reference)
    numbers = dict.fromkeys(request.GET.getlist("match"))
    rows = Match.objects.none()
    for number in list(numbers)[: COMPARED[1]]:
        rows |= Match.objects.by_reference(number)
    rows = Match.objects.visible_to(request.user).filter(component__request=record, pk__in=rows.values("pk"))
    found = list(rows.select_related("component__request__party", "offer__organization__party").best_first())
    if len(found) < COMPARED[0]:
        messages.warning(request, _("Tick two to four offers to compare them."))
        return redirect(_url(record))
    matches = described(found, request.user)
    context = {
        "record": record,
        "matches": matches,
        "lines": compared(matches),
        "back": _url(record, found[0].component),
    }
    return render(request, "requests_offers/match_compare.html", context)


def compared(matches) -> list[dict]:
    """One line for each criterion that any of the offers was judged by, with what each got."""
    criteria = dict.fromkeys(share["criterion"] for match in matches for share in match.shares)
    return [_compared(criterion, matches) for criterion in criteria]


def _compared(criterion, matches) -> dict:
    shares = [next((one for one in match.shares if one["criterion"] == criterion), None) for match in matches]
    values = [share["share"] if share else 0.0 for share in shares]
    most = max(values)
    more = most > min(values)
    cells = [
        {
            "share": share,
            "met": round(100 * share["value"]) if share else 0,
            "points": round(100 * value, 1),
            "is_more": more and value == most,
        }
        for share, value in zip(shares, values, strict=True)
    ]
    return {"criterion": criterion, "cells": cells}


def _url(record, component=None) -> str:
    url = reverse("request_matches", args=[record.reference])
    return f"{url}?component={component.number}" if component else url


@require_http_methods(["GET", "POST"])
def match_step(request, reference, name):
    """One step of a match: the page that asks, and the act."""
    match = get_object_or_404(
        Match.objects.visible_to(request.user)
        .by_reference(reference)
        .select_related("component__request__party", "component__request__centre", "offer__organization")
    )
    back = _url(match.component.request, match.component)
    context = {"places": places_words(match.offer)}
    return step_page(request, match, name, acts.STEPS, back=back, **context)


@require_POST
def match_propose(request, reference):
    """The officer proposes an offer, by its reference, for one need."""
    record = visible_request(request.user, reference)
    component = get_object_or_404(record.components, number=_number(request.POST.get("component")))
    form = ProposalForm(request.POST)
    wanted = form.cleaned_data["offer"].strip().upper() if form.is_valid() else ""
    offer = Offer.objects.visible_to(request.user).by_reference(wanted).first()
    if offer is None:
        messages.warning(request, _("There is no offer with this reference. It looks like OFF-000311."))
        return redirect(_url(record, component))
    acts.propose(component, offer, by=request.user)
    messages.success(request, _("Proposed. You can offer it to both sides now; it is scored with the others."))
    return redirect(_url(record, component))


def _number(text) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 4 else 0
