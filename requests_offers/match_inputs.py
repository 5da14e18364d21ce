"""Rows to records: the only bridge between the tables and the matching core."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from accounts.models import Membership
from accounts.permissions import Role
from centres.models import Party, PartyFlag

from .lifecycle import MatchStatus
from .matching.records import Candidate, Need, Text, Weights
from .models import Component, ConflictDeclaration, Match, MatchWeights, Offer

LASTING_NO = (MatchStatus.DECLINED, MatchStatus.DROPPED, MatchStatus.LAPSED, MatchStatus.RETRACTED)


def load_need(component: Component, as_of: date) -> Need:
    """The record of one component; `as_of` decides which flags of a Party are in force."""
    return load_needs(Component.objects.filter(pk=component.pk), as_of)[0]


def load_needs(components, as_of: date) -> list[Need]:
    """The records of a queryset of components, by primary key, in a fixed number of queries."""
    rows = list(
        components.select_related("request__party__region__parent__parent")
        .prefetch_related("targets", "subjects", "cooperation_types", "request__co_parties__region__parent__parent")
        .order_by("pk")
    )
    flags = _flags({row.request.party_id for row in rows}, as_of)
    own = _own_organizations({party.pk for row in rows for party in _parties(row)})
    excluded = _excluded_offers([row.pk for row in rows])
    conflicts = _Conflicts(
        {party.pk for row in rows for party in _parties(row)}, {row.request_id for row in rows}, _all_of(own)
    )
    return [
        _need(row, flags.get(row.request.party_id, frozenset()), own, excluded.get(row.pk, frozenset()), conflicts)
        for row in rows
    ]


def _parties(component: Component) -> list[Party]:
    return [component.request.party, *component.request.co_parties.all()]


def _all_of(sets: dict[int, set[int]]) -> set[int]:
    return set().union(*sets.values())


def _need(
    component: Component,
    flags: frozenset[str],
    own: dict[int, set[int]],
    excluded: frozenset[int],
    conflicts: "_Conflicts",
) -> Need:
    request, parties = component.request, _parties(component)
    ours = _all_of({party.pk: own.get(party.pk, set()) for party in parties})
    named = ({party.pk for party in parties}, {request.pk}, ours)
    return Need(
        id=component.pk,
        texts=texts_of(component),
        targets=frozenset(target.number for target in component.targets.all()),
        subjects=frozenset(subject.code for subject in component.subjects.all()),
        cooperation_types=frozenset(kind.code for kind in component.cooperation_types.all()),
        parties=frozenset(party.iso2 for party in parties),
        regions=frozenset(code for party in parties for code in region_codes(party)),
        developing=None if request.party.kind == Party.Kind.REIO else PartyFlag.Kind.DEVELOPING in flags,
        modality=component.modality,
        languages=frozenset(component.languages),
        starts_on=component.starts_on,
        ends_on=component.ends_on,
        budget=component.means,
        party_flags=flags - {PartyFlag.Kind.DEVELOPING},
        own_organizations=frozenset(ours),
        conflicts=conflicts.organizations(*named),
        excluded_offers=excluded | conflicts.offers(*named),
        consent_required=request.consent_required,
    )


def load_unfiled_need(said: dict, as_of: date) -> Need:
    """The record of a need that nobody has filed, from the codes and words that a preview was asked with."""
    codes = [code for code in (said.get("party"), *said.get("co_parties", [])) if code]
    known = {
        party.iso2: party for party in Party.objects.filter(iso2__in=codes).select_related("region__parent__parent")
    }
    parties = [known[code] for code in codes if code in known]
    lead = known.get(said.get("party", ""))
    flags = _flags({lead.pk}, as_of).get(lead.pk, frozenset()) if lead else frozenset()
    asking = {party.pk for party in parties}
    own = _all_of(_own_organizations(asking))
    conflicts = _Conflicts(asking, set(), own)
    texts = (said.get("title", ""), said.get("text", ""))
    return Need(
        id=0,
        texts=tuple(Text(part, said.get("language", "")) for part in texts if part.strip()),
        targets=frozenset(said.get("targets", ())),
        subjects=frozenset(said.get("subjects", ())),
        cooperation_types=frozenset(said.get("cooperation_types", ())),
        parties=frozenset(party.iso2 for party in parties),
        regions=frozenset(code for party in parties for code in region_codes(party)),
        developing=None if lead is None or lead.kind == Party.Kind.REIO else PartyFlag.Kind.DEVELOPING in flags,
        modality=said.get("modality", ""),
        languages=frozenset(said.get("languages", ())),
        starts_on=_day(said.get("starts_on")),
        ends_on=_day(said.get("ends_on")),
        budget=said.get("means", ""),
        party_flags=flags - {PartyFlag.Kind.DEVELOPING},
        own_organizations=frozenset(own),
        conflicts=conflicts.organizations(asking, set(), own),
        excluded_offers=conflicts.offers(asking, set(), own),
        consent_required=said.get("consent_required", False),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def texts_of(component: Component) -> tuple[Text, ...]:
    """Title first, then the need; what the request says as a whole stands in for a need that has no words of its
    own.
    """
    language = component.request.language
    parts = [component.title, component.text]
    if not component.text.strip():
        parts += [component.request.title, component.request.summary]
    return tuple(Text(part, language) for part in parts if part.strip())


def region_codes(party: Party | None) -> list[str]:
    """The M49 codes a Party lies in, from the nearest to the widest."""
    codes, region = [], party.region if party else None
    while region is not None:
        codes.append(region.code)
        region = region.parent
    return codes


def _flags(party_ids: Iterable[int], as_of: date) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for party_id, kind in PartyFlag.objects.in_force(as_of).filter(party__in=party_ids).values_list("party_id", "kind"):
        found.setdefault(party_id, set()).add(kind)
    return {party_id: frozenset(kinds) for party_id, kinds in found.items()}


def _own_organizations(party_ids: set[int]) -> dict[int, set[int]]:
    """By Party: organizations for which somebody of its office also answers. Nobody offers to themselves."""
    office = Membership.objects.in_force().filter(party__in=party_ids).values_list("user_id", "party_id")
    parties_of: dict[int, set[int]] = {}
    for user_id, party_id in office:
        parties_of.setdefault(user_id, set()).add(party_id)
    found: dict[int, set[int]] = {}
    theirs = Membership.objects.in_force().filter(role=Role.PROVIDER, user__in=list(parties_of))
    for user_id, organization_id in theirs.values_list("user_id", "organization_id"):
        for party_id in parties_of[user_id]:
            found.setdefault(party_id, set()).add(organization_id)
    return found


def _excluded_offers(component_ids: list[int]) -> dict[int, frozenset[int]]:
    """By component: offers with an earlier no; what was retracted by the portal itself may come back."""
    ended = Match.objects.filter(component__in=component_ids, status__in=LASTING_NO).exclude(Match.may_come_back())
    found: dict[int, set[int]] = {}
    for component_id, offer_id in ended.values_list("component_id", "offer_id"):
        found.setdefault(component_id, set()).add(offer_id)
    return {component_id: frozenset(offers) for component_id, offers in found.items()}


class _Conflicts:
    """The conflicts declared with some Parties, requests and organizations, read in two queries."""

    def __init__(self, parties: set[int], requests: set[int], organizations: set[int]):
        named = Q(with_party__in=parties) | Q(with_request__in=requests) | Q(with_organization__in=organizations)
        self.rows = list(ConflictDeclaration.objects.in_force().filter(named))
        experts = {row.expert_id for row in self.rows if row.expert_id}
        links = Offer.experts.through.objects.filter(expert__in=experts) if experts else []
        self.offers_of: dict[int, set[int]] = {}
        for link in links:
            self.offers_of.setdefault(link.expert_id, set()).add(link.offer_id)

    def _between(self, parties: set[int], requests: set[int], organizations: set[int]) -> list[ConflictDeclaration]:
        return [
            row
            for row in self.rows
            if row.with_party_id in parties
            or row.with_request_id in requests
            or row.with_organization_id in organizations
        ]

    def organizations(self, *named: set[int]) -> frozenset[int]:
        """The organizations that declared a conflict for themselves."""
        return frozenset(row.organization_id for row in self._between(*named) if row.expert_id is None)

    def offers(self, *named: set[int]) -> frozenset[int]:
        """The offers that name an expert who declared a conflict."""
        experts = [row.expert_id for row in self._between(*named) if row.expert_id is not None]
        return frozenset().union(*(self.offers_of.get(expert, set()) for expert in experts))


def conflict_between(component: Component, offer: Offer) -> bool:
    """Whether a declared conflict stands between a need and an offer."""
    parties = {party.pk for party in _parties(component)}
    named = (parties, {component.request_id}, _all_of(_own_organizations(parties)))
    found = _Conflicts(*named)
    return offer.organization_id in found.organizations(*named) or offer.pk in found.offers(*named)


def load_candidates(offers) -> list[Candidate]:
    """The records of offers, in a fixed number of queries; a queryset or a list of them in pieces of any size."""
    rows = offers.select_related("organization__party__region__parent__parent").prefetch_related(
        "targets",
        "subjects",
        "cooperation_types",
        "regions",
        "parties",
        "eligible_parties",
        "eligible_regions",
        "items",
    )
    rows = list(rows)
    seats = {offer.organization.party_id for offer in rows if offer.organization.party_id}
    developing = set(
        PartyFlag.objects.in_force()
        .filter(kind=PartyFlag.Kind.DEVELOPING, party__in=seats)
        .values_list("party_id", flat=True)
    )
    return [_candidate(offer, developing) for offer in rows]


def _candidate(offer: Offer, developing: set[int]) -> Candidate:
    seat = offer.organization.party
    return Candidate(
        id=offer.pk,
        organization_id=offer.organization_id,
        title=offer.title,
        items=(
            Text(offer.text or offer.title, offer.language),
            *(Text(item.text, item.language) for item in offer.items.all()),
        ),
        targets=frozenset(target.number for target in offer.targets.all()),
        subjects=frozenset(subject.code for subject in offer.subjects.all()),
        cooperation_types=frozenset(kind.code for kind in offer.cooperation_types.all()),
        parties=frozenset(party.iso2 for party in offer.parties.all()),
        regions=frozenset(region.code for region in offer.regions.all()),
        worldwide=offer.worldwide,
        home_regions=frozenset(region_codes(seat)),
        developing=None if seat is None or seat.kind == Party.Kind.REIO else seat.pk in developing,
        languages=frozenset(offer.languages),
        available_from=offer.available_from,
        available_until=offer.available_until,
        cost_model=offer.cost_model,
        eligible_parties=frozenset(party.iso2 for party in offer.eligible_parties.all()),
        eligible_regions=frozenset(region.code for region in offer.eligible_regions.all()),
        eligible_flags=frozenset(offer.eligible_flags),
        expires_on=offer.expires_on,
        places_left=offer.places_left,
        respects_consent=offer.respects_consent,
    )


def load_weights() -> Weights:
    """The weights in force: the newest version, or the start weights where nobody has changed them."""
    newest = MatchWeights.objects.order_by("-version").first()
    return Weights(version=newest.version, values=newest.values) if newest else Weights()
