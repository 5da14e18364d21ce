"""What both sides write into an engagement: plan, milestones, results, whom it reached, lessons,
and what it achieved.
"""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import User
from centres.models import BeneficiaryGroup

from .. import uploads
from ..lifecycle import EngagementStatus
from ..models import Beneficiary, Engagement, Milestone, Result
from . import telling
from .attachments import EVIDENCE, keep_file
from .drafts import refuse_stale
from .engagements import side_that_speaks, sides_of
from .practising import practice_from
from .steps import lock

MOST_MILESTONES, MOST_RESULTS = 40, 60
HALF_A_YEAR = timedelta(days=182)
E = EngagementStatus
WHILE_ACTIVE = frozenset({E.ACTIVE})
AFTERWARDS = frozenset(E.values)
TOLD = frozenset({E.ACTIVE, E.CONCLUDED, E.APPRAISED})


def may_write(engagement: Engagement, user: Any, states: frozenset[str] = AFTERWARDS) -> bool:
    """Whether `user` speaks for one of the sides, and the engagement is in one of these states."""
    return engagement.status in states and bool(sides_of(engagement, user))


def _open(engagement: Engagement, by: User | None, states: frozenset[str], version: int | None = None) -> None:
    """Lock an engagement for a write of one of its sides; count the change."""
    lock(engagement)
    if by is not None and not sides_of(engagement, by):
        raise NotAllowed(_("Only the office of the Party and the provider write into an engagement."))
    if engagement.status not in states:
        raise IllegalStep(_("This can be changed while the work goes on."))
    refuse_stale(engagement, version)
    engagement.version += 1


@transaction.atomic
def save_plan(engagement: Engagement, *, by: User | None, plan: str, version: int | None = None) -> Engagement:
    """Write what both sides want to do, in words. Raises StaleWrite when somebody else has saved since `version`."""
    _open(engagement, by, WHILE_ACTIVE, version)
    engagement.plan = plan
    engagement.save(update_fields=["plan", "version", "updated_at"])
    record("save_plan", engagement, by=by, version=engagement.version)
    return engagement


# Milestones -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_milestone(
    engagement: Engagement, *, by: User | None, title: str, text: str = "", due_on: date | None = None
) -> Milestone:
    """Add a milestone. The same one twice (title and day) is one."""
    _open(engagement, by, WHILE_ACTIVE)
    if not title.strip():
        raise DomainError(_("Give the milestone a name."))
    rows = engagement.milestones
    same = rows.filter(title=title, due_on=due_on, done_on__isnull=True).first()
    if same:
        return same
    if rows.count() >= MOST_MILESTONES:
        raise DomainError(_("An engagement has at most %(most)s milestones.") % {"most": MOST_MILESTONES})
    number = (rows.aggregate(most=Max("number"))["most"] or 0) + 1
    made = Milestone.objects.create(engagement=engagement, number=number, title=title, text=text, due_on=due_on)
    _keep(engagement, "add_milestone", by, milestone=number)
    return made


def _keep(engagement: Engagement, name: str, by: User | None, **details: Any) -> Any:
    engagement.save(update_fields=["version", "updated_at"])
    return record(name, engagement, by=by, **details)


@transaction.atomic
def change_milestone(milestone: Milestone, *, by: User | None, **fields: Any) -> Milestone:
    """Change name, meaning or day of a milestone that is still open."""
    _open_milestone(milestone, by)
    if not milestone.kind and not fields.get("title", milestone.title).strip():
        raise DomainError(_("Give the milestone a name."))
    for name in ("title", "text", "due_on"):
        if name in fields:
            setattr(milestone, name, fields[name])
    milestone.save(update_fields=["title", "text", "due_on"])
    _keep(milestone.engagement, "change_milestone", by, milestone=milestone.number)
    return milestone


def _open_milestone(milestone: Milestone, by: User | None, *, done: bool = False) -> None:
    """Lock the engagement of a milestone that is still open, or with `done` of one that is not."""
    _open(milestone.engagement, by, WHILE_ACTIVE)
    milestone.refresh_from_db(fields=["title", "text", "due_on", "done_on", "evidence", "evidence_url"])
    if done and milestone.done_on is None:
        raise IllegalStep(_("This milestone is open already."))
    if not done and milestone.done_on is not None:
        raise IllegalStep(_("This milestone is done already. Open it again to change it."))


@transaction.atomic
def finish_milestone(
    milestone: Milestone, *, by: User | None, done_on: date | None = None, evidence: str = "", evidence_url: str = ""
) -> Milestone:
    """A milestone is done, with the evidence for it; the other side is told."""
    _open_milestone(milestone, by)
    today = timezone.now().date()
    done_on = done_on or today
    if done_on > today:
        raise DomainError(_("Choose a day that is not in the future."))
    if not evidence.strip() and not evidence_url:
        raise DomainError(_("Say in a sentence what shows that it is done, or give an address."))
    if milestone.kind == Milestone.Kind.RUNNING:
        _check_half_a_year(milestone, done_on)
    milestone.done_on, milestone.evidence, milestone.evidence_url = done_on, evidence, evidence_url
    milestone.save(update_fields=["done_on", "evidence", "evidence_url"])
    if milestone.kind == Milestone.Kind.INSTALLED:
        _look_again_after_half_a_year(milestone)
    event = _keep(milestone.engagement, "milestone_done", by, milestone=milestone.number, public=True)
    telling.about_engagement(milestone.engagement, event, "milestone_done", what=milestone.name)
    return milestone


def _check_half_a_year(milestone: Milestone, done_on: date) -> None:
    installed = milestone.engagement.milestones.filter(kind=Milestone.Kind.INSTALLED).first()
    if installed is None or installed.done_on is None:
        raise DomainError(_("Say first when the technology was installed."))
    if done_on < installed.done_on + HALF_A_YEAR:
        raise DomainError(_("This can be said six months after the technology was installed."))


def _look_again_after_half_a_year(milestone: Milestone) -> None:
    running = milestone.engagement.milestones.filter(kind=Milestone.Kind.RUNNING, done_on__isnull=True)
    if milestone.done_on:
        running.update(due_on=milestone.done_on + HALF_A_YEAR)


@transaction.atomic
def reopen_milestone(milestone: Milestone, *, by: User | None) -> Milestone:
    """A milestone was called done by mistake."""
    _open_milestone(milestone, by, done=True)
    milestone.done_on, milestone.evidence, milestone.evidence_url = None, "", ""
    milestone.save(update_fields=["done_on", "evidence", "evidence_url"])
    _keep(milestone.engagement, "reopen_milestone", by, milestone=milestone.number)
    return milestone


@transaction.atomic
def remove_milestone(milestone: Milestone, *, by: User | None) -> None:
    """Take an open milestone out of the plan; those of a transfer stay."""
    _open_milestone(milestone, by)
    if milestone.kind:
        raise DomainError(_("Every transfer of a technology passes this milestone: it stays."))
    number = milestone.number
    milestone.delete()
    _keep(milestone.engagement, "remove_milestone", by, milestone=number)


# Results --------------------------------------------------------------------------------------------------------------


def add_result(
    engagement: Engagement,
    *,
    by: User | None,
    title: str,
    text: str = "",
    url: str = "",
    file: Any = None,
    form_key: UUID | None = None,
) -> Result:
    """Add a result with its evidence: a text, an address or a file. The same form twice gives one result."""
    if not title.strip():
        raise DomainError(_("Say in a few words what the result is."))
    if not (text.strip() or url or file):
        raise DomainError(_("Give evidence: a sentence, an address or a file."))
    if not may_write(engagement, by, AFTERWARDS):
        raise NotAllowed(_("Only the office of the Party and the provider write into an engagement."))
    seen = uploads.look_at(file, file.name) if file else None
    facts: dict[str, Any] = {"title": title, "text": text, "url": url, "stored_as": "", "form_key": form_key}
    if not seen:
        return _keep_result(engagement, by, facts)
    facts |= {"file_name": seen.name, "content_type": seen.content_type, "size": seen.size, "sha256": seen.sha256}
    return keep_file(file, EVIDENCE, lambda stored_as: _keep_result(engagement, by, facts | {"stored_as": stored_as}))


@transaction.atomic
def _keep_result(engagement: Engagement, by: User | None, facts: dict[str, Any]) -> Result:
    _open(engagement, by, AFTERWARDS)
    key = facts["form_key"]
    earlier = engagement.results.filter(form_key=key).first() if key else None
    if earlier:
        return earlier
    if engagement.results.count() >= MOST_RESULTS:
        raise DomainError(_("An engagement has at most %(most)s results.") % {"most": MOST_RESULTS})
    try:
        with transaction.atomic():
            made = Result.objects.create(engagement=engagement, added_by=by, **facts)
    except IntegrityError:
        raise DomainError(_("This form was sent before. Open a new one.")) from None
    event = _keep(engagement, "result_added", by, result=made.pk)
    telling.about_engagement(engagement, event, "result_added", what=made.title)
    return made


@transaction.atomic
def remove_result(result: Result, *, by: User | None) -> None:
    """Take a result away; its file goes once the row is gone for good."""
    _open(result.engagement, by, AFTERWARDS)
    pk, stored_as = result.pk, result.stored_as
    result.delete()
    _keep(result.engagement, "remove_result", by, result=pk)

    def delete_bytes() -> None:
        default_storage.delete(stored_as)

    if stored_as:
        transaction.on_commit(delete_bytes, robust=True)


# Whom it reached, what was learnt, what it achieved -------------------------------------------------------------------


@transaction.atomic
def save_beneficiaries(engagement: Engagement, *, by: User | None, groups: dict[str, int | None]) -> Engagement:
    """Set the groups that took part or gained, with how many people where that is known."""
    _open(engagement, by, AFTERWARDS)
    if set(groups) - set(BeneficiaryGroup.Code.values):
        raise DomainError(_("Choose groups from the list."))
    if any(people is not None and people < 0 for people in groups.values()):
        raise DomainError(_("Write how many people as a whole number."))
    engagement.beneficiaries.exclude(group__in=groups).delete()
    for group, people in groups.items():
        Beneficiary.objects.update_or_create(engagement=engagement, group=group, defaults={"people": people})
    _keep(engagement, "save_beneficiaries", by, groups=sorted(groups))
    return engagement


@transaction.atomic
def save_lessons(
    engagement: Engagement, *, by: User | None, lessons: str, may_become_practice: bool, version: int | None = None
) -> Engagement:
    """Write what was learnt, and whether others may learn from it as a practice."""
    _open(engagement, by, AFTERWARDS, version)
    engagement.lessons = lessons
    engagement.may_become_practice = may_become_practice and bool(lessons.strip())
    engagement.save(update_fields=["lessons", "may_become_practice", "version", "updated_at"])
    record("save_lessons", engagement, by=by, version=engagement.version)
    practice_from(engagement, by=by)
    return engagement


@transaction.atomic
def save_story(
    engagement: Engagement, *, by: User | None, story: str, language: str = "en", version: int | None = None
) -> Engagement:
    """Write the text about what the work achieved. A change takes back what either side had released."""
    _open(engagement, by, TOLD, version)
    if story == engagement.story and language == engagement.story_language:
        return engagement
    engagement.story, engagement.story_language = story, language
    engagement.story_released_by_party_at = engagement.story_released_by_provider_at = None
    engagement.save()
    event = record("save_story", engagement, by=by, version=engagement.version)
    telling.about_engagement(engagement, event, "story_changed")
    return engagement


@transaction.atomic
def release_story(engagement: Engagement, *, by: User | None, side: str = "", version: int | None = None) -> Engagement:
    """One side agrees that everybody reads the text; it is public when both do, and publish the match."""
    lock(engagement.match)
    lock(engagement)
    side = side_that_speaks(engagement, by, side)
    refuse_stale(engagement, version)
    if not engagement.story.strip():
        raise DomainError(_("Write the text first."))
    field = f"story_released_by_{side}_at"
    if getattr(engagement, field):
        return engagement  # a second click changes nothing
    setattr(engagement, field, timezone.now())
    setattr(engagement.match, f"publish_by_{side}", True)
    engagement.match.save(update_fields=[f"publish_by_{side}", "updated_at"])
    engagement.save()
    event = record("release_story", engagement, by=by, side=side)
    telling.about_engagement(engagement, event, "story_released")
    return engagement


@transaction.atomic
def take_story_back(engagement: Engagement, *, by: User | None, side: str = "") -> Engagement:
    """One side takes its release back: from now on the text is not public any more."""
    lock(engagement)
    side = side_that_speaks(engagement, by, side)
    setattr(engagement, f"story_released_by_{side}_at", None)
    engagement.save()
    record("take_story_back", engagement, by=by, side=side)
    return engagement
