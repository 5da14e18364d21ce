"""Writing requests and offers before they are submitted.

Incomplete at any moment, never twice, never over somebody else's text.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep, StaleWrite
from accounts.models import AuditEvent, User
from accounts.permissions import Permission, require
from centres.models import Organization, Party

from ..lifecycle import MatchStatus, OfferStatus, RequestStatus
from ..models import Component, CooperationRequest, Endorsement, Match, Offer, OfferItem
from ..models.request import Visibility
from ..validators import may_be_public, validate_consent, validate_priorities
from .computed import recompute, supply_changed
from .filings import replace_filings
from .requests import next_number
from .scoring import queue_offer, queue_runs
from .steps import lock

REQUEST_FIELDS = (
    "title", "summary", "language", "visibility", "own_means", "contact", "consent_required", "consent_given",
    "consent_notice", "priority_reason", "beneficiaries_note",
)  # fmt: skip
REQUEST_SETS = ("co_parties", "constraints_addressed", "priorities", "beneficiary_groups")
COMPONENT_FIELDS = ("title", "text", "modality", "languages", "starts_on", "ends_on", "means", "partners_wanted")
TAGS = ("targets", "subjects", "cooperation_types")
OFFER_FIELDS = (
    "title", "text", "language", "languages", "worldwide", "eligible_flags", "capacity", "cost_model", "delivery",
    "available_from", "available_until", "expires_on", "respects_consent", "contact", "readiness_level",
    "access_conditions", "assessments", "needs_on_ground",
)  # fmt: skip
OFFER_SETS = (*TAGS, "regions", "parties", "eligible_parties", "eligible_regions", "experts")
NOT_SCORED = {"contact", "delivery", "readiness_level", "access_conditions", "assessments", "needs_on_ground"}
SEEN_BY_SCORER = frozenset({*OFFER_FIELDS, *OFFER_SETS, "items"} - NOT_SCORED)
REQUEST_EDITABLE = frozenset({RequestStatus.DRAFT, RequestStatus.CLARIFICATION})
OFFER_EDITABLE = frozenset({OfferStatus.DRAFT, OfferStatus.PUBLISHED, OfferStatus.PAUSED})
MOST_COMPONENTS = 20
ONE_TRACE = timedelta(minutes=10)


# Requests -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_request(
    party: Party,
    *,
    by: User | None,
    data: dict,
    form_key: UUID | None = None,
    permission: Permission = Permission.REQUEST_DRAFT,
    **extra: Any,
) -> CooperationRequest:
    """Begin a request of a Party. The same `form_key` (a UUID) posted again gives the same request, not a second one.

    `data` holds any of REQUEST_FIELDS, REQUEST_SETS, "components", a list of dicts with COMPONENT_FIELDS and TAGS, and
    "filings", a list of dicts with the fields of a filing elsewhere.
    """
    extra = {"is_example": party.is_example} | extra
    request = CooperationRequest(party=party, created_by=by, form_key=form_key, **extra)
    if by is not None:
        require(by, permission, request)
    earlier = _made_before(CooperationRequest, form_key, by)
    if earlier:
        return earlier
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError:
        return _twin(CooperationRequest, form_key, by)
    _write_request(request, data)
    record("start", request, by=by, after=request.status)
    return request


def _made_before(model: type[Any], form_key: UUID | None, by: User | None) -> Any:
    return model.objects.filter(form_key=form_key, created_by=by).first() if form_key else None


def _twin(model: type[Any], form_key: UUID | None, by: User | None) -> Any:
    """The record that the same form made a moment ago; another person's key is a fault."""
    twin = _made_before(model, form_key, by)
    if twin is None:
        raise DomainError(_("This form was sent before. Open a new one."))
    return twin


@transaction.atomic
def save_request(
    request: CooperationRequest, *, by: User | None, data: dict, version: int | None = None, quietly: bool = False
) -> CooperationRequest:
    """Save a draft as it is. Raises StaleWrite when somebody else has saved since `version` was read.

    `quietly`: the page saves itself every few seconds; what one person writes in ten minutes leaves one trace.
    """
    lock(request)
    require(by, Permission.REQUEST_DRAFT, request)
    if request.status not in REQUEST_EDITABLE:
        raise IllegalStep(_("A request can be changed while it is a draft or while a question is open."))
    refuse_stale(request, version)
    request.version += 1
    _write_request(request, data)
    if not (quietly and _saved_just_now(request, by)):
        record("save", request, by=by, version=request.version, fields=_changed(data))
    return request


def _saved_just_now(request: CooperationRequest, by: User | None) -> bool:
    last = AuditEvent.objects.of(request).first()
    return last is not None and last.action == "save" and last.actor == by and timezone.now() - last.at < ONE_TRACE


@transaction.atomic
def tell_apart(request: CooperationRequest, reference: str, *, by: User) -> None:
    """Say that an earlier request, however alike, is another need: nobody asks about it again."""
    lock(request)
    require(by, Permission.REQUEST_DRAFT, request)
    other = CooperationRequest.objects.visible_to(by).by_reference(reference).exclude(pk=request.pk).first()
    if other and not request.not_the_same_as.filter(pk=other.pk).exists():
        request.not_the_same_as.add(other)
        record("tell_apart", request, by=by, other=other.reference)


def _changed(data: dict) -> list[str]:
    """What was written, by field; of the needs those that the row says something about."""
    needs = [f"need {row.get('number', 'new')}" for row in data.get("components", []) if set(row) - {"number"}]
    return sorted({*data} - {"components"}) + needs


def refuse_stale(obj: Any, version: int | None) -> None:
    """Refuse a write on a version that is not the newest any more."""
    if version is not None and version != obj.version:
        raise StaleWrite(
            _(
                "Somebody else has saved this record since you opened it. Your text is still here: compare both, "
                "then save again."
            )
        )


def _write_request(request: CooperationRequest, data: dict) -> None:
    for field in REQUEST_FIELDS:
        if field in data:
            setattr(request, field, data[field])
    _keep_consent(request, data)
    for field in REQUEST_SETS:
        if field in data:
            getattr(request, field).set(data[field])
    if "co_parties" in data:
        _forget_those_left_out(request)
    _check_priorities(request)
    if "filings" in data:
        replace_filings(request, data["filings"])
    if "components" in data:
        _write_components(request, data["components"])
    request.refresh_search_text()
    request.save()


def _keep_consent(request: CooperationRequest, data: dict) -> None:
    """What concerns the knowledge of others is public only with their consent: never by choice, never by default."""
    if "visibility" not in data and not may_be_public(request.consent_required, request.consent_given):
        if request.visibility == Visibility.PUBLIC:
            request.visibility = Visibility.NETWORK
        return
    try:
        validate_consent(request.visibility, request.consent_required, request.consent_given)
    except ValidationError as error:
        raise DomainError(" ".join(error.messages)) from None


def _forget_those_left_out(request: CooperationRequest) -> None:
    """Parties that are no longer named are asked no longer, and see the draft no longer."""
    named = [request.party_id, *request.co_parties.values_list("pk", flat=True)]
    request.endorsements.exclude(party__in=named).exclude(status=Endorsement.Status.DECLINED).delete()


def _check_priorities(request: CooperationRequest) -> None:
    try:
        validate_priorities([request.party, *request.co_parties.all()], list(request.priorities.all()))
    except ValidationError as error:
        raise DomainError(" ".join(error.messages)) from None


def _write_components(request: CooperationRequest, rows: list[dict]) -> None:
    """Make the components of a draft these: rows with a known number are changed, others made, the rest deleted."""
    if len(rows) > MOST_COMPONENTS:
        raise DomainError(
            _("A request has at most %(most)s needs. File the others as a second request.") % {"most": MOST_COMPONENTS}
        )
    known = {component.number: component for component in request.components.all()}
    kept = {row["number"] for row in rows if row.get("number") in known}
    _delete_components(request.components.exclude(number__in=kept))
    for row in rows:
        component = known.get(row.get("number", 0))
        if component is None:
            component = Component(request=request, number=next_number(request))
        _write_component(component, row)


def _delete_components(components: Any) -> None:
    """Delete needs of a draft; what people have said about one is never deleted with it."""
    if Match.objects.filter(component__in=components).exclude(status=MatchStatus.SUGGESTED).exists():
        raise DomainError(_("A need for which offers were considered stays in the request. You can change its text."))
    components.delete()


def _write_component(component: Component, row: dict) -> None:
    for field in COMPONENT_FIELDS:
        if field in row:
            setattr(component, field, row[field])
    component.save()
    for field in TAGS:
        if field in row:
            getattr(component, field).set(row[field])


@transaction.atomic
def delete_draft(request: CooperationRequest, *, by: User | None) -> None:
    """Throw a draft away; anything that was ever submitted is withdrawn instead."""
    lock(request)
    require(by, Permission.REQUEST_SUBMIT, request)
    if request.status != RequestStatus.DRAFT:
        raise IllegalStep(_("Only a draft can be deleted. Withdraw the request instead."))
    record("delete", request, by=by, before=request.status)
    request.delete()


@transaction.atomic
def edit_need(component: Component, *, by: User | None, data: dict) -> Component:
    """The centre mends tags, languages, dates or means of a need in matching; it is scored again."""
    lock(component.request)
    require(by, Permission.REQUEST_TRIAGE, component.request)
    if not component.request.is_matched_by_worker:
        raise IllegalStep(_("The needs of a request can be mended while it is being matched."))
    _write_component(component, data)
    component.request.refresh_search_text()
    component.request.save()
    if "partners_wanted" in data:
        recompute(component.request)
    record("edit_need", component.request, by=by, component=component.number)
    queue_runs([component], cause="need changed")
    return component


# Offers ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_offer(
    organization: Organization,
    *,
    by: User | None,
    data: dict,
    form_key: UUID | None = None,
    permission: Permission = Permission.OFFER_EDIT,
    **extra: Any,
) -> Offer:
    """Begin an offer of an organization.

    `data` holds any of OFFER_FIELDS, OFFER_SETS and "items" [{"text", "language"}].
    """
    extra = {"is_example": organization.is_example} | extra
    offer = Offer(organization=organization, created_by=by, form_key=form_key, **extra)
    if by is not None:
        require(by, permission, offer)
    earlier = _made_before(Offer, form_key, by)
    if earlier:
        return earlier
    try:
        with transaction.atomic():
            offer.save()
    except IntegrityError:
        return _twin(Offer, form_key, by)
    _check_experts(offer, data)
    _write_offer(offer, data)
    record("start", offer, by=by, after=offer.status)
    return offer


@transaction.atomic
def save_offer(offer: Offer, *, by: User | None, data: dict, version: int | None = None) -> Offer:
    """Save an offer. A change that the scorer can see re-scores the needs concerned."""
    lock(offer)
    require(by, Permission.OFFER_EDIT, offer)
    if offer.status not in OFFER_EDITABLE:
        raise IllegalStep(_("An offer can be changed while it is a draft, published or paused."))
    refuse_stale(offer, version)
    if data.get("capacity", offer.capacity) < offer.places_taken:
        raise DomainError(
            _("%(taken)s places are taken by matches: the number of places cannot be lower.")
            % {"taken": offer.places_taken}
        )
    _check_experts(offer, data)
    offer.version += 1
    _write_offer(offer, data)
    record("save", offer, by=by, version=offer.version)
    if offer.status == OfferStatus.PUBLISHED and SEEN_BY_SCORER & set(data):
        supply_changed(offer)
        queue_offer(offer)
    return offer


def _check_experts(offer: Offer, data: dict) -> None:
    """An offer names experts of its own organization only."""
    if any(expert.organization_id != offer.organization_id for expert in data.get("experts", ())):
        raise DomainError(_("Choose experts of the organization that makes the offer."))


def _write_offer(offer: Offer, data: dict) -> None:
    for field in OFFER_FIELDS:
        if field in data:
            setattr(offer, field, data[field])
    offer.refresh_search_text()
    offer.save()
    for field in OFFER_SETS:
        if field in data:
            getattr(offer, field).set(data[field])
    if "items" in data:
        offer.items.all().delete()
        OfferItem.objects.bulk_create(
            OfferItem(offer=offer, text=row["text"], language=row["language"]) for row in data["items"]
        )


@transaction.atomic
def delete_offer(offer: Offer, *, by: User | None) -> None:
    """Throw the draft of an offer away; what was published or is being verified is withdrawn instead."""
    lock(offer)
    require(by, Permission.OFFER_EDIT, offer)
    if offer.status != OfferStatus.DRAFT:
        raise IllegalStep(_("Only a draft can be deleted. Withdraw the offer instead."))
    record("delete", offer, by=by, before=offer.status)
    offer.delete()
