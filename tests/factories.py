"""Parties, people, requests, offers and matches for tests: plain functions without surprises.

Whoever is needed and not given is made: `request_in("matching")` comes with its Party, its centre and their people.
Records reach their states through the actions, so a test never starts from a state that the portal could not be in.
"""

from datetime import timedelta
from itertools import count
from types import SimpleNamespace

from django.utils import timezone

from accounts.models import Membership, User
from accounts.permissions import Role
from centres.models import (
    Constraint,
    CooperationType,
    Coverage,
    Hosting,
    Organization,
    Party,
    PartyFlag,
    Region,
    Subject,
    SupportCentre,
    Target,
)
from requests_offers.actions import drafts, engagements, matches, offers, requests
from requests_offers.models import Appraisal, CooperationRequest, Engagement, Match, MatchWeights, Offer

numbers = count(1)
PASSWORD = "a long enough sentence"

# Words ----------------------------------------------------------------------------------------------------------------

REGIONS = {  # code: (name, code of the region it is part of)
    "009": ("Oceania", ""),
    "054": ("Melanesia", "009"),
    "061": ("Polynesia", "009"),
    "002": ("Africa", ""),
    "202": ("Sub-Saharan Africa", "002"),
    "017": ("Middle Africa", "202"),
    "150": ("Europe", ""),
}
KINDS_OF_REGION = (Region.Kind.REGION, Region.Kind.SUBREGION, Region.Kind.INTERMEDIATE)
TARGETS = {1: "Plan and manage all areas", 6: "Reduce invasive alien species", 11: "Restore nature’s contributions"}
PARTIES = {  # code: (name, region, flags)
    "FJ": ("Fiji", "054", ("SIDS", "DEVELOPING")),
    "TV": ("Tuvalu", "061", ("LDC", "SIDS", "DEVELOPING")),
    "TD": ("Chad", "017", ("LDC", "LLDC", "DEVELOPING")),
    "FR": ("France", "150", ()),
}


def region(code):
    """A region, with those that it is part of."""
    name, above = REGIONS[code]
    parent = region(above) if above else None
    depth = 0 if parent is None else 1 if parent.parent_id is None else 2
    facts = {"name_en": name, "parent": parent, "kind": KINDS_OF_REGION[depth]}
    return Region.objects.get_or_create(code=code, defaults=facts)[0]


def target(number=6):
    facts = {"name_en": TARGETS.get(number, f"Heading {number}"), "identifier": f"KMGBF-TARGET-{number}"}
    facts["section"] = Target.Section.THREATS
    return Target.objects.get_or_create(number=number, defaults=facts)[0]


def subject(code="invasive_alien_species"):
    facts = {"name_en": _words(code), "identifier": f"CBD-{code}"}
    return Subject.objects.get_or_create(code=code, defaults=facts)[0]


def cooperation_type(code="technology_transfer"):
    return CooperationType.objects.get_or_create(code=code, defaults={"name_en": _words(code)})[0]


def constraint(code="access_to_technology"):
    return Constraint.objects.get_or_create(code=code, defaults={"name_en": _words(code)})[0]


def _words(code):
    return code.replace("_", " ").capitalize()


# The network ----------------------------------------------------------------------------------------------------------


def party(iso2="", **fields):
    """A Party: one of PARTIES with its region and flags, or a new one."""
    if iso2 and (known := Party.objects.filter(iso2=iso2).first()):
        return known
    if iso2 in PARTIES:
        return _known_party(iso2, fields)
    number = next(numbers)
    letters = "QZ"[number // 26 % 2] + chr(ord("A") + number % 26)
    made = Party.objects.create(iso2=iso2 or letters, **{"name_en": f"Party {number}"} | fields)
    return _searchable(made)


def _known_party(iso2, fields):
    name, code, flags = PARTIES[iso2]
    made = Party.objects.create(iso2=iso2, **{"name_en": name, "region": region(code)} | fields)
    for kind in flags:
        PartyFlag.objects.create(party=made, kind=kind, confirmed=True)
    return _searchable(made)


def _searchable(made):
    made.refresh_search_text()
    made.save()
    return made


def organization(seat=None, name="", **fields):
    """A verified organization; without a seat it belongs to no country."""
    number = next(numbers)
    facts = {"slug": f"organization-{number}", "name": name or f"Organization {number}", "is_verified": True}
    return Organization.objects.create(party=seat, **facts | fields)


def centre(*parties, name="", operating=True, **fields):
    """A centre that serves these Parties, run by a host of its own; it operates unless told otherwise."""
    number = next(numbers)
    made = SupportCentre.objects.create(slug=f"centre-{number}", name_en=name or f"Centre {number}", **fields)
    for served in parties:
        Coverage.objects.create(centre=made, party=served)
    opened = timezone.now().date() - timedelta(days=400) if operating else None
    Hosting.objects.create(centre=made, organization=organization(), operating_on=opened)
    return made


def centre_serving(served):
    """The operating centre of a Party, made if there is none."""
    return SupportCentre.objects.serving(served).filter(is_operating=True).first() or centre(served)


# People ---------------------------------------------------------------------------------------------------------------


def user(name="", **fields):
    """Somebody with an account and no role."""
    number = next(numbers)
    facts = {"email": f"person{number}@example.org", "name": name or f"Person {number}"}
    return User.objects.create(**facts | fields)


def member(role, *, who=None, **scope):
    """Somebody who holds a role; an office role is that of the TSC focal point unless `office_kind` says otherwise."""
    if role in {Role.DRAFTER, Role.FOCAL_POINT, Role.DEPUTY}:
        scope.setdefault("office_kind", "TSC")
    who = who or user()
    Membership.objects.create(user=who, role=role, **scope)
    return again(who)


def again(who):
    """The same person as the next request sees them: memberships are read anew."""
    return User.objects.get(pk=who.pk)


def _holder(role, **scope):
    """Whoever holds the role there, made if there is nobody."""
    held = Membership.objects.in_force().filter(role=role, **scope).order_by("pk").first()
    return again(held.user) if held else member(role, **scope)


def focal_point_of(office):
    return _holder(Role.FOCAL_POINT, party=office)


def deputy_of(office):
    return _holder(Role.DEPUTY, party=office)


def drafter_of(office):
    return _holder(Role.DRAFTER, party=office)


def officer_of(held):
    """An officer of a centre; of the helpdesk, hence a coordinator, where there is no centre."""
    return _holder(Role.OFFICER, centre=held) if held else coordinator()


def head_of(held):
    """The head of a centre; a coordinator where there is no centre."""
    return _holder(Role.HEAD, centre=held) if held else coordinator()


def provider_of(offering):
    return _holder(Role.PROVIDER, organization=offering)


def donor_of(giving):
    return _holder(Role.DONOR, organization=giving)


def coordinator():
    return _holder(Role.COORDINATOR)


def advisor():
    return _holder(Role.ADVISOR)


def evaluator():
    return _holder(Role.EVALUATOR)


def administrator():
    return _holder(Role.ADMINISTRATOR)


def everyone_known():
    """The people everyone knows: an office, its centre, a provider, a donor, a coordinator and a stranger."""
    fiji = party("FJ")
    pacific = centre(fiji, party("TV"), name="Pacific Centre")
    laboratory = organization(fiji, "Marine Laboratory")
    fund = organization(None, "Nature Fund")
    return SimpleNamespace(
        party=fiji,
        centre=pacific,
        organization=laboratory,
        fund=fund,
        focal_point=focal_point_of(fiji),
        deputy=deputy_of(fiji),
        drafter=drafter_of(fiji),
        officer=officer_of(pacific),
        head=head_of(pacific),
        provider=provider_of(laboratory),
        donor=donor_of(fund),
        coordinator=coordinator(),
        stranger=user("Stranger"),
    )


# Requests -------------------------------------------------------------------------------------------------------------


def need(**fields):
    """What a form would send for one component."""
    return {
        "title": "Control of invasive plants",
        "text": "We look for a control without herbicide that fishers can keep up themselves.",
        "targets": [target()],
        "subjects": [subject()],
        "cooperation_types": [cooperation_type()],
        "languages": ["en"],
    } | fields


def draft_request(office=None, *, by=None, needs=None, **fields):
    """A complete draft of a Party's office."""
    office = office or party("FJ")
    words = {"title": "Invasive plants in our lagoons", "summary": "Floating plants close the landing places."}
    data = words | fields | {"components": [need()] if needs is None else needs}
    return drafts.start_request(office, by=by or focal_point_of(office), data=data)


def request_in(state="matching", office=None, *, draft=None, **fields):
    """A request in one of its states, with a centre that holds it unless `held=False`."""
    office = office or (draft.party if draft else party("FJ"))
    if fields.pop("held", True) and state != "draft":
        centre_serving(office)
    made = draft or draft_request(office, **fields)
    for step in REQUEST_PATHS[state]:
        step(made)
    made = CooperationRequest.objects.get(pk=made.pk)
    assert made.status == state, made.status
    return made


def _office(made):
    return focal_point_of(made.party)


def _officer(made):
    return officer_of(made.centre)


def _submit(made):
    requests.submit(made, by=_office(made))


def _ask(made):
    requests.ask_clarification(made, by=_officer(made), text="May herbicides be used?")


def _accept(made):
    requests.accept(made, by=_officer(made))


def _answer_directly(made):
    requests.answer_directly(made, by=_officer(made), text="There is a guideline for this.", sources="example.org")


def _wait_for_60_days(made):
    CooperationRequest.objects.filter(pk=made.pk).update(asked_at=timezone.now() - timedelta(days=60))


def _wait_for_90_days(made):
    CooperationRequest.objects.filter(pk=made.pk).update(matching_since=timezone.now() - timedelta(days=91))


def _agree_first(made):
    match_in("agreed", component=made.components.order_by("number").first())
    made.refresh_from_db()


def _agree_all(made):
    for component in made.components.order_by("number"):
        match_in("agreed", component=component)
    made.refresh_from_db()


def _conclude_all(made):
    for engagement in Engagement.objects.filter(match__component__request=made):
        engagements.conclude(engagement, by=_office(made), side="party")


def _complete(made):
    requests.complete(made, by=_officer(made))
    requests.complete(made, by=_office(made))


REQUEST_PATHS = {
    "draft": [],
    "submitted": [_submit],
    "clarification": [_submit, _ask],
    "dormant": [_submit, _ask, _wait_for_60_days, requests.lapse],
    "refused": [_submit, lambda made: requests.refuse(made, by=head_of(made.centre), reason_code="outside_scope")],
    "answered": [_submit, _answer_directly],
    "matching": [_submit, _accept],
    "unmet": [_submit, _accept, _wait_for_90_days, requests.declare_unmet],
    "partly_matched": [_submit, _accept, _agree_first],
    "matched": [_submit, _accept, _agree_all],
    "completed": [_submit, _accept, _agree_all, _conclude_all, _complete],
    "paused": [_submit, lambda made: requests.pause(made, by=_office(made))],
    "withdrawn": [_submit, lambda made: requests.withdraw(made, by=_office(made), reason_code="solved")],
}

# Offers ---------------------------------------------------------------------------------------------------------------


def draft_offer(offering=None, *, by=None, **fields):
    """A complete draft of an organization."""
    offering = offering or organization(party("FJ"))
    words = {
        "title": "Weevils against water hyacinth",
        "text": "We rear weevils and train fishing groups to release them.",
        "languages": ["en"],
        "worldwide": True,
        "capacity": 3,
        "targets": [target()],
        "subjects": [subject()],
        "cooperation_types": [cooperation_type()],
    }
    return drafts.start_offer(offering, by=by or provider_of(offering), data=words | fields)


def offer_in(state="published", offering=None, *, draft=None, **fields):
    """An offer in one of its states."""
    made = draft or draft_offer(offering, **fields)
    for step in OFFER_PATHS[state]:
        step(made)
    made = Offer.objects.get(pk=made.pk)
    assert made.status == state, made.status
    return made


def _provider(made):
    return provider_of(made.organization)


def _verifier(made):
    return officer_of(made.verifying_centre)


def _submit_offer(made):
    offers.submit(made, by=_provider(made))


def _publish(made):
    offers.publish(made, by=_verifier(made))


def _let_expire(made):
    Offer.objects.filter(pk=made.pk).update(expires_on=timezone.now().date() - timedelta(days=1))
    offers.expire(made)


OFFER_PATHS = {
    "draft": [],
    "in_verification": [_submit_offer],
    "published": [_submit_offer, _publish],
    "paused": [_submit_offer, _publish, lambda made: offers.pause(made, by=_provider(made))],
    "expired": [_submit_offer, _publish, _let_expire],
    "refused": [_submit_offer, lambda made: offers.refuse(made, by=_verifier(made), reason_code="commercial")],
    "withdrawn": [_submit_offer, _publish, lambda made: offers.withdraw(made, by=_provider(made))],
}

# Matches --------------------------------------------------------------------------------------------------------------

EXPLANATION = [
    {
        "criterion": "text",
        "value": 0.64,
        "weight": 0.35,
        "share": 0.41,
        "evidence": [
            {"kind": "word", "need": "plants", "offer": "hyacinth"},
            {"kind": "concept", "concept": 12, "label": "invasive species", "need": "plants", "offer": "hyacinth"},
            {
                "kind": "sentence",
                "need": "We look for a control without herbicide.",
                "offer": "No chemical is used.",
                "similarity": 0.61,
            },
        ],
    },
    {
        "criterion": "targets",
        "value": 1.0,
        "weight": 0.2,
        "share": 0.36,
        "evidence": [{"kind": "target", "number": 6}],
    },
]
MISSING = [{"criterion": "region", "code": "party_not_covered", "params": {"party": "FJ", "parties": ["FJ"]}}]


def suggest(component=None, offer=None, *, score=0.71, rank=1, **fields):
    """What the scorer writes: a suggestion with its reasons, and the component that says when it was scored."""
    component = component or request_in("matching").components.get()
    now = timezone.now()
    facts = {"score": score, "rank": rank, "band": "strong", "explanation": EXPLANATION, "missing": MISSING}
    versions = {"weights": 1, "lexicon": "2026-11-18", "calibration": "2026-11-20"}
    made = Match.objects.create(
        component=component, offer=offer or offer_in("published"), scored_at=now, versions=versions, **facts | fields
    )
    component.scored_at, component.offers_looked_at = now, Offer.objects.published().count()
    component.save(update_fields=["scored_at", "offers_looked_at"])
    return made


def match_in(state="offered", *, component=None, offer=None, **fields):
    """A match in one of its states."""
    if state == "proposed":
        component = component or request_in("matching").components.get()
        by = officer_of(component.request.centre)
        return matches.propose(component, offer or offer_in("published"), by=by)
    made = suggest(component, offer, **fields)
    for step in MATCH_PATHS[state]:
        step(made)
    made = Match.objects.get(pk=made.pk)
    assert made.status == state, made.status
    return made


def _match_officer(made):
    return officer_of(made.component.request.centre)


def _offer_to_both(made):
    matches.offer_to_both(made, by=_match_officer(made))


def _accept_as_party(made):
    matches.accept(made, by=focal_point_of(made.component.request.party), side="party", publish=True)


def _accept_as_provider(made):
    matches.accept(made, by=provider_of(made.offer.organization), side="provider", publish=True)


def _decline(made):
    matches.decline(made, by=provider_of(made.offer.organization), side="provider", reason_code="no_capacity")


def _let_lapse(made):
    Match.objects.filter(pk=made.pk).update(due_on=timezone.now().date() - timedelta(days=3))
    made.refresh_from_db()
    matches.lapse(made)


MATCH_PATHS = {
    "suggested": [],
    "shortlisted": [lambda made: matches.shortlist(made, by=_match_officer(made))],
    "dropped": [lambda made: matches.drop(made, by=_match_officer(made))],
    "offered": [_offer_to_both],
    "agreed": [_offer_to_both, _accept_as_party, _accept_as_provider],
    "declined": [_offer_to_both, _decline],
    "lapsed": [_offer_to_both, _let_lapse],
    "retracted": [
        _offer_to_both,
        lambda made: matches.retract(made, by=_match_officer(made), reason_code="mistake"),
    ],
}


def engagement_in(state="active", *, match=None):
    """The engagement of an agreed match, in one of its states."""
    match = match or match_in("agreed")
    made = Engagement.objects.get(match=match)
    by = focal_point_of(match.component.request.party)
    if state == "ended_early":
        engagements.end_early(made, by=by, side="party", reason_code="funding")
    if state in {"concluded", "appraised"}:
        engagements.conclude(made, by=by, side="party")
    if state == "appraised":
        _appraise(made, by)
    made = Engagement.objects.get(pk=made.pk)
    assert made.status == state, made.status
    return made


def _appraise(made, office):
    people = {"party": office, "provider": provider_of(made.match.offer.organization)}
    for moment in Appraisal.Moment.values:
        for side, by in people.items():
            engagements.appraise(made, by=by, side=side, moment=moment, text="It helped.")


def weights(**values):
    """A new version of the weights."""
    newest = MatchWeights.objects.order_by("-version").first()
    return MatchWeights.objects.create(version=newest.version + 1 if newest else 2, values=values)
