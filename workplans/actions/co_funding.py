"""Co-funding that others report: proposed from their files, then accepted for a part of a plan or dismissed.

Raises NotAllowed, IllegalStep or DomainError. Nothing here counts in a gap.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep
from accounts.models import User
from accounts.permissions import Permission, can, require
from centres.models import SupportCentre
from requests_offers.lifecycle import Step

from ..lifecycle import CO_FUNDING_STEPS
from ..models import ActivityIdentity, CoFunding, Workplan
from .steps import lock_plan, needs_words

LONGEST_TITLE, LONGEST_NAME, LONGEST_TEXT = 300, 250, 4000


@dataclass(frozen=True)
class Reported:
    """What a file says of one activity."""

    iati_identifier: str
    title: str
    reporting_ref: str = ""
    reporting_name: str = ""
    description: str = ""
    funders: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    amounts: dict[str, dict[str, str]] = field(default_factory=dict)
    starts_on: date | None = None
    ends_on: date | None = None
    standard: str = ""
    last_updated_at: datetime | None = None

    @property
    def digest(self) -> str:
        """What it says in one canonical spelling; the moment of the last update is no part of it."""
        said = {name: value for name, value in asdict(self).items() if name != "last_updated_at"}
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


@transaction.atomic
def propose(
    centre: SupportCentre | None, found: Iterable[Reported], *, by: User | None, is_example: bool = False
) -> Counter[str]:
    """Put what files report before the centre; returns how many were new, changed or the same.

    The same file changes nothing a second time; an older one never undoes a newer. A decision stays where its record
    changes, and the record says that it changed.
    """
    if by is not None:
        require(by, Permission.WORKPLAN_EDIT, CoFunding(centre=centre))
    if centre is not None:  # two uploads at once come one after the other
        SupportCentre.objects.select_for_update().get(pk=centre.pk)
    by_name = {one.iati_identifier: one for one in found}
    rows = CoFunding.objects.select_for_update().filter(centre=centre, iati_identifier__in=list(by_name))
    known = {row.iati_identifier: row for row in rows}
    return Counter(
        _refresh(known[name], one, by) if name in known else _new(centre, one, by, is_example)
        for name, one in by_name.items()
    )


def _new(centre: SupportCentre | None, one: Reported, by: User | None, is_example: bool) -> str:
    facts = asdict(one) | {"digest": one.digest}
    made = CoFunding.objects.create(centre=centre, imported_by=by, is_example=is_example, **facts)
    record("propose", made, by=by, after=made.status, iati_identifier=made.iati_identifier)
    return "new"


def _refresh(row: CoFunding, one: Reported, by: User | None) -> str:
    before, after = row.last_updated_at, one.last_updated_at
    if row.digest == one.digest or (before and after and after < before):
        return "same"
    now = timezone.now()
    changes = asdict(one) | {"digest": one.digest, "updated_at": now}
    if row.decided_at is not None:
        changes["changed_at"] = now
    _save(row, changes)
    record("report_again", row, by=by, iati_identifier=row.iati_identifier)
    return "changed"


def _save(row: CoFunding, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))


# Decisions ------------------------------------------------------------------------------------------------------------


def open_steps(row: CoFunding, by: User) -> list[Step]:
    """The steps that `by` may take now."""
    return [
        step
        for step in CO_FUNDING_STEPS.values()
        if row.status in step.sources and step.permission is not None and can(by, step.permission, row)
    ]


def _take(row: CoFunding, name: str, *, by: User | None, **changes: Any) -> CoFunding:
    step = CO_FUNDING_STEPS[name]
    row.refresh_from_db(from_queryset=CoFunding.objects.select_for_update())
    if by is not None and step.permission is not None:
        require(by, step.permission, row)
    if row.status not in step.sources:
        names = [other.name for other in open_steps(row, by)] if by is not None else []
        sentence = _("“%(step)s” is not possible now: %(reference)s is in the state “%(state)s”.")
        facts = {"step": step.label, "reference": row.reference, "state": row.get_status_display()}
        raise IllegalStep(sentence % facts, names)
    before, now = row.status, timezone.now()
    _save(row, {"status": step.target, "updated_at": now, "changed_at": None, **changes})
    record(name, row, by=by, before=before, after=row.status, reason=changes.get("words", ""))
    return row


@transaction.atomic
def accept(row: CoFunding, *, by: User | None, part: Workplan | ActivityIdentity, text: str = "") -> CoFunding:
    """The centre takes it as co-funding of a finalized plan, or of one of its activities. No gap changes."""
    activity = part if isinstance(part, ActivityIdentity) else None
    workplan = part.workplan if isinstance(part, ActivityIdentity) else part
    lock_plan(workplan)
    if workplan.centre_id != row.centre_id or workplan.current_version_id is None or workplan.is_closed:
        raise DomainError(_("Choose a finalized plan of your centre that is not closed, or one of its activities."))
    decided = {"decided_by": by, "decided_at": timezone.now(), "words": text.strip()}
    return _take(row, "accept", by=by, workplan=workplan, activity=activity, **decided)


@transaction.atomic
def dismiss(row: CoFunding, *, by: User | None, text: str) -> CoFunding:
    """It has nothing to do with the centre's plans; whoever looks later reads why."""
    words = needs_words(text, _("Say in a few words why it does not belong to your plans."))
    return _take(row, "dismiss", by=by, decided_by=by, decided_at=timezone.now(), words=words)


@transaction.atomic
def reopen(row: CoFunding, *, by: User | None) -> CoFunding:
    """Take the decision back: it is only proposed again."""
    return _take(row, "reopen", by=by, workplan=None, activity=None, decided_by=None, decided_at=None, words="")
