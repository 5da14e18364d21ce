"""A workbook that was filled in becomes part of a draft: everything it changes, as one act, or nothing."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import StaleWrite
from accounts.models import User
from accounts.permissions import Permission, require

from ..models import Activity, BudgetLine, ColumnChoice, Version, Workplan
from . import drafting, snapshots
from .contents import Content
from .steps import lock, require_draft

MOST_HEADINGS = 300


@dataclass(frozen=True)
class SheetChanges:
    """What a workbook changes: contents by reference (of the file, where they are new), and what it takes out."""

    plan: Content = field(default_factory=dict)
    activities: dict[str, Content] = field(default_factory=dict)
    lines: dict[str, tuple[str, Content]] = field(default_factory=dict)  # with the reference of the activity
    removed_activities: list[str] = field(default_factory=list)
    removed_lines: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)  # of all activities; empty where it stays


def form_key(key: UUID, sheet: str, reference: str) -> UUID:
    """The key of a new record of a file: the same file uploaded again finds the record that it became."""
    return uuid5(key, f"{sheet} {reference}")


@transaction.atomic
def apply_sheet(version: Version, *, by: User, changes: SheetChanges, digest: str, key: UUID) -> Version:
    """Write what a workbook changes into a draft.

    Raises StaleWrite when the draft is no longer the one that was compared.

    `key` is that of the file: new records are known again by it.
    """
    lock(version)
    require_draft(version, by=by)
    if snapshots.digest(snapshots.build(version)) != digest:
        raise StaleWrite(_("Somebody has changed the plan since this comparison was made. Look at it again."))
    if changes.plan:
        drafting.save_plan(version, by=by, data=changes.plan)
    known = {row.reference: row for row in version.activities.select_related("version__workplan")}
    _remove(version, changes, known, by)
    for reference, content in changes.activities.items():
        if reference in known:
            known[reference] = drafting.save_activity(known[reference], by=by, data=content)
        else:
            known[reference] = drafting.add_activity(
                version, by=by, data=content, form_key=form_key(key, "activities", reference)
            )
    _write_lines(version, changes, known, by, key)
    if changes.order:
        drafting.order_activities(version, by=by, references=[known[one].reference for one in changes.order])
    counts: dict[str, Any] = {
        name: len(getattr(changes, name)) for name in ("activities", "lines", "removed_activities", "removed_lines")
    }
    record("apply_sheet", version, by=by, **counts)
    return version


def _remove(version: Version, changes: SheetChanges, known: dict[str, Any], by: User) -> None:
    lines = _lines(version)
    for reference in changes.removed_lines:
        if reference in lines and lines[reference].activity.reference not in changes.removed_activities:
            drafting.remove_line(lines[reference], by=by)
    for reference in changes.removed_activities:
        drafting.remove_activity(known.pop(reference), by=by)


def _write_lines(version: Version, changes: SheetChanges, known: dict[str, Activity], by: User, key: UUID) -> None:
    lines = _lines(version)
    for reference, (activity, content) in changes.lines.items():
        if reference in lines:
            drafting.save_line(lines[reference], by=by, data=content)
        else:
            drafting.add_line(known[activity], by=by, data=content, form_key=form_key(key, "budget", reference))


def _lines(version: Version) -> dict[str, BudgetLine]:
    rows = BudgetLine.objects.filter(activity__version=version).select_related("activity__version__workplan", "funder")
    return {row.reference: row for row in rows}


@transaction.atomic
def keep_columns(workplan: Workplan, *, by: User, fields: dict[str, str]) -> ColumnChoice:
    """Keep which heading of a centre's own table is which field, as a suggestion for its next import."""
    require(by, Permission.WORKPLAN_EDIT, workplan)
    choice, _made = ColumnChoice.objects.select_for_update().get_or_create(centre=workplan.centre)
    choice.fields = dict(list({**choice.fields, **fields}.items())[-MOST_HEADINGS:])
    choice.updated_at = timezone.now()
    choice.save(update_fields=["fields", "updated_at"])
    record("keep_columns", workplan, by=by, headings=len(fields))
    return choice
