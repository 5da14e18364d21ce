"""Donors and centres talk about money: interest, questions, discussion. Raises NotAllowed, IllegalStep or DomainError.

The plan is locked before the pledge, so that two donors who pledge the last of a gap at once come one after the other.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent, User
from accounts.permissions import Permission, can, require
from centres.calendars import centre_calendar
from centres.clock_lengths import length
from centres.models import Clock, Organization
from centres.working_week import due_on
from requests_offers.lifecycle import RequestStatus, Step
from requests_offers.models import CooperationRequest

from ..announce_pledges import about_pledge
from ..lifecycle import BETWEEN_TWO, LIVE_PLEDGE, PLEDGE_STEPS, PledgeStatus
from ..models import (
    Activity,
    ActivityIdentity,
    BudgetLine,
    LineIdentity,
    Pledge,
    PledgeMessage,
    Version,
    Workplan,
)
from ..pledge_objects import Object
from .gaps import line_of, refresh_gaps
from .steps import lock_plan

KIND_OF: dict[type, str] = {
    LineIdentity: "line",
    ActivityIdentity: "activity",
    Workplan: "workplan",
    CooperationRequest: "request",
}


# Which steps are open -------------------------------------------------------------------------------------------------


def open_steps(pledge: Pledge, by: User) -> list[Step]:
    """The steps that `by` may take now: what the buttons and the API's 409 answer show."""
    return [
        step
        for step in PLEDGE_STEPS.values()
        if pledge.status in step.sources and step.permission is not None and can(by, step.permission, pledge)
    ]


def side_of(pledge: Pledge, by: User | None) -> str:
    """For which side `by` speaks: that of the donor, or of the centre. Raises NotAllowed for anybody else."""
    if by is None or can(by, Permission.PLEDGE_MAKE, pledge):
        return PledgeMessage.Side.DONOR
    require(by, Permission.PLEDGE_TALK, pledge)
    return PledgeMessage.Side.CENTRE


def lock(pledge: Pledge) -> None:
    """Lock what it is for, then the pledge, and read it again."""
    if pledge.plan is not None:
        lock_plan(pledge.plan)
    elif pledge.request_id:
        CooperationRequest.objects.select_for_update().get(pk=pledge.request_id)
    pledge.refresh_from_db(from_queryset=Pledge.objects.select_for_update())


def check(pledge: Pledge, name: str, *, by: User | None) -> Step:
    """Lock a pledge; refuse whoever has no right to a step, then a state from which it does not lead on."""
    step = PLEDGE_STEPS[name]
    lock(pledge)
    if by is not None:
        if step.permission is None:
            raise NotAllowed(_("The portal itself does this when its day has come."))
        require(by, step.permission, pledge)
    if pledge.status not in step.sources:
        names = [other.name for other in open_steps(pledge, by)] if by is not None else []
        sentence = _("“%(step)s” is not possible now: %(reference)s is in the state “%(state)s”.")
        facts = {"step": step.label, "reference": pledge.reference, "state": pledge.get_status_display()}
        raise IllegalStep(sentence % facts, names)
    return step


def take(pledge: Pledge, name: str, *, by: User | None, target: str = "", **changes: Any) -> AuditEvent:
    """Move a pledge that `check` has locked, count the gaps anew, and return the audit event."""
    before, pledge.status = pledge.status, target or PLEDGE_STEPS[name].target
    changes = {"due_on": None, "stepped_at": timezone.now(), "warned_at": None} | changes
    for field, value in changes.items():
        setattr(pledge, field, value)
    save(pledge, ["status", *changes])
    if pledge.plan is not None:
        refresh_gaps(pledge.plan)
    return record(
        name, pledge, by=by, before=before, after=pledge.status, reason_code=changes.get("reason_code", ""),
        reason=changes.get("reason", ""), amount=str(pledge.amount or ""), currency=pledge.currency,
    )  # fmt: skip


def save(pledge: Pledge, fields: list[str]) -> None:
    """Write some fields; the version grows with them, so that a write of an older copy is refused."""
    pledge.version = F("version") + 1
    pledge.save(update_fields=[*fields, "version", "updated_at"])
    pledge.refresh_from_db(fields=["version"])


# When plans change ----------------------------------------------------------------------------------------------------


def tell_of_removed(workplan: Workplan, former: Version) -> None:
    """Tell donor and centre of each live pledge whose budget line or activity the new public version no longer has.

    Inside the act that made it public. The money stays promised: it counts for the activity, or for the whole plan.
    """
    lines = _gone(BudgetLine, "activity__version", former, workplan)
    activities = _gone(Activity, "version", former, workplan)
    rows = Pledge.objects.about_plan(workplan).live().filter(Q(line__in=lines) | Q(activity__in=activities))
    for pledge in rows.order_by("pk"):
        event = record("object_removed", pledge, by=None, before=former.reference[-40:])
        about_pledge(pledge, event, "object_removed", title=_former_title(pledge, former))


def _gone(model: Any, path: str, former: Version, workplan: Workplan) -> set[int]:
    """The identities of the rows that the former version had and the present one has not."""
    before, after = (
        set(model.objects.filter(**{path: version}).values_list("identity", flat=True))
        for version in (former.pk, workplan.current_version_id)
    )
    return before - after


def _former_title(pledge: Pledge, former: Version) -> str:
    if pledge.line_id:
        return Activity.objects.get(version=former, budget_lines__identity=pledge.line_id).title
    return Activity.objects.get(version=former, identity=pledge.activity_id).title


# Interest and talk ----------------------------------------------------------------------------------------------------


@transaction.atomic
def express_interest(
    thing: Object,
    donor: Organization,
    *,
    by: User | None,
    text: str,
    language: str = "en",
    is_anonymous: bool = False,
    form_key: UUID | None = None,
) -> Pledge:
    """A donor says that it may pay for a budget line, an activity, a workplan or an unmet request, and asks about it.

    Posted twice, and while the donor already talks about the same thing, it is the pledge there is.
    """
    kind = KIND_OF[type(thing)]
    made = Pledge(donor=donor, centre=_centre_of(thing), is_anonymous=is_anonymous, form_key=form_key, created_by=by)
    setattr(made, kind, thing)
    if by is not None:
        require(by, Permission.PLEDGE_MAKE, made)
    check_object(thing, by)
    if not text.strip():
        raise DomainError(_("Say in one or two sentences what you are interested in, or what you want to know."))
    made.is_example = (
        donor.is_example or getattr(thing, "is_example", False) or bool(made.plan and made.plan.is_example)
    )
    made.due_on = centre_due(made)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        return Pledge.objects.get(donor=donor, status__in=BETWEEN_TWO, **{kind: thing})
    _write(made, PledgeMessage.Side.DONOR, by=by, text=text, language=language)
    event = record("express_interest", made, by=by, after=made.status)
    about_pledge(made, event, "express_interest", text=text, until=made.due_on)
    return made


def _centre_of(thing: Object) -> Any:
    return thing.centre if isinstance(thing, (Workplan, CooperationRequest)) else thing.workplan.centre


def check_object(thing: Object, by: User | None) -> None:
    """Money can be given for what is public and still to be done."""
    if isinstance(thing, CooperationRequest):
        status = CooperationRequest.objects.select_for_update().values_list("status", flat=True).get(pk=thing.pk)
        if status != RequestStatus.UNMET:
            raise DomainError(_("Only requests for which nobody was found wait for a donor."))
        if by is not None and not CooperationRequest.objects.visible_to(by).contains(thing):
            raise NotAllowed(_("Choose a request that you can see."))
        return
    plan = thing if isinstance(thing, Workplan) else thing.workplan
    lock_plan(plan)
    if plan.current_version_id is None or plan.is_closed:
        raise DomainError(_("Money can be given to workplans that are finalized and not closed."))
    if isinstance(thing, LineIdentity) and line_of(thing) is None:
        raise DomainError(_("The finalized workplan does not have this budget line any more."))
    activities = plan.current_version.activities if plan.current_version else None
    gone = activities is None or not activities.filter(identity=thing.pk).exists()
    if isinstance(thing, ActivityIdentity) and gone:
        raise DomainError(_("The finalized workplan does not have this activity any more."))


def centre_due(pledge: Pledge) -> date:
    """Until when the centre answers a donor: working days where it sits."""
    return due_on(centre_calendar(pledge.centre), length(Clock.DONOR_QUESTION), timezone.now())


def _write(pledge: Pledge, side: str, *, by: User | None, text: str, language: str, form_key: Any = None) -> None:
    office = by.office_label[:200] if by else ""
    PledgeMessage.objects.create(
        pledge=pledge,
        side=side,
        author=by,
        author_office=office,
        text=text.strip(),
        language=language,
        form_key=form_key,
    )


@transaction.atomic
def say(
    pledge: Pledge, *, by: User | None, text: str, language: str = "en", side: str = "", form_key: UUID | None = None
) -> Pledge:
    """Donor or centre writes to the other. The first message of the centre begins the discussion.

    A donor's message gives the centre a day until which it answers; the centre's message takes it away.
    """
    lock(pledge)
    side = side_of(pledge, by) if by is not None else side
    if pledge.status not in LIVE_PLEDGE:
        raise IllegalStep(_("This pledge has ended. A new one can be begun."))
    if not text.strip():
        raise DomainError(_("Write a message."))
    if form_key and PledgeMessage.objects.filter(form_key=form_key).exists():
        return pledge
    _write(pledge, side, by=by, text=text, language=language, form_key=form_key)
    is_donor = side == PledgeMessage.Side.DONOR
    if pledge.status == PledgeStatus.INTEREST and not is_donor:
        event = take(pledge, "discuss", by=by)
    else:
        waits = pledge.status == PledgeStatus.COMMITMENT_CLAIMED
        pledge.due_on = pledge.due_on if waits else (centre_due(pledge) if is_donor else None)
        pledge.stepped_at, pledge.warned_at = timezone.now(), None
        save(pledge, ["due_on", "stepped_at", "warned_at"])
        event = record("say", pledge, by=by, side=side)
    until = {"until": pledge.due_on or timezone.now().date()} if is_donor else {}
    about_pledge(pledge, event, "discuss_with_centre" if is_donor else "discuss_with_donor", text=text, **until)
    return pledge


@transaction.atomic
def discuss(pledge: Pledge, *, by: User | None, text: str, language: str = "en", side: str = "") -> Pledge:
    """Begin the discussion: either side, with its first message."""
    check(pledge, "discuss", by=by)
    side = side_of(pledge, by) if by is not None else side
    if not text.strip():
        raise DomainError(_("Write a message."))
    _write(pledge, side, by=by, text=text, language=language)
    is_donor = side == PledgeMessage.Side.DONOR
    due: dict[str, Any] = {"due_on": centre_due(pledge)} if is_donor else {}
    event = take(pledge, "discuss", by=by, **due)
    until = {"until": pledge.due_on} if is_donor else {}
    about_pledge(pledge, event, "discuss_with_centre" if is_donor else "discuss_with_donor", text=text, **until)
    return pledge
