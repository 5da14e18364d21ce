"""Writing a draft, several people at once: each activity and each line is saved by itself, never over somebody else's
text.

Every edit leaves what was there before and after, so that the last one can be undone. What a page saves by itself
while somebody writes (`quietly`) is one edit until they press the button.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, StaleWrite
from accounts.models import User

from ..models import Activity, ActivityIdentity, BudgetLine, Change, LineIdentity, Version
from . import contents
from .contents import Content
from .steps import require_draft

MOST_ACTIVITIES, MOST_LINES = 500, 200
ONE_EDIT = timedelta(minutes=10)
Kind = Change.Kind


class EditedByOther(StaleWrite):
    """Somebody else saved first. `theirs` is what stands there now, `mine` what was to be saved."""

    def __init__(self, theirs: Content, mine: Content) -> None:
        self.theirs, self.mine = theirs, mine
        super().__init__(
            _("Somebody else has saved this since you opened it. Both texts are shown: compare them, then save again.")
        )


# The head of the plan -------------------------------------------------------------------------------------------------


@transaction.atomic
def save_plan(
    version: Version, *, by: User | None, data: Content, revision: int | None = None, quietly: bool = False
) -> Version:
    """Save title and summary of a draft. Raises EditedByOther when somebody has saved since `revision` was read."""
    require_draft(version, by=by)
    version.refresh_from_db(fields=["title", "summary", "revision"])
    before = contents.of_plan(version)
    _refuse_stale(version, revision, before, data)
    cleaned = contents.clean_plan(data)
    for name, value in cleaned.items():
        setattr(version, name, value)
    after = contents.of_plan(version)
    if after != before:
        version.revision += 1
        version.save(update_fields=[*contents.PLAN_PLAIN, "revision"])
        _remember(version, Kind.PLAN, None, before, after, by, quietly=quietly)
    elif not quietly:
        _finish_edit(version, Kind.PLAN, None, by)
    return version


# Activities -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_activity(
    version: Version, *, by: User | None, data: Content, form_key: UUID | None = None, quietly: bool = False
) -> Activity:
    """Add an activity at the end of a draft. The same `form_key` posted again gives the same activity."""
    require_draft(version, by=by)
    if form_key and (twin := Activity.objects.filter(version=version, identity__form_key=form_key).first()):
        return _sent_again(twin, contents.of_activity(twin), data, lambda: save_activity(twin, by=by, data=data))
    if version.activities.count() >= MOST_ACTIVITIES:
        raise DomainError(_("A plan has at most %(most)s activities.") % {"most": MOST_ACTIVITIES})
    cleaned = contents.clean_activity(data, version=version, by=by)
    identity = _identity(ActivityIdentity, version, form_key)
    last = version.activities.aggregate(last=models.Max("position"))["last"] or 0
    activity = Activity(version=version, identity=identity, position=last + 1)
    contents.write_activity(activity, cleaned)
    _remember(version, Kind.ACTIVITY, identity.pk, None, contents.of_activity(activity), by, quietly=quietly)
    return activity


def _sent_again(twin: Any, theirs: Content, mine: Content, save: Callable[[], Any]) -> Any:
    """A form whose answer was lost comes once more, perhaps with newer words: they count until somebody has edited."""
    edited = twin.revision > 1
    saved = save()
    if edited and saved.revision != twin.revision:
        raise EditedByOther(theirs, mine)
    return saved


def _identity(model: Any, version: Version, form_key: UUID | None) -> Any:
    try:
        with transaction.atomic():
            return model.objects.create(workplan=version.workplan, form_key=form_key)
    except IntegrityError:
        raise DomainError(_("This form was sent before. Open a new one.")) from None


@transaction.atomic
def save_activity(
    activity: Activity, *, by: User | None, data: Content, revision: int | None = None, quietly: bool = False
) -> Activity:
    """Save what is given of an activity. Raises EditedByOther when somebody has saved since `revision` was read."""
    version = activity.version
    require_draft(version, by=by)
    activity = _again(Activity, activity)
    before = contents.of_activity(activity)
    _refuse_stale(activity, revision, before, data)
    cleaned = contents.clean_activity(data, version=version, by=by, activity=activity)
    contents.write_activity(activity, cleaned)
    after = contents.of_activity(_again(Activity, activity))
    return _saved(activity, version, Kind.ACTIVITY, before, after, by, quietly)


@transaction.atomic
def remove_activity(activity: Activity, *, by: User | None, revision: int | None = None) -> None:
    """Take an activity with its budget out of a draft. In the versions before it stays, and so do pledges on it."""
    version = activity.version
    require_draft(version, by=by)
    activity = _again(Activity, activity)
    before = contents.of_activity(activity)
    _refuse_stale(activity, revision, before, {})
    at = timezone.now()  # the same for all of them: they come back together
    for line in activity.budget_lines.order_by("identity"):
        _remember(version, Kind.LINE, line.identity_id, contents.of_line(line), None, by, at=at)
    _remember(version, Kind.ACTIVITY, activity.identity_id, before, None, by, at=at)
    activity.delete()


@transaction.atomic
def order_activities(version: Version, *, by: User | None, references: list[str]) -> None:
    """Put the activities of a draft in this order; those not named keep theirs behind the named ones."""
    require_draft(version, by=by)
    rows = {row.reference: row for row in version.activities.in_order()}
    wanted = [rows.pop(reference) for reference in dict.fromkeys(references) if reference in rows]
    for place, row in enumerate([*wanted, *rows.values()], 1):
        if row.position != place:
            Activity.objects.filter(pk=row.pk).update(position=place)
    record("order_activities", version, by=by)
    _touch(version)


# Budget lines ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_line(
    activity: Activity, *, by: User | None, data: Content, form_key: UUID | None = None, quietly: bool = False
) -> BudgetLine:
    """Add a budget line to an activity of a draft. The same `form_key` posted again gives the same line."""
    version = activity.version
    require_draft(version, by=by)
    if form_key and (twin := BudgetLine.objects.filter(activity=activity, identity__form_key=form_key).first()):
        return _sent_again(twin, contents.of_line(twin), data, lambda: save_line(twin, by=by, data=data))
    if activity.budget_lines.count() >= MOST_LINES:
        raise DomainError(_("An activity has at most %(most)s budget lines.") % {"most": MOST_LINES})
    cleaned = contents.clean_line(data, version=version)
    line = BudgetLine(activity=activity, identity=_identity(LineIdentity, version, form_key))
    contents.write_line(line, cleaned)
    _remember(version, Kind.LINE, line.identity_id, None, contents.of_line(line), by, quietly=quietly)
    return line


@transaction.atomic
def save_line(
    line: BudgetLine, *, by: User | None, data: Content, revision: int | None = None, quietly: bool = False
) -> BudgetLine:
    """Save what is given of a budget line. Raises EditedByOther when somebody has saved since `revision` was read."""
    version = line.activity.version
    require_draft(version, by=by)
    line = _again(BudgetLine, line)
    before = contents.of_line(line)
    _refuse_stale(line, revision, before, data)
    contents.write_line(line, contents.clean_line(data, version=version, line=line))
    return _saved(line, version, Kind.LINE, before, contents.of_line(_again(BudgetLine, line)), by, quietly)


@transaction.atomic
def remove_line(line: BudgetLine, *, by: User | None, revision: int | None = None) -> None:
    """Take a budget line out of a draft."""
    version = line.activity.version
    require_draft(version, by=by)
    line = _again(BudgetLine, line)
    before = contents.of_line(line)
    _refuse_stale(line, revision, before, {})
    _remember(version, Kind.LINE, line.identity_id, before, None, by)
    line.delete()


# What all edits share -------------------------------------------------------------------------------------------------


def _again(model: Any, row: Any) -> Any:
    """The row as it is now. Somebody may have taken it out of the plan meanwhile."""
    found = model.objects.filter(pk=row.pk).first()
    if found is None:
        raise StaleWrite(_("Somebody else has taken this out of the plan meanwhile. Your text is still here."))
    return found


def _refuse_stale(row: Any, revision: int | None, theirs: Content, mine: Content) -> None:
    if revision is not None and revision != row.revision:
        raise EditedByOther(theirs, mine)


def _saved(
    row: Any, version: Version, kind: Kind, before: Content, after: Content, by: User | None, quietly: bool
) -> Any:
    if after != before:
        row.revision += 1
        row.updated_at = timezone.now()
        row.save(update_fields=["revision", "updated_at"])
        _remember(version, kind, row.identity_id, before, after, by, quietly=quietly)
    elif not quietly:
        _finish_edit(version, kind, row.identity_id, by)
    return row


def _remember(
    version: Version,
    kind: Kind,
    number: int | None,
    before: Content | None,
    after: Content | None,
    by: User | None,
    *,
    quietly: bool = False,
    **more: Any,
) -> None:
    _touch(version)
    if before and after and not more and _goes_on(version, kind, number, before, after, by, quietly):
        return
    Change.objects.create(
        version=version, kind=kind, number=number, by=by, before=before, after=after, is_quiet=quietly, **more
    )
    act = "edit" if before and after else "add" if after else "remove"
    record(f"{act}_{kind}", version, by=by, number=number)


def _goes_on(
    version: Version, kind: Kind, number: int | None, before: Content, after: Content, by: User | None, quietly: bool
) -> bool:
    """Whether this only continues what the page saved by itself a moment ago; then both are one edit."""
    last = last_change(version, by) if by else None
    if last is None or not last.is_quiet or (last.kind, last.number, last.after) != (kind, number, before):
        return False
    if timezone.now() - last.at > ONE_EDIT:
        return False
    last.after, last.is_quiet = after, quietly
    last.save(update_fields=["after", "is_quiet"])
    return True


def _finish_edit(version: Version, kind: Kind, number: int | None, by: User | None) -> None:
    """The writer pressed the button: what comes next is another edit."""
    Change.objects.filter(version=version, kind=kind, number=number, by=by, is_quiet=True).update(is_quiet=False)


def _touch(version: Version) -> None:
    Version.objects.filter(pk=version.pk).update(updated_at=timezone.now())


# Undo -----------------------------------------------------------------------------------------------------------------


def last_change(version: Version, by: User) -> Change | None:
    """The edit that `by` may undo now: their own last one that has not been undone."""
    rows = Change.objects.filter(version=version, by=by, undone_at__isnull=True, is_undo=False)
    return rows.order_by("-at", "-pk").first()


@transaction.atomic
def undo(version: Version, *, by: User) -> Change:
    """Take back one's own last edit. Refused where somebody has written over it since: nothing of theirs is lost."""
    require_draft(version, by=by)
    change = last_change(version, by)
    if change is None:
        raise DomainError(_("There is no edit of yours to undo."))
    _undo_one(version, change, by)
    if change.kind == Kind.ACTIVITY and change.after is None:  # its lines went with it, and come back with it
        with_it = Change.objects.filter(
            version=version, by=by, kind=Kind.LINE, at=change.at, after__isnull=True, undone_at__isnull=True
        )
        for line in with_it.order_by("pk"):
            _undo_one(version, line, by)
    return change


def _undo_one(version: Version, change: Change, by: User) -> None:
    row = _row_of(version, change)
    now = None if row is None else _read(change, row)
    others = change.before is None and change.kind == Kind.ACTIVITY and row is not None and row.budget_lines.exists()
    if _without_place(now) != _without_place(change.after) or others:
        raise EditedByOther(now or {}, change.before or {})
    _put_back(version, change, row)
    change.undone_at = timezone.now()
    change.save(update_fields=["undone_at"])
    _remember(version, Kind(change.kind), change.number, change.after, change.before, by, is_undo=True)


def _without_place(content: Content | None) -> Content | None:
    """Where an activity stands in the list is nobody's text."""
    return content and {name: value for name, value in content.items() if name != "position"}


def _row_of(version: Version, change: Change) -> Any:
    if change.kind == Kind.PLAN:
        return Version.objects.get(pk=version.pk)
    if change.kind == Kind.ACTIVITY:
        return Activity.objects.filter(version=version, identity=change.number).first()
    return BudgetLine.objects.filter(activity__version=version, identity=change.number).first()


def _read(change: Change, row: Any) -> Content:
    read: dict[Kind, Any] = {
        Kind.PLAN: contents.of_plan,
        Kind.ACTIVITY: contents.of_activity,
        Kind.LINE: contents.of_line,
    }
    return read[Kind(change.kind)](row)


def _put_back(version: Version, change: Any, row: Any) -> None:
    """Write what was there before the change. The portal writes, so links that the editor may not see come back too."""
    if change.before is None:
        row.delete()
        return
    data = dict(change.before)
    if change.kind == Kind.PLAN:
        for name, value in contents.clean_plan(data).items():
            setattr(row, name, value)
        row.revision += 1
        row.save(update_fields=[*contents.PLAN_PLAIN, "revision"])
    elif change.kind == Kind.ACTIVITY:
        row = row or Activity(version=version, identity_id=change.number)
        row.revision = (row.revision or 0) + 1
        contents.write_activity(row, contents.clean_activity(data, version=version, by=None))
    else:
        home = Activity.objects.by_reference(data.pop("activity")).get(version=version)
        row = row or BudgetLine(identity_id=change.number)
        row.activity, row.revision = home, (row.revision or 0) + 1
        contents.write_line(row, contents.clean_line(data, version=version))
