"""Taking a step of a version: lock the plan and the version, check right and state, move, leave a trace."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent, User
from accounts.permissions import Permission, can, require
from requests_offers.lifecycle import Step

from ..lifecycle import PROGRESS_STEPS, VERSION_STEPS, Amendment, VersionStatus
from ..models import Progress, Version, Workplan


def lock_plan(workplan: Workplan) -> None:
    """Lock a plan before anything in it."""
    workplan.refresh_from_db(
        fields=["current_version", "closed_at"], from_queryset=Workplan.objects.select_for_update()
    )


def lock(version: Version) -> None:
    """Lock a version, its plan first, and read its state again."""
    lock_plan(version.workplan)
    fields = [
        "status", "revision", "number", "round", "amendment", "due_on", "extended_at", "consulted_at", "finalized_at",
    ]  # fmt: skip
    version.refresh_from_db(fields=fields, from_queryset=Version.objects.select_for_update())


def may_take(version: Version, step: Step, by: User) -> bool:
    """Whether `by` has the right to a step, whatever the state."""
    return step.permission is not None and can(by, step.permission, version)


def is_open(version: Version, step: Step) -> bool:
    """Whether a step leads on from where a version, and its plan, stand now."""
    if version.status not in step.sources or version.workplan.is_closed:
        return False
    if step.name == "finalize" and version.status == VersionStatus.DRAFT:
        return version.amendment in {Amendment.CORRECTION, Amendment.BUDGET}
    if step.name == "extend":
        return version.extended_at is None
    if step.name == "amend":
        return not Version.objects.open().filter(workplan=version.workplan_id).exists()
    return True


def open_steps(version: Version, by: User) -> list[Step]:
    """The steps that `by` may take now: what the buttons and the API's 409 answer show."""
    return [step for step in VERSION_STEPS.values() if is_open(version, step) and may_take(version, step, by)]


def check(version: Version, name: str, *, by: User | None) -> Step:
    """Lock a version; refuse whoever has no right to a step, then a state from which it does not lead on."""
    step = VERSION_STEPS[name]
    lock(version)
    if by is not None:
        if step.permission is None:
            raise NotAllowed(_("The portal itself does this when its day has come."))
        require(by, step.permission, version)
    if version.workplan.is_closed:
        raise illegal(version, step, by, _("The workplan is closed: it stays as it is."))
    if version.status not in step.sources:
        raise illegal(version, step, by)
    return step


def illegal(version: Version, step: Step, by: User | None, because: str = "") -> IllegalStep:
    """The refusal of a step that this state does not allow, with the steps that are open."""
    names = [other.name for other in open_steps(version, by)] if by is not None else []
    sentence = _("“%(step)s” is not possible now: %(reference)s is in the state “%(state)s”.") % {
        "step": step.label,
        "reference": version.reference,
        "state": version.get_status_display(),
    }
    return IllegalStep(because or sentence, names)


@transaction.atomic
def take(
    version: Version,
    name: str,
    *,
    by: User | None,
    changes: dict[str, Any] | None = None,
    reason: str = "",
    public: bool = False,
    **details: Any,
) -> AuditEvent:
    """Take step `name` on a version and return its audit event. `changes` are fields that move with the state."""
    step = check(version, name, by=by)
    before, version.status = version.status, step.target
    moved = (changes or {}) | {"updated_at": timezone.now()}
    for field, value in moved.items():
        setattr(version, field, value)
    version.save(update_fields=["status", *moved])
    Workplan.objects.filter(pk=version.workplan_id).update(updated_at=timezone.now())
    return record(
        name, version, by=by, before=before, after=version.status, reason=reason, public=public,
        workplan=version.workplan.reference, number=version.number, **details,
    )  # fmt: skip


def require_draft(version: Version, *, by: User | None, permission: Permission = Permission.WORKPLAN_EDIT) -> None:
    """Lock a version that is to be written; refuse whoever may not, and any version past draft."""
    lock(version)
    if by is not None:
        require(by, permission, version)
    if version.status != VersionStatus.DRAFT:
        names = [step.name for step in open_steps(version, by)] if by is not None else []
        sentence = _(
            "%(reference)s is frozen and stays as it is. Revise or amend the plan: that makes a new draft with all of "
            "it."
        )
        raise IllegalStep(sentence % {"reference": version.reference}, names)


def take_progress(progress: Progress, name: str, *, by: User | None, changes: dict[str, Any]) -> AuditEvent:
    """Take a step of reported progress."""
    step = PROGRESS_STEPS[name]
    progress.refresh_from_db(from_queryset=Progress.objects.select_for_update())
    if by is not None and step.permission:
        require(by, step.permission, progress)
    if progress.status not in step.sources:
        names = [one.name for one in PROGRESS_STEPS.values() if progress.status in one.sources]
        sentence = _("“%(step)s” is not possible now: the progress is in the state “%(state)s”.")
        raise IllegalStep(sentence % {"step": step.label, "state": progress.get_status_display()}, names)
    before, progress.status = progress.status, step.target
    for field, value in changes.items():
        setattr(progress, field, value)
    progress.revision += 1
    progress.save()
    return record(name, progress, by=by, before=before, after=progress.status)


def needs_words(text: str, sentence: str) -> str:
    """The words that a step asks for; refused without them."""
    if not text.strip():
        raise DomainError(sentence)
    return text.strip()
