"""What can be done with a project: one function per step. Raises NotAllowed, IllegalStep or DomainError.

Every step locks the project, checks right and state, tells those concerned, and leaves a trace. Whoever has no account
acts through the link of a mail, which is used up in the same transaction.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent, User
from accounts.steps import Step
from centres.models import Party
from centres.working_week import due_on

from ..announce import office_told, submitter_told
from ..lifecycle import PROJECT_STEPS
from ..models import Project, SubmitterMail
from ..reasons import BY_STEP, reason_label
from . import submitter_mails
from .project_data import Data, packed, unpacked, write

DECIDED_IN = 15  # working days of the office

# Who ------------------------------------------------------------------------------------------------------------------


def is_submitter(project: Project, user: Any) -> bool:
    """Whether `user` is the one who submitted it."""
    return user.is_authenticated and project.submitter_id == user.pk


def may_take(project: Project, step: Step, user: Any) -> bool:
    """Whether `user` has the right to a step: the office to all of its own, whoever submitted it to change and
    confirm.
    """
    if step.clock or not user.is_authenticated:
        return False
    return (step.permission is None and is_submitter(project, user)) or project.may_be_moderated_by(user)


def open_steps(project: Project, user: Any) -> list[Step]:
    """The steps that `user` may take now, in the order of the table: what the buttons and the API's 409 show."""
    return [step for step in PROJECT_STEPS.values() if project.status in step.sources and may_take(project, step, user)]


# Submitting -----------------------------------------------------------------------------------------------------------


def submit_project(*, by: User | None, data: Data, form_key: UUID | None = None, is_example: bool = False) -> Project:
    """Submit a project to the office of its country. The same form sent twice makes one. `by` None: the demo."""
    return _once(form_key, lambda: _submit(data, by=by, form_key=form_key, is_example=is_example))


def submit_for(email: str, name: str, language: str, *, data: Data, form_key: UUID) -> Project:
    """The same for somebody without an account, whose address a mail has confirmed; in that transaction."""
    facts = {"submitter_email": email, "submitter_name": name, "submitter_language": language}
    return _submit(data, by=None, form_key=form_key, is_example=False, **facts)


def _once(form_key: UUID | None, make: Any) -> Project:
    try:
        with transaction.atomic():
            return make()
    except IntegrityError:
        known = Project.objects.filter(form_key=form_key).first() if form_key else None
        if known is None:
            raise
        return known


def _submit(data: Data, *, by: User | None, form_key: UUID | None, is_example: bool, **facts: Any) -> Project:
    party: Party = data["party"]
    project = Project(party=party, submitter=by, form_key=form_key, due_on=_due(party), **facts)
    project.is_example = is_example or party.is_example or bool(by and by.is_example)
    write(project, data)
    event = record("submit", project, by=by, after=project.status, party=party.iso2)
    office_told(project, event, "submit")
    submitter_told(project, event, "submit")
    return project


def _due(party: Party) -> date:
    return due_on(party, DECIDED_IN, timezone.now())


# The office -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def publish(project: Project, *, by: User) -> Project:
    """Publish a project, or the change of one that waits."""
    _check(project, "publish", by)
    if project.pending:
        write(project, unpacked(project.pending))
    now = timezone.now()
    first = project.published_at or now
    event = _move(
        project, "publish", by, published_at=first, confirmed_at=now, asked_at=None, pending=None, change_asked="",
        due_on=None,
    )  # fmt: skip
    submitter_told(project, event, "publish")
    return project


@transaction.atomic
def request_change(project: Project, *, by: User, reason_code: str, reason: str) -> Project:
    """Ask whoever submitted it for a change. What is published stays public until the change is."""
    _check(project, "request_change", by)
    _known_reason("request_change", reason_code)
    if not reason.strip():
        raise DomainError(_("Write what has to be changed."))
    facts = {"reason_code": reason_code, "reason": reason}
    event = _move(project, "request_change", by, change_asked=reason, due_on=None, **facts)
    submitter_told(project, event, "request_change")
    return project


@transaction.atomic
def refuse(project: Project, *, by: User, reason_code: str, reason: str = "") -> Project:
    """Refuse a project, or take a published one out of the registry."""
    _check(project, "refuse", by)
    _known_reason("refuse", reason_code)
    facts: dict[str, Any] = {"reason_code": reason_code, "reason": reason, "published_at": None, "pending": None}
    event = _move(project, "refuse", by, due_on=None, **facts)
    submitter_mails.retire(project)
    submitter_told(project, event, "refuse", code=reason_label(reason_code))
    return project


def _known_reason(step: str, code: str) -> None:
    if code not in BY_STEP[step]:
        raise DomainError(_("Choose a reason from the list."))


# Whoever submitted it -------------------------------------------------------------------------------------------------


@transaction.atomic
def change(project: Project, *, data: Data, by: User | None = None, mail: SubmitterMail | None = None) -> Project:
    """Change a project and send it to the office again. Of a published one the change waits; the country stays."""
    _check(project, "change", by, mail)
    if data["party"] != project.party:
        raise DomainError(_("The country of a project cannot be changed. Submit it for the other country."))
    facts: dict[str, Any] = {"due_on": _due(project.party), "reminded_for": None}
    if project.is_listed:
        facts["pending"] = packed(data)
    else:
        write(project, data)
    event = _move(project, "change", by, via="mail" if mail else "", **facts)
    submitter_mails.retire(project)
    office_told(project, event, "change")
    return project


@transaction.atomic
def confirm(project: Project, *, by: User | None = None, mail: SubmitterMail | None = None) -> Project:
    """Say that all of it is still right: it counts as up to date for another year."""
    _check(project, "confirm", by, mail)
    _move(project, "confirm", by, via="mail" if mail else "", confirmed_at=timezone.now(), asked_at=None, due_on=None)
    submitter_mails.retire(project)
    return project


STEPS: dict[str, Any] = {
    "publish": publish,
    "request_change": request_change,
    "change": change,
    "confirm": confirm,
    "refuse": refuse,
}

# One step -------------------------------------------------------------------------------------------------------------


def _check(project: Project, name: str, by: User | None, mail: SubmitterMail | None = None) -> Step:
    """Lock a project; refuse whoever has no right to a step, then a state from which it does not lead on."""
    project.refresh_from_db(from_queryset=Project.objects.select_for_update(of=("self",)).select_related("party"))
    step = PROJECT_STEPS[name]
    if mail is not None:
        submitter_mails.redeem(mail, project)
    elif by is None or not may_take(project, step, by):
        raise NotAllowed(_("The office of the country decides on this project; whoever submitted it can change it."))
    if project.status not in step.sources:
        sentence = _("“%(step)s” is not possible now: %(reference)s is in the state “%(state)s”.")
        facts = {"step": step.label, "reference": project.reference, "state": project.get_status_display()}
        raise IllegalStep(sentence % facts, [other.name for other in open_steps(project, by)] if by else [])
    return step


def _move(project: Project, name: str, by: User | None, *, via: str = "", **changes: Any) -> AuditEvent:
    """Move a project that `_check` has locked, and leave a trace."""
    before, project.status = project.status, PROJECT_STEPS[name].target
    for field, value in changes.items():
        setattr(project, field, value)
    project.version += 1
    project.save()
    said: dict[str, Any] = {"reason_code": changes.get("reason_code", ""), "reason": changes.get("reason", "")}
    more: dict[str, Any] = {"via": via} if via else {}
    permission = PROJECT_STEPS[name].permission
    return record(name, project, by=by, before=before, after=project.status, permission=permission, **said, **more)


def take_by_clock(project: Project, name: str, **changes: Any) -> AuditEvent:
    """A step that the portal takes by itself; the caller has locked the project and asked whether its day has come."""
    return _move(project, name, None, **changes)
