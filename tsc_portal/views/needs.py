"""The needs board: a table of targets and groups of countries, and the list behind each cell."""

from collections import defaultdict
from typing import NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from centres.models import Party, PartyFlag, Region, Target
from knowledge.models import Project, Source
from requests_offers.lifecycle import ComponentStatus, RequestStatus
from requests_offers.models import Component, CooperationRequest, Offer
from tsc_portal.needs_board import Cell, Money, Need, Supply, board
from workplans.models import Activity, Gap

OPEN_NEED = [ComponentStatus.OPEN, ComponentStatus.OFFERED, ComponentStatus.UNMET]
LIVE = [RequestStatus.MATCHING, RequestStatus.PARTLY_MATCHED, RequestStatus.UNMET]
SHOWN = 50


class Group(NamedTuple):
    """A column: its code in addresses, two letters for a phone, its name, and its Parties."""

    code: str
    short: str
    name: str | Promise
    parties: frozenset[int]


@login_not_required
@require_safe
def needs(request):
    """The board; with ?target= and ?group= the list behind one cell."""
    by = "un" if request.GET.get("by") == "un" else "region"
    groups = groups_by(by)
    targets = list(Target.objects.current().in_order())
    cells = count_cells(request.user, targets, groups)
    chosen = _chosen(request, targets, groups)
    context = {
        "by": by,
        "groups": groups,
        "lines": [(target, [(group, cells[target.number, group.code]) for group in groups]) for target in targets],
        "unmet": unmet_requests(request.user),
        "chosen": chosen and _behind(request.user, *chosen, cells[chosen[0].number, chosen[1].code]),
        "at": timezone.now(),
    }
    return render(request, "tsc_portal/needs.html", context)


def groups_by(by: str) -> list[Group]:
    """The columns: regions of the world or regional groups of the UN, then LDC and SIDS."""
    parties = list(Party.objects.current().select_related("region__parent__parent"))
    flags = PartyFlag.objects.in_force().filter(kind__in=["LDC", "SIDS"]).values_list("kind", "party")
    flagged: dict[str, set[int]] = defaultdict(set)
    for kind, party in flags:
        flagged[kind].add(party)
    found = _by_un_group(parties) if by == "un" else _by_region(parties)
    found.append(Group("LDC", "LDC", _("Least developed countries"), frozenset(flagged["LDC"])))
    found.append(Group("SIDS", "SIDS", _("Small island developing States"), frozenset(flagged["SIDS"])))
    return found


def _by_region(parties) -> list[Group]:
    members: dict[str, set[int]] = defaultdict(set)
    for party in parties:
        if top := _top(party.region):
            members[top.code].add(party.pk)
    rows = Region.objects.current().filter(kind=Region.Kind.REGION).by_name()
    return [Group(row.code, row.name[:2].upper(), row.name, frozenset(members[row.code])) for row in rows]


def _top(region):
    while region is not None and region.parent_id:
        region = region.parent
    return region


def _by_un_group(parties) -> list[Group]:
    members: dict[str, set[int]] = defaultdict(set)
    for party in parties:
        members[party.un_group].add(party.pk)
    return [
        Group(code, str(label)[:2].upper(), label, frozenset(members[code])) for code, label in Party.UNGroup.choices
    ]


# Counting -------------------------------------------------------------------------------------------------------------


def open_needs():
    """Needs that no agreed match answers yet, of requests that a centre has accepted."""
    return Component.objects.filter(status__in=OPEN_NEED, request__status__in=LIVE)


def count_cells(user, targets, groups) -> dict[tuple[int, str], Cell]:
    """Every cell of the board for this reader, in a fixed number of queries."""
    return board(
        [target.number for target in targets],
        {group.code: group.parties for group in groups},
        list(_needs(user)),
        list(_offers()),
        list(_money()),
        list(_projects()),
        list(_sources()),
    )


def _needs(user):
    seen = CooperationRequest.objects.visible_to(user).filter(pk=OuterRef("request"))
    rows = (
        open_needs()
        .annotate(is_seen=Exists(seen))
        .values_list("pk", "request__party", "status", "is_seen", "targets__number")
    )
    found: dict[int, tuple] = {}
    for pk, party, status, is_seen, number in rows:
        found.setdefault(pk, (party, status == ComponentStatus.UNMET, is_seen, set()))[3].add(number)
    for party, unmet, is_seen, numbers in found.values():
        yield Need(party, frozenset(numbers - {None}), unmet, bool(is_seen))


def _offers():
    rows = Offer.objects.matchable(timezone.now().date()).prefetch_related("targets", "parties", "regions")
    in_region = _parties_in_regions()
    for offer in rows:
        covered = None
        if not offer.worldwide:
            places = [in_region[region.pk] for region in offer.regions.all()]
            covered = frozenset({party.pk for party in offer.parties.all()}.union(*places))
        yield Supply(frozenset(target.number for target in offer.targets.all()), covered)


def under_way():
    """Published projects that have not ended."""
    return Project.objects.listed().exclude(ends_on__lt=timezone.now().date())


def _projects():
    for project in under_way().prefetch_related("targets", "co_parties"):
        covered = {project.party_id, *(party.pk for party in project.co_parties.all())}
        yield Supply(frozenset(target.number for target in project.targets.all()), frozenset(covered))


def _sources():
    """Every listed source of knowledge; those for the whole world cover every group."""
    in_region = _parties_in_regions()
    rows = Source.objects.listed()
    targets, regions = defaultdict(set), defaultdict(set)
    for pk, number in Source.targets.through.objects.values_list("source", "target__number"):
        targets[pk].add(number)
    for pk, region in Source.regions.through.objects.values_list("source", "region"):
        regions[pk] |= in_region[region]
    for pk, worldwide in rows.values_list("pk", "worldwide"):
        yield Supply(frozenset(targets[pk]), None if worldwide else frozenset(regions[pk]))


def _parties_in_regions() -> dict[int, set[int]]:
    """The Parties of each region and of all that it is part of."""
    found: dict[int, set[int]] = defaultdict(set)
    for party in Party.objects.current().select_related("region__parent__parent"):
        region = party.region
        while region is not None:
            found[region.pk].add(party.pk)
            region = region.parent
    return found


def _money():
    gaps = Gap.objects.filter(activity=OuterRef("identity"), line__isnull=True, currency="USD")
    rows = Activity.objects.public().filter(version__workplan__closed_at__isnull=True)
    rows = rows.annotate(asked=Subquery(gaps.values("asked")[:1]), firm_gap=Subquery(gaps.values("firm_gap")[:1]))
    for activity in rows.filter(asked__gt=0).prefetch_related("targets", "parties"):
        yield Money(
            frozenset(target.number for target in activity.targets.all()),
            frozenset(party.pk for party in activity.parties.all()),
            activity.asked,
            activity.firm_gap,
        )


# The list behind a cell -----------------------------------------------------------------------------------------------


def _chosen(request, targets, groups):
    number, code = request.GET.get("target", ""), request.GET.get("group", "")
    if not number and not code:
        return None
    target = next((one for one in targets if str(one.number) == number), None)
    group = next((one for one in groups if one.code == code), None)
    if target is None or group is None:
        raise Http404
    return target, group


def _behind(user, target, group, cell) -> dict:
    """The needs of a cell that the reader may see, unmet ones first, then the longest waiting."""
    rows = open_needs().visible_to(user).filter(targets=target, request__party__in=group.parties)
    rows = rows.select_related("request__party").order_by("request__matching_since", "pk")
    found = sorted(rows, key=lambda row: row.status != ComponentStatus.UNMET)
    here = Project.co_parties.through.objects.filter(project=OuterRef("pk"), party__in=group.parties)
    covering = under_way().filter(Q(party__in=group.parties) | Q(Exists(here)), targets=target)
    return {
        "target": target,
        "group": group,
        "cell": cell,
        "needs": found[:SHOWN],
        "more": max(len(found) - SHOWN, 0),
        "projects": list(covering.select_related("party").order_by("-published_at", "-pk")[:SHOWN]),
    }


def unmet_requests(user):
    """Requests for which nobody was found, the longest waiting first."""
    rows = CooperationRequest.objects.visible_to(user).unmet().select_related("party")
    return list(rows.order_by("matching_since", "pk")[:SHOWN])
