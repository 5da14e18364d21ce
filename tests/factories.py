"""Parties, people, requests, offers and matches for tests: plain functions without surprises.

Whoever is needed and not given is made: `request_in("matching")` comes with its Party, its centre and their people.
Records reach their states through the actions, so a test never starts from a state that the portal could not be in.
"""

from datetime import timedelta

from django.utils import timezone

from requests_offers.actions import approaches, calls, drafts, engagements, matches, offers, proposals, requests
from requests_offers.models import Appraisal, CooperationRequest, Engagement, JointProposal, Match, MatchWeights, Offer
from tests.factories_knowledge import opportunity, project_in
from tests.factories_network import (
    administrator,
    advisor,
    again,
    beneficiary_group,
    centre,
    centre_serving,
    constraint,
    cooperation_type,
    coordinator,
    deputy_of,
    donor_of,
    drafter_of,
    evaluator,
    everyone_known,
    focal_point_of,
    head_of,
    member,
    officer_of,
    organization,
    party,
    priority,
    provider_of,
    region,
    subject,
    target,
    user,
)

__all__ = [
    "administrator",
    "advisor",
    "again",
    "beneficiary_group",
    "centre",
    "centre_serving",
    "constraint",
    "cooperation_type",
    "coordinator",
    "deputy_of",
    "donor_of",
    "drafter_of",
    "evaluator",
    "everyone_known",
    "focal_point_of",
    "head_of",
    "member",
    "officer_of",
    "opportunity",
    "organization",
    "party",
    "priority",
    "project_in",
    "provider_of",
    "region",
    "subject",
    "target",
    "user",
]  # the network's factories, so that a test needs one import

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
    words["priority_reason"] = "Our strategy is being revised."
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


def open_call(component=None, *, days=20):
    """An open call for a need."""
    component = component or request_in("matching").components.get()
    until = timezone.now().date() + timedelta(days=days)
    return calls.open_call(component, by=officer_of(component.request.centre), until=until, text="Whoever can help.")


def invitation(component=None, offering=None, **facts):
    """An organization is invited to offer for a need."""
    component = component or request_in("matching").components.get()
    offering = offering or organization(party("FJ"))
    provider_of(offering)
    return approaches.invite(component, offering, by=officer_of(component.request.centre), **facts)


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


def let_a_year_pass(made):
    """The days on which both sides are asked what came of it have all come."""
    today = timezone.now().date()
    made.appraisals_due.update(asked_on=today - timedelta(days=20), due_on=today + timedelta(days=10))


def _appraise(made, office):
    let_a_year_pass(made)
    people = {"party": office, "provider": provider_of(made.match.offer.organization)}
    for moment in Appraisal.Moment.values:
        for side, by in people.items():
            engagements.appraise(made, by=by, side=side, moment=moment, text="It helped.")


def proposal_in(state="draft", *, match=None):
    """The joint proposal of an agreed match, in one of its states."""
    match = match or match_in("agreed")
    office, provider = focal_point_of(match.component.request.party), provider_of(match.offer.organization)
    made = proposals.begin(match, by=office)
    words = {"concept": "We rear weevils on both coasts.", "results": ["Open landing places"]}
    lines = [{"title": "Rearing unit", "amount": 12000, "source": "sought"}]
    made = proposals.save(made, by=office, data=words | {"lines": lines})
    if state in {"proposed", "approved"}:
        proposals.propose(made, by=office)
    if state == "approved":
        proposals.approve(made, by=provider)
    made = JointProposal.objects.get(pk=made.pk)
    assert made.status == state, made.status
    return made


def weights(**values):
    """A new version of the weights."""
    newest = MatchWeights.objects.order_by("-version").first()
    return MatchWeights.objects.create(version=newest.version + 1 if newest else 2, values=values)
