"""What can be done with an opportunity: one function per step. Raises NotAllowed, IllegalStep or DomainError."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep
from accounts.models import AuditEvent, User
from accounts.permissions import Permission, can, reach, require
from accounts.steps import Step
from centres.models import SupportCentre

from ..announce import keepers, opportunity_told
from ..lifecycle import OPPORTUNITY_STEPS, OpportunityStatus
from ..models import Opportunity

S = OpportunityStatus
PLAIN = (
    "kind", "title", "summary", "language", "organizer", "programme", "url", "languages", "worldwide", "flags",
    "amount", "currency", "starts_on", "ends_on", "place", "has_deadline", "closes_on", "closes_time", "time_zone",
)  # fmt: skip
SETS = ("targets", "subjects", "cooperation_types", "parties", "regions")


def open_steps(opportunity: Opportunity, user: Any) -> list[Step]:
    """The steps that `user` may take now, in the order of the table."""
    return [
        step
        for step in OPPORTUNITY_STEPS.values()
        if opportunity.shown_status in step.sources and step.permission and can(user, step.permission, opportunity)
    ]


def own_centre(user: User) -> SupportCentre | None:
    """The centre for which somebody enters opportunities; None for the coordinator and for whoever suggests one."""
    centres = reach(user, Permission.OPPORTUNITY_EDIT).centres
    return SupportCentre.objects.filter(pk__in=centres).order_by("pk").first() if centres else None


def enter_opportunity(
    *, by: User, data: dict[str, Any], form_key: UUID | None = None, is_example: bool = False
) -> Opportunity:
    """Enter an opportunity: published at once by a centre or the coordinator, a suggestion by anybody else.

    The same form sent twice, even at once, makes one.
    """
    try:
        with transaction.atomic():
            return _enter(by, data, form_key, is_example)
    except IntegrityError:
        known = Opportunity.objects.filter(form_key=form_key, suggested_by=by).first() if form_key else None
        if known is None:
            raise
        return known


def _enter(by: User, data: dict[str, Any], form_key: UUID | None, is_example: bool) -> Opportunity:
    made = Opportunity(suggested_by=by, form_key=form_key, centre=own_centre(by))
    made.is_example = is_example or by.is_example
    trusted = can(by, Permission.OPPORTUNITY_EDIT, made)
    _write(made, data)
    event = record("suggest", made, by=by, after=made.status)
    if trusted:
        return publish(made, by=by)
    opportunity_told(keepers(made), made, event, "suggest")
    return made


@transaction.atomic
def change_opportunity(opportunity: Opportunity, *, by: User, data: dict[str, Any]) -> Opportunity:
    """Mend an opportunity. Whoever suggested it can until it is published."""
    _lock(opportunity)
    own = opportunity.status == S.SUGGESTED and opportunity.suggested_by_id == by.pk
    if not own:
        require(by, Permission.OPPORTUNITY_EDIT, opportunity)
    if opportunity.status not in {S.SUGGESTED, S.PUBLISHED}:
        raise _illegal(opportunity, _("Change"), by)
    _write(opportunity, data)
    record("change", opportunity, by=by, before=opportunity.status, after=opportunity.status)
    return opportunity


def _write(opportunity: Opportunity, data: dict[str, Any]) -> None:
    for name in PLAIN:
        if name in data:
            setattr(opportunity, name, data[name])
    if not opportunity.has_deadline:
        opportunity.closes_on = timezone.now().date() + Opportunity.SHOWN_FOR
        opportunity.closes_time = None
    opportunity.set_deadline()
    if opportunity.status == S.SUGGESTED and opportunity.closes_at <= timezone.now():
        raise DomainError(_("This deadline has passed. Choose one that has not."))
    opportunity.version += 0 if opportunity._state.adding else 1
    opportunity.save()
    for name in SETS:
        if name in data:
            getattr(opportunity, name).set(data[name])


@transaction.atomic
def publish(opportunity: Opportunity, *, by: User) -> Opportunity:
    """Show a suggested opportunity to everybody until its deadline."""
    _check(opportunity, "publish", by)
    if opportunity.closes_at <= timezone.now():
        raise DomainError(_("Its deadline has passed. Change the deadline first, or take it out."))
    event = _move(opportunity, "publish", by, published_at=timezone.now(), reason="")
    opportunity_told(_suggester(opportunity), opportunity, event, "publish")
    return opportunity


@transaction.atomic
def renew(opportunity: Opportunity, *, by: User, until: date) -> Opportunity:
    """Show an expired opportunity again, with a new deadline."""
    expire_if_due(opportunity)
    _check(opportunity, "renew", by)
    opportunity.closes_on = until
    opportunity.set_deadline()
    if opportunity.closes_at <= timezone.now():
        raise DomainError(_("Choose a deadline that has not passed."))
    _move(opportunity, "renew", by)
    return opportunity


@transaction.atomic
def refuse(opportunity: Opportunity, *, by: User, reason: str) -> Opportunity:
    """Do not show an opportunity, or no longer."""
    _check(opportunity, "refuse", by)
    if not reason.strip():
        raise DomainError(_("Write in one sentence why."))
    event = _move(opportunity, "refuse", by, reason=reason)
    opportunity_told(_suggester(opportunity), opportunity, event, "refuse")
    return opportunity


@transaction.atomic
def expire_if_due(opportunity: Opportunity, now: datetime | None = None) -> bool:
    """Write down that the deadline has passed. Readers do not need it: lists ask the deadline itself."""
    _lock(opportunity)
    if opportunity.status != S.PUBLISHED or opportunity.closes_at > (now or timezone.now()):
        return False
    event = _move(opportunity, "expire", None)
    if not opportunity.has_deadline:
        opportunity_told(keepers(opportunity), opportunity, event, "expire")
    return True


STEPS: dict[str, Any] = {"publish": publish, "renew": renew, "refuse": refuse}


def default_deadline() -> date:
    """What the form of a renewal offers first."""
    return timezone.now().date() + timedelta(days=90)


def _suggester(opportunity: Opportunity) -> list[User]:
    return [opportunity.suggested_by] if opportunity.suggested_by else []


def _lock(opportunity: Opportunity) -> None:
    opportunity.refresh_from_db(from_queryset=Opportunity.objects.select_for_update())


def _check(opportunity: Opportunity, name: str, by: User) -> None:
    _lock(opportunity)
    step = OPPORTUNITY_STEPS[name]
    require(by, step.permission, opportunity)  # type: ignore[arg-type]
    if opportunity.status not in step.sources:
        raise _illegal(opportunity, step.label, by)


def _illegal(opportunity: Opportunity, label: Any, by: User) -> IllegalStep:
    sentence = _("“%(step)s” is not possible now: %(reference)s is in the state “%(state)s”.")
    facts = {"step": label, "reference": opportunity.reference, "state": opportunity.get_status_display()}
    return IllegalStep(sentence % facts, [step.name for step in open_steps(opportunity, by)])


def _move(opportunity: Opportunity, name: str, by: User | None, **changes: Any) -> AuditEvent:
    step = OPPORTUNITY_STEPS[name]
    before, opportunity.status = opportunity.status, step.target
    for field, value in changes.items():
        setattr(opportunity, field, value)
    opportunity.version += 1
    opportunity.save()
    said = {"reason": changes.get("reason", "")}
    return record(name, opportunity, by=by, before=before, after=opportunity.status, permission=step.permission, **said)
