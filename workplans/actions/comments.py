"""The ledger of a consultation: what offices say, and what the centre answers to each of it."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep, NotAllowed, StaleWrite
from accounts.models import User
from accounts.permissions import Permission, can, require
from centres.models import NationalPriority, Party

from .. import announce
from ..lifecycle import OPEN_VERSION, VersionStatus
from ..models import Activity, ActivityIdentity, Comment, CommentKind, Disposition, Version
from ..models.consultation import STANCES
from .consultation import invitation_of
from .contents import ACTIVITY_FIELDS, PLAN_PLAIN
from .steps import lock, needs_words

LONGEST_COMMENT = 20_000
FIELDS = {"": (*PLAN_PLAIN, "activities", "budget"), "activity": (*ACTIVITY_FIELDS, "budget_lines")}
ANSWERED_IN = OPEN_VERSION  # the states of the newest version of a round in which comments get their answers
NOTHING_SAID = gettext_lazy("Write your comment.")


@transaction.atomic
def comment(
    version: Version,
    party: Party,
    *,
    by: User | None,
    text: str = "",
    kind: str = CommentKind.COMMENT,
    activity: ActivityIdentity | None = None,
    field: str = "",
    priorities: list[NationalPriority] | None = None,
    publish: bool = False,
    form_key: UUID | None = None,
) -> Comment:
    """An office says something about the plan, an activity, or a field of it.

    A stance (support, objection) is about an activity; a new one takes the place of the old. Support without words
    needs no answer and is noted at once. The same `form_key` posted again gives the same comment.
    """
    lock(version)
    invitation_of(version, party, by=by)
    if form_key and (twin := Comment.objects.filter(form_key=form_key, party=party).first()):
        return twin
    text = _checked(version, party, text, kind, activity, field, priorities or [])
    if kind in STANCES:
        _withdraw_stance(version, party, activity, by)
    made = Comment(
        version=version, party=party, created_by=by, office_kind=_office_kind(by, party), form_key=form_key,
        activity=activity, field=field, kind=kind, text=text, publish=publish,
    )  # fmt: skip
    if kind == CommentKind.SUPPORT and not text:
        made.disposition, made.answered_at = Disposition.NOTED, timezone.now()
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        raise DomainError(_("This form was sent before. Open a new one.")) from None
    made.priorities.set(priorities or [])
    event = record("comment", version, by=by, party=party.iso2, comment=made.pk, kind=kind)
    announce.about(version, event, "comment", party=announce.name_of(party), text=text or made.get_kind_display())
    return made


def _checked(
    version: Version,
    party: Party,
    text: str,
    kind: str,
    activity: ActivityIdentity | None,
    field: str,
    priorities: list[NationalPriority],
) -> str:
    """The words of a comment that makes sense; refused otherwise, with what to do."""
    text = text.strip()
    if kind not in CommentKind.values:
        raise DomainError(_("Choose what you say: a comment, support, an objection or a priority."))
    if activity and not Activity.objects.filter(version=version, identity=activity).exists():
        raise DomainError(_("This activity is not part of the plan that you were asked about."))
    if field and field not in FIELDS["activity" if activity else ""]:
        raise DomainError(_("Choose a part of the plan from the list."))
    if kind in STANCES and (activity is None or field):
        raise DomainError(_("Say for which activity you support or object."))
    if kind == CommentKind.PRIORITY and not priorities:
        raise DomainError(_("Choose the national priority that the plan should serve."))
    if any(priority.party_id != party.pk for priority in priorities):
        raise DomainError(_("Choose priorities of your own country."))
    Comment._meta.get_field("text").run_validators(text) if text else None
    if len(text) > LONGEST_COMMENT:
        raise DomainError(_("Shorten the comment to %(most)s characters.") % {"most": LONGEST_COMMENT})
    if kind in {CommentKind.COMMENT, CommentKind.OBJECTION}:
        return needs_words(text, str(NOTHING_SAID))
    return text


def _office_kind(by: User | None, party: Party) -> str:
    """As which focal point somebody speaks for an office."""
    held = [one for one in (by.current_memberships if by else []) if one.party_id == party.pk]
    return held[0].office_kind if held else ""


def _withdraw_stance(version: Version, party: Party, activity: ActivityIdentity | None, by: User | None) -> None:
    rows = Comment.objects.filter(
        version=version, party=party, activity=activity, kind__in=STANCES, withdrawn_at__isnull=True
    )
    for row in rows.select_for_update():
        _withdraw(row, by)


@transaction.atomic
def change_comment(
    comment: Comment, *, by: User | None, text: str, publish: bool | None = None, revision: int | None = None
) -> Comment:
    """The office changes its words while the consultation is open."""
    version = comment.version
    lock(version)
    invitation_of(version, comment.party, by=by)
    _again(comment, revision)
    checked = _checked(
        version, comment.party, text, comment.kind, comment.activity, comment.field, list(comment.priorities.all())
    )
    comment.text = checked
    comment.publish = comment.publish if publish is None else publish
    if comment.kind == CommentKind.SUPPORT:
        noted = not checked
        comment.disposition = Disposition.NOTED if noted else ""
        comment.answered_at = timezone.now() if noted else None
    _save(comment, ["text", "publish", "disposition", "answered_at"])
    record("change_comment", version, by=by, party=comment.party.iso2, comment=comment.pk)
    return comment


@transaction.atomic
def withdraw_comment(comment: Comment, *, by: User | None) -> Comment:
    """The office takes a comment back while the consultation is open."""
    version = comment.version
    lock(version)
    invitation_of(version, comment.party, by=by)
    _again(comment, None)
    _withdraw(comment, by)
    return comment


def _withdraw(comment: Comment, by: User | None) -> None:
    comment.withdrawn_at = timezone.now()
    _save(comment, ["withdrawn_at"])
    record("withdraw_comment", comment.version, by=by, party=comment.party.iso2, comment=comment.pk)


@transaction.atomic
def publish_comment(comment: Comment, *, by: User | None, publish: bool) -> Comment:
    """The office decides, at any time, whether everybody may read its own words."""
    _again(comment, None)
    if by is not None and not can(by, Permission.WORKPLAN_COMMENT, _PartyOf(comment)):
        raise NotAllowed(_("Only the office that wrote a comment decides whether it is published."))
    comment.publish = publish
    _save(comment, ["publish"])
    record("publish_comment", comment.version, by=by, comment=comment.pk, after="public" if publish else "not public")
    return comment


class _PartyOf:
    """The office alone: a centre reaches a comment too, and has no say in its publication."""

    SCOPE = {"party": "party"}

    def __init__(self, comment: Comment) -> None:
        self.party, self.party_id = comment.party, comment.party_id


@transaction.atomic
def dispose(
    comment: Comment, *, by: User | None, disposition: str, answer: str, revision: int | None = None
) -> Comment:
    """The centre says what becomes of a comment, with an answer that the office reads."""
    version = current_of(comment)
    lock(version)
    if by is not None:
        require(by, Permission.WORKPLAN_EDIT, version)
    if version.status not in ANSWERED_IN:
        raise IllegalStep(_("The plan is finalized: what became of its comments stays as it is."))
    _again(comment, revision)
    if disposition not in Disposition.values:
        raise DomainError(_("Choose what becomes of the comment: accepted, in part, not accepted, or noted."))
    answer = needs_words(
        answer, _("Write an answer: the office reads it, and so does everybody who reads the comment.")
    )
    Comment._meta.get_field("answer").run_validators(answer)
    before, comment.disposition, comment.answer = comment.disposition, disposition, answer
    comment.answered_by, comment.answered_at = by, timezone.now()
    _save(comment, ["disposition", "answer", "answered_by", "answered_at"])
    event = record("dispose", version, by=by, before=before, after=disposition, comment=comment.pk)
    label = Disposition(disposition).label
    announce.about_answers(comment.version, event, comment.party, disposition=label, text=answer)
    return comment


def current_of(comment: Comment) -> Version:
    """The version that answers a comment now: the newest of its round."""
    version = comment.version
    newest = Version.objects.filter(workplan=version.workplan_id, round=version.round).order_by("-number")
    return newest.select_related("workplan__period", "workplan__centre").get(pk=newest.values("pk")[:1])


def _again(comment: Comment, revision: int | None) -> None:
    """Lock a comment and read it again; refuse what was withdrawn, and what somebody has changed since."""
    comment.refresh_from_db(from_queryset=Comment.objects.select_for_update())
    if comment.withdrawn_at:
        raise IllegalStep(_("This comment was withdrawn."))
    if revision is not None and revision != comment.revision:
        raise StaleWrite(_("Somebody else has changed this comment since you opened it. Look at it, then save again."))


def _save(comment: Comment, fields: list[str]) -> None:
    comment.revision += 1
    comment.updated_at = timezone.now()
    comment.save(update_fields=[*fields, "revision", "updated_at"])


def ledger_counts(version: Version) -> dict[str, Any]:
    """How many comments a version has, and what became of them: what everybody may read."""
    rows = Comment.objects.of_ledger(version).values_list("disposition", flat=True)
    counts = dict.fromkeys([*Disposition.values, ""], 0)
    for disposition in rows:
        counts[disposition] += 1
    return {"comments": sum(counts.values()), "without_answer": counts.pop("")} | counts


def open_steps(comment: Comment, by: User) -> list[str]:
    """What `by` may do with a comment now: change it, take it back, publish it, or say what becomes of it."""
    current = current_of(comment)
    found = []
    if can(by, Permission.WORKPLAN_COMMENT, _PartyOf(comment)):
        if comment.version.status == VersionStatus.CONSULTATION:
            found += ["change", "withdraw"]
        found.append("publish")
    if can(by, Permission.WORKPLAN_EDIT, current) and current.status in ANSWERED_IN:
        found.append("dispose")
    return found
