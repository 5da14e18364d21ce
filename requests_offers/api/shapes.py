"""Rows to records: plain dicts, built without a query per row."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from accounts.api.codes import Codes, Relation, load_codes
from accounts.permissions import Permission, reach
from centres.models import language_of

from .. import whats_next
from ..lifecycle import OfferStatus, RequestStatus
from ..models import Component, CooperationRequest, Match, Offer, OfferItem
from ..references import make_reference
from ..wording.evidence import concept_name, lacking
from ..wording.names import Names
from . import intake
from .audiences import MatchAudience, RequestAudiences

# Requests and components ----------------------------------------------------------------------------------------------

COMPONENT_TAGS = ("targets", "subjects", "cooperation_types")
TAG_CODES = {"targets": "target__number", "subjects": "subject__code", "cooperation_types": "cooperationtype__code"}


def component_tags(**rows) -> list[Relation]:
    """The tags of components that fulfil a condition."""
    return [
        Relation(name, getattr(Component, name).through.objects.filter(**rows), "component_id", TAG_CODES[name])
        for name in COMPONENT_TAGS
    ]


def request_records(rows: list[CooperationRequest], user, prefix: str) -> list[dict]:
    """The records of some requests as `user` may see them, in two queries."""
    ids = [row.pk for row in rows]
    components = defaultdict(list)
    for component in Component.objects.filter(request__in=ids).order_by("number"):
        components[component.request_id].append(component)
    through = CooperationRequest.co_parties.through.objects.filter(cooperationrequest__in=ids)
    constraints = CooperationRequest.constraints_addressed.through.objects.filter(cooperationrequest__in=ids)
    seen = RequestAudiences(user, ids)
    codes = load_codes(
        [
            *component_tags(component__request__in=ids),
            Relation("co_parties", through, "cooperationrequest_id", "party__iso2"),
            Relation("constraints_addressed", constraints, "cooperationrequest_id", "constraint__code"),
            *intake.relations(ids),
            *seen.relations(),
        ]
    )
    seen.read(codes)
    return [_request(row, components[row.pk], codes, seen, prefix) for row in rows]


def _request(row: CooperationRequest, components, codes: Codes, seen: RequestAudiences, prefix: str) -> dict:
    audience = seen.of(row)
    parts = [component_part(component, codes, audience) for component in components]
    record = {
        "reference": row.reference,
        "url": f"{prefix}{row.reference}/",
        "title": row.title,
        "summary": row.summary,
        "language": row.language,
        "party": row.party.iso2,
        "co_parties": codes["co_parties", row.pk],
        "centre": row.centre.slug if row.centre else None,
        "status": row.status,
        "visibility": row.visibility,
        "components": parts,
        "targets": sorted({number for part in parts for number in part["targets"]}),
        "constraints_addressed": codes["constraints_addressed", row.pk],
        **intake.part(row, codes, audience),
        "consent_notice": row.consent_notice,
        "submitted_at": row.submitted_at,
        "accepted_at": row.accepted_at,
        "due_on": row.due_on,
        "whats_next": request_next(row),
        "is_example": row.is_example,
        "version": row.version,
        "updated_at": row.updated_at,
    }
    return record | _not_for_everybody(row, audience, seen)


SIDE_FIELDS = ("own_means", "consent_required", "consent_given")
FULL_FIELDS = (
    "question", "answer_text", "answer_sources", "external_system", "external_id", "priority_reason",
    "beneficiaries_note",
)  # fmt: skip


def _not_for_everybody(row: CooperationRequest, audience: str, seen: RequestAudiences) -> dict:
    names = {"public": (), "side": SIDE_FIELDS, "full": SIDE_FIELDS + FULL_FIELDS}[audience]
    found = {name: getattr(row, name) for name in names}
    return found | ({"contact": row.contact} if seen.sees_contact(row, audience) else {})


def component_part(row: Component, codes: Codes, audience: str) -> dict:
    """One component as its request shows it."""
    record = {
        "reference": row.reference,
        "number": row.number,
        "title": row.title,
        "text": row.text,
        "status": row.status,
        "targets": _numbers(codes["targets", row.pk]),
        "subjects": codes["subjects", row.pk],
        "cooperation_types": codes["cooperation_types", row.pk],
        "modality": row.modality,
        "languages": row.languages,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "partners_wanted": row.partners_wanted,
        "scored_at": row.scored_at,
    }
    return record if audience == "public" else record | {"means": row.means}


def _numbers(codes: Iterable[str]) -> list[int]:
    return sorted(int(code) for code in codes)


def component_records(rows: list[Component], user, prefix: str) -> list[dict]:
    """Components with the request they belong to, in one query."""
    seen = RequestAudiences(user, {row.request_id for row in rows})
    codes = load_codes([*component_tags(component__in=[row.pk for row in rows]), *seen.relations()])
    seen.read(codes)
    return [_component(row, codes, seen.of(row.request), prefix) for row in rows]


def _component(row: Component, codes: Codes, audience: str, prefix: str) -> dict:
    return component_part(row, codes, audience) | {
        "url": f"{prefix}{row.reference}/",
        "request": make_reference("REQ", row.request_id),
        "party": row.request.party.iso2,
        "is_example": row.request.is_example,
    }


def request_next(row: CooperationRequest) -> dict:
    """The baton of a request, without the reader's own part in it."""
    holder, heading, then, _otherwise = whats_next.REQUEST[RequestStatus(row.status)]
    if holder == whats_next.OFFICE:
        who = _("The focal-point office: %(party)s") % {"party": row.party.name}
    elif holder == whats_next.CENTRE:
        who = _centre_name(row.centre)
    else:
        who = _("Office, centre and providers") if holder == whats_next.BOTH else _("Nobody has to act")
    return {"heading": str(heading), "who": who, "until": row.due_on, "then": str(then)}


def _centre_name(centre) -> str:
    return centre.name if centre else _("The coordinator’s helpdesk")


# Offers ---------------------------------------------------------------------------------------------------------------

OFFER_RELATIONS = TAG_CODES | {
    "regions": "region__code",
    "parties": "party__iso2",
    "eligible_parties": "party__iso2",
    "eligible_regions": "region__code",
}
OFFER_PLAIN = (
    "reference", "title", "text", "language", "status", "is_full", "languages", "worldwide", "eligible_flags",
    "capacity", "places_left", "cost_model", "delivery", "available_from", "available_until", "expires_on",
    "respects_consent", "readiness_level", "access_conditions", "assessments", "needs_on_ground", "published_at",
    "is_example", "version", "updated_at",
)  # fmt: skip


def offer_records(rows: list[Offer], user, prefix: str) -> list[dict]:
    """The records of some offers as `user` may see them, in two queries."""
    ids = [row.pk for row in rows]
    codes = load_codes(
        Relation(name, getattr(Offer, name).through.objects.filter(offer__in=ids), "offer_id", code)
        for name, code in OFFER_RELATIONS.items()
    )
    items = defaultdict(list)
    for item in OfferItem.objects.filter(offer__in=ids).order_by("pk"):
        items[item.offer_id].append({"text": item.text, "language": item.language})
    viewers = reach(user, Permission.OFFER_VIEW)
    return [_offer(row, codes, items[row.pk], viewers.covers(row), prefix) for row in rows]


def _offer(row: Offer, codes: Codes, items: list[dict], full: bool, prefix: str) -> dict:
    record = {name: getattr(row, name) for name in OFFER_PLAIN}
    record |= {name: codes[name, row.pk] for name in OFFER_RELATIONS}
    record |= {
        "url": f"{prefix}{row.reference}/",
        "organization": row.organization.slug,
        "targets": _numbers(record["targets"]),
        "items": items,
        "whats_next": offer_next(row),
    }
    return record | _for_verifiers(row) if full else record


def _for_verifiers(row: Offer) -> dict:
    centre = row.verifying_centre
    plain = {name: getattr(row, name) for name in ("contact", "due_on", "external_system", "external_id")}
    return plain | {"verifying_centre": centre.slug if centre else None}


def offer_next(row: Offer) -> dict:
    """The baton of an offer, without the reader's own part in it."""
    holder, heading, then, _otherwise = whats_next.OFFER[OfferStatus(row.status)]
    due = row.expires_on if row.status in {OfferStatus.PUBLISHED, OfferStatus.PAUSED} else row.due_on
    if holder == "verifier":
        who = _centre_name(row.verifying_centre)
    else:
        who = row.organization.name if holder == "provider" else _("Nobody has to act")
    return {"heading": str(heading), "who": who, "until": due, "then": str(then)}


# Matches and engagements ----------------------------------------------------------------------------------------------

MATCH_PLAIN = (
    "origin", "scored_at", "offered_at", "due_on", "accepted_by_party_at", "accepted_by_provider_at", "declined_by",
    "reason_code", "reason", "note", "common_languages", "translator", "translator_from",
)  # fmt: skip
SECRET_SCORE: dict[str, Any] = {
    "rank": None,
    "score": None,
    "band": "",
    "explanation": [],
    "missing": [],
    "versions": {},
}


def score_of(found, names: Names) -> dict:
    """How well an offer fits, and why; the same for a stored match and for a preview's result."""
    return {
        "rank": found["rank"],
        "score": None if found["score"] is None else round(found["score"], 4),
        "band": found["band"],
        "explanation": [_share(share) for share in found["explanation"]],
        "missing": [
            {"criterion": entry["criterion"], "detail": entry["detail"]} for entry in lacking(found["missing"], names)
        ],
        "versions": found["versions"],
    }


def _share(share: dict) -> dict:
    """One criterion; concepts are named in the reader's language."""
    figures = {name: round(share[name], 4) for name in ("value", "weight", "share")}
    evidence = share["evidence"]
    if language_of() != "en":
        evidence = [
            piece | {"label": concept_name(piece)} if piece["kind"] == "concept" else piece for piece in evidence
        ]
    return {"criterion": share["criterion"], **figures, "evidence": evidence}


def _score_of_match(row: Match, belongs: bool, names: Names) -> dict:
    return score_of({name: getattr(row, name) for name in SECRET_SCORE}, names) if belongs else dict(SECRET_SCORE)


def match_records(rows: list[Match], user, prefix: str) -> list[dict]:
    """The records of some matches as `user` may see them, in at most one query."""
    audience, names = MatchAudience(user), Names()
    return [_match(row, audience.belongs(row), names, prefix) for row in rows]


def _match(row: Match, belongs: bool, names: Names, prefix: str) -> dict:
    record = _score_of_match(row, belongs, names) | {
        "reference": row.reference,
        "url": f"{prefix}{row.reference}/",
        "request": row.component.request.reference,
        "component": row.component.reference,
        "party": row.component.request.party.iso2,
        "offer": make_reference("OFF", row.offer_id),
        "offer_title": row.offer.title,
        "organization": row.offer.organization.slug,
        "status": row.status,
        "agreed_at": row.agreed_at,
        "is_example": row.is_example,
        "updated_at": row.updated_at,
    }
    return record | {name: getattr(row, name) for name in MATCH_PLAIN} if belongs else record


def request_matches(request: CooperationRequest, matches: list[Match], user) -> dict:
    """The matches of a request by component, best first as they come."""
    audience, names = MatchAudience(user), Names()
    results = defaultdict(list)
    for row in matches:
        results[row.component_id].append(_result(row, audience.belongs(row), names))
    components = [
        {
            "component": component.reference,
            "status": component.status,
            "scored_at": component.scored_at,
            "results": results[component.pk],
        }
        for component in request.components.order_by("number")
    ]
    return {"request": request.reference, "components": components}


def _result(row: Match, belongs: bool, names: Names) -> dict:
    head = {
        "match": row.reference,
        "offer": make_reference("OFF", row.offer_id),
        "offer_title": row.offer.title,
        "organization": row.offer.organization.slug,
        "status": row.status,
    }
    return head | _score_of_match(row, belongs, names)
