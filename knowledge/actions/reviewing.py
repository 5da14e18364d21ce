"""Review rounds: open, ask, answer, decide, remind, close."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.audit import record
from accounts.actions.notices import tell
from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent, User
from accounts.people import holders
from accounts.permissions import Permission, can, require
from centres.models import Region, Subject, Target

from ..lifecycle import LISTED_SOURCE
from ..models import Decision, ProposedChange, Review, ReviewRound, Source, Verdict
from . import sources

REMINDED_BEFORE = timedelta(days=5)
MOST_SOURCES = 500
# What an advisor may propose to change; sets by their codes.
PROPOSABLE = (
    "name", "owner", "url", "description", "kind", "access", "languages", "targets", "subjects", "worldwide", "regions",
    "update_rhythm", "fair_notes", "care_notes", "conventions",
)  # fmt: skip
ROWS: dict[str, tuple[Any, str]] = {
    "targets": (Target, "number"),
    "subjects": (Subject, "code"),
    "regions": (Region, "code"),
}


# Opening --------------------------------------------------------------------------------------------------------------


def advisors() -> Any:
    """The members of the advisory group, who can be asked."""
    return holders(Permission.SOURCE_REVIEW, everywhere=True)


@transaction.atomic
def open_round(
    *,
    by: User,
    title: str,
    due_on: date,
    listed: Sequence[Source],
    people: Sequence[User],
    guidance: str = "",
    opinions: int = 1,
    filters: dict[str, Any] | None = None,
) -> ReviewRound:
    """Ask advisors about sources: each source is given to `opinions` of them, in turn, so that all have as many."""
    require(by, Permission.SOURCE_ROUND)
    _refuse_bad_round(title, due_on, listed, people, opinions)
    _refuse_second_round(title, by)
    made = ReviewRound.objects.create(
        title=title, guidance=guidance, due_on=due_on, opened_by=by, filters=filters or {}, is_example=by.is_example
    )
    asked = [
        Review(round=made, source=source, advisor=people[(place * opinions + turn) % len(people)])
        for place, source in enumerate(listed)
        for turn in range(opinions)
    ]
    Review.objects.bulk_create(asked)
    event = record("open_round", made, by=by, sources=len(listed), advisors=len(people), opinions=opinions)
    for person in {review.advisor for review in asked}:
        count = sum(review.advisor == person for review in asked)
        _tell([person], made, event, ASKED, ASKED_TEXT, count=count)
    return made


ASKED = gettext_lazy("Please look at some knowledge sources until %(until)s")
ASKED_TEXT = gettext_lazy(
    "In the review round “%(title)s” you are asked about %(count)s sources of the compendium. For each say whether it "
    "should be kept, changed or taken out.\n\n%(guidance)s"
)


def _refuse_bad_round(
    title: str, due_on: date, listed: Sequence[Source], people: Sequence[User], opinions: int
) -> None:
    if not title.strip():
        raise DomainError(_("Give the round a title."))
    if due_on <= timezone.now().date():
        raise DomainError(_("Choose a day in the future."))
    if not listed or len(listed) > MOST_SOURCES:
        raise DomainError(_("Choose between 1 and %(most)s sources.") % {"most": MOST_SOURCES})
    if any(not source.is_listed for source in listed):
        raise DomainError(_("Only sources that are in the compendium are reviewed."))
    if not people or any(not can(person, Permission.SOURCE_REVIEW) for person in people):
        raise DomainError(_("Choose members of the advisory group."))
    if not 1 <= opinions <= len(people):
        raise DomainError(_("A source can be given to each of the chosen advisors once."))


def _refuse_second_round(title: str, by: User) -> None:
    """The same form sent twice asks nobody twice."""
    User.objects.select_for_update().get(pk=by.pk)
    if ReviewRound.objects.open().filter(title=title, opened_by=by).exists():
        raise DomainError(_("You have opened a round with this title already. Give another one another title."))


# Answering ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def answer(
    review: Review, *, by: User, verdict: str, reason: str = "", changes: dict[str, Any] | None = None
) -> Review:
    """Say what one thinks of a source. It can be said anew until the coordinator has decided on it.

    `changes` are fields of the source with their proposed values; words of vocabularies by their codes.
    """
    _lock_open(review)
    if review.advisor_id != by.pk or not can(by, Permission.SOURCE_REVIEW):
        raise NotAllowed(_("Only the advisor who was asked answers here."))
    if review.proposals.exclude(decision="").exists():
        raise IllegalStep(_("The coordinator has decided on your proposal already."))
    if verdict not in Verdict.values:
        raise DomainError(_("Say whether the source should be kept, changed or taken out."))
    if verdict != Verdict.KEEP and not reason.strip():
        raise DomainError(_("Give the reason in a sentence."))
    proposed = _proposed(review.source, changes or {}) if verdict == Verdict.CHANGE else {}
    if verdict == Verdict.CHANGE and not proposed:
        raise DomainError(_("Say what should be changed: so far everything is as it stands in the compendium."))
    if verdict == Verdict.REMOVE:
        proposed = {ProposedChange.REMOVAL: [review.source.status, "refused"]}
    review.verdict, review.reason, review.answered_at = verdict, reason.strip(), timezone.now()
    review.save()
    review.proposals.all().delete()
    ProposedChange.objects.bulk_create(
        ProposedChange(review=review, field=name, before=before, after=after)
        for name, (before, after) in proposed.items()
    )
    record("answer", review.round, by=by, source=review.source.reference, verdict=verdict, fields=sorted(proposed))
    return review


def _lock_open(review: Review) -> None:
    review.round.refresh_from_db(from_queryset=ReviewRound.objects.select_for_update())
    review.refresh_from_db(from_queryset=Review.objects.select_for_update())
    if not review.round.is_open:
        raise IllegalStep(_("This round is closed."))


def _proposed(source: Source, changes: dict[str, Any]) -> dict[str, list[Any]]:
    if unknown := set(changes) - set(PROPOSABLE):
        raise DomainError(_("These fields cannot be changed here: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    return sources.differences(source, values_of(changes))


def values_of(changes: dict[str, Any]) -> dict[str, Any]:
    """Proposed values with rows instead of codes; words that are not there any more are left out."""
    found = dict(changes)
    for name, (model, key) in ROWS.items():
        if name in found:
            given = [getattr(one, "reference", one) for one in found[name]]
            found[name] = list(model.objects.filter(**{f"{key}__in": given}))
    return found


# Deciding -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def decide(proposal: ProposedChange, *, by: User, decision: str, note: str = "") -> ProposedChange:
    """Apply a proposed change to its source, or reject it; decided once, and the trail of both keeps it."""
    require(by, Permission.SOURCE_ROUND)
    _lock_open(proposal.review)  # an advisor who answers anew would take the proposal away meanwhile
    try:
        proposal.refresh_from_db(from_queryset=ProposedChange.objects.select_for_update())
    except ProposedChange.DoesNotExist:
        raise IllegalStep(_("The advisor has answered anew. Look at the new proposals.")) from None
    if proposal.decision:
        raise IllegalStep(_("This was decided already."))
    if decision not in Decision.values:
        raise DomainError(_("Apply the change or reject it."))
    review = proposal.review
    if decision == Decision.APPLIED:
        _apply(proposal, review, by)
    proposal.decision, proposal.note = decision, note.strip()
    proposal.decided_by, proposal.decided_at = by, timezone.now()
    proposal.save()
    words: dict[str, Any] = {"source": review.source.reference, "field": proposal.field, "decision": decision}
    record("decide", review.round, by=by, reason=proposal.note, **words)
    return proposal


def _apply(proposal: ProposedChange, review: Review, by: User) -> None:
    source = review.source
    if proposal.field == ProposedChange.REMOVAL:
        if source.status in LISTED_SOURCE:
            sources.remove(source, by=by, reason=review.reason)
        return
    sources.save(source, by=by, data=values_of({proposal.field: proposal.after}), review_round=review.round_id)


@transaction.atomic
def close_round(made: ReviewRound, *, by: User) -> ReviewRound:
    """End a round in which everything is decided. Sources that stay and were looked at count as checked today."""
    require(by, Permission.SOURCE_ROUND)
    made.refresh_from_db(from_queryset=ReviewRound.objects.select_for_update())
    if not made.is_open:
        raise IllegalStep(_("This round is closed already."))
    undecided = ProposedChange.objects.filter(review__round=made, decision="")
    if undecided.exists():
        raise DomainError(_("Decide on every proposed change first."))
    made.closed_at = timezone.now()
    made.save()
    seen = set(made.reviews.exclude(verdict="").exclude(verdict=Verdict.REMOVE).values_list("source", flat=True))
    Source.objects.filter(pk__in=seen, status__in=LISTED_SOURCE).update(checked_on=made.closed_at.date())
    answered = made.reviews.exclude(verdict="").count()
    event = record("close_round", made, by=by, answered=answered, asked=made.reviews.count())
    people = {review.advisor for review in made.reviews.exclude(verdict="").select_related("advisor")}
    _tell(people, made, event, CLOSED, CLOSED_TEXT)
    return made


CLOSED = gettext_lazy("The review round “%(title)s” is closed")
CLOSED_TEXT = gettext_lazy("Thank you for your answers. The page of the round shows what became of each proposal.")


# Reminding ------------------------------------------------------------------------------------------------------------


def remind(now: Any = None) -> int:
    """Remind advisors with open assignments, once, some days before the answers are due; returns how many."""
    today = (now or timezone.now()).date()
    due = ReviewRound.objects.open().filter(reminded_on__isnull=True, due_on__lte=today + REMINDED_BEFORE)
    return sum(_remind(made, today) for made in due.order_by("pk"))


@transaction.atomic
def _remind(made: ReviewRound, today: date) -> int:
    made.refresh_from_db(from_queryset=ReviewRound.objects.select_for_update())
    if made.reminded_on or not made.is_open:
        return 0
    made.reminded_on = today
    made.save(update_fields=["reminded_on"])
    waiting: dict[User, int] = {}
    for review in made.reviews.filter(verdict="").select_related("advisor"):
        waiting[review.advisor] = waiting.get(review.advisor, 0) + 1
    event = record("remind", made, by=None, advisors=len(waiting))
    for person, count in waiting.items():
        _tell([person], made, event, STILL_ASKED, STILL_ASKED_TEXT, count=count)
    return len(waiting)


STILL_ASKED = gettext_lazy("Some knowledge sources still wait for your word, until %(until)s")
STILL_ASKED_TEXT = gettext_lazy("In the review round “%(title)s” %(count)s of the sources given to you are unanswered.")


def _tell(people: Iterable[User], made: ReviewRound, event: AuditEvent, subject: Any, text: Any, **more: Any) -> None:
    params = {"title": made.title, "until": made.due_on, "guidance": made.guidance, **more}
    path = reverse_lazy("review_round", args=[made.pk])
    tell(people, event, kind="review_round", subject=subject, text=text, path=path, params=params)
