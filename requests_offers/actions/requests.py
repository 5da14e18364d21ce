"""What can be done with a request: one function per business act.

Every step locks, checks, moves, tells and leaves a trace.

All of them run in a transaction and raise NotAllowed (no right), IllegalStep (not from this state) or DomainError
(something is missing); `by` is a user, or None for the clock.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import DomainError, NotAllowed
from accounts.models import User
from accounts.permissions import Permission, can
from centres.models import Party, SupportCentre

from .. import announce, clocks
from ..lifecycle import MatchStatus, RequestStatus
from ..models import Component, CooperationRequest, FormerHolding, Match
from ..reasons import reason_words
from . import clarifications
from .assigning import release as release_assignee
from .computed import is_closed, recompute, release
from .endorsements import endorse_on_submission
from .finding_sources import named_in
from .scoring import queue_runs
from .steps import check, lock, take

LONGEST_QUESTION = timedelta(days=60)


@transaction.atomic
def submit(request: CooperationRequest, *, by: User | None, permission: Permission | None = None) -> CooperationRequest:
    """Submit a draft: it goes to the operating centre that serves the Party, else to the helpdesk."""
    check(request, "submit", by=by, permission=permission)
    _check_complete(request)
    if permission is None and by is not None:
        _check_priorities(request)
    now = timezone.now()
    if request.centre_id is None:
        request.centre = centre_for(request.party)
    changes = {
        "centre": request.centre,
        "submitted_at": request.submitted_at or now,
        "due_on": clocks.triage_due(request, now),
        "question": "",
    }
    event = take(request, "submit", by=by, permission=permission, changes=changes)
    clarifications.retire_links(request)
    endorse_on_submission(request, by=by)
    announce.about_request(request, event, "submit")
    return request


def centre_for(party: Party, apart_from: Iterable[SupportCentre | None] = ()) -> SupportCentre | None:
    """The operating centre that serves a Party; None where the coordinator's helpdesk is its way in."""
    serving = SupportCentre.objects.serving(party).exclude(pk__in=[centre.pk for centre in apart_from if centre])
    return serving.operating().first()


def _check_complete(request: CooperationRequest) -> None:
    """A request that is submitted says what is needed; everything else may follow later."""
    if not request.title.strip() or not request.summary.strip():
        raise DomainError(_("Write a title and a summary before you submit the request."))
    components = list(request.components.all())
    if not components:
        raise DomainError(_("Describe at least one need before you submit the request."))
    for component in components:
        if not component.title.strip() or not component.text.strip():
            raise DomainError(_("Need %(number)s has no title or no description yet.") % {"number": component.number})


def _check_priorities(request: CooperationRequest) -> None:
    """The office says to which national priority it contributes, or why to none. Files of others cannot know."""
    if not request.priority_reason.strip() and not request.priorities.exists():
        raise DomainError(_("Name a national priority to which the request contributes, or say why there is none."))


@transaction.atomic
def ask_clarification(
    request: CooperationRequest, *, by: User | None, text: str, until: date | None = None
) -> CooperationRequest:
    """Ask the office a question; it has until `until`, 15 working days of its own week by default."""
    check(request, "ask_clarification", by=by)
    now = timezone.now()
    due = until or clocks.office_due(request.party, now)
    if not now.date() <= due <= now.date() + LONGEST_QUESTION:
        raise DomainError(_("Choose a day between today and 60 days from now."))
    _needs(text, _("Write the question."))
    event = take(
        request, "ask_clarification", by=by, changes={"question": text, "asked_at": now, "due_on": due}, text=text
    )
    notices = announce.about_request(request, event, "ask_clarification", text=text)
    clarifications.issue_links(request, notices)
    return request


@transaction.atomic
def answer(request: CooperationRequest, *, by: User | None, text: str) -> CooperationRequest:
    """The office answers the question; the centre's triage clock starts again."""
    check(request, "answer", by=by)
    _needs(text, _("Write the answer."))
    changes = {"due_on": clocks.triage_due(request, timezone.now())}
    event = take(request, "answer", by=by, changes=changes, text=text)
    clarifications.retire_links(request)
    announce.about_request(request, event, "answer", text=text)
    return request


@transaction.atomic
def lapse(request: CooperationRequest, *, by: User | None = None) -> CooperationRequest:
    """The clock: a question that nobody answered for 60 days makes the request dormant."""
    check(request, "lapse", by=by)
    if not may_lapse(request, timezone.now()):
        raise DomainError(_("There is still time to answer."))
    event = take(request, "lapse", by=by, changes={"due_on": None})
    clarifications.retire_links(request)
    announce.about_request(request, event, "lapse")
    return request


def may_lapse(request: CooperationRequest, now: datetime) -> bool:
    """Whether the question has stood for 60 days."""
    return request.asked_at is not None and now - request.asked_at >= clocks.DORMANT_AFTER


@transaction.atomic
def redirect(
    request: CooperationRequest, *, by: User | None, centre: SupportCentre | None, reason_code: str, reason: str = ""
) -> CooperationRequest:
    """Hand a submitted request to another centre (None: the helpdesk); the former holder keeps what it wrote."""
    check(request, "redirect", by=by)
    former = request.centre
    if former == centre:
        raise DomainError(_("That centre holds the request already. Choose another one."))
    if centre and not SupportCentre.objects.current().operating().filter(pk=centre.pk).exists():
        raise DomainError(_("That centre does not operate now. Choose another one, or the helpdesk."))
    changes = {"centre": centre}
    event = take(
        request,
        "redirect",
        by=by,
        changes=changes,
        reason_code=reason_code,
        reason=reason,
        former=former.slug if former else "",
        centre=centre.slug if centre else "",
    )
    _hand_over(request, former)
    # Why a late request was taken away is between the coordinator and the centre (actions/late.py).
    words = {"reason": reason_words(reason_code), "text": "" if reason_code == "late" else reason}
    announce.about_request(request, event, "redirect", **words)
    announce.about_request(request, event, "redirected", **words)
    return request


def _hand_over(request: CooperationRequest, former: SupportCentre | None) -> None:
    """Remember the former holder, free whoever worked on it there, and start the new holder's clock."""
    release_assignee(request)
    if former:
        FormerHolding.objects.update_or_create(request=request, centre=former, defaults={"until": timezone.now()})
    request.due_on = clocks.triage_due(request, timezone.now())
    request.save(update_fields=["due_on"])


@transaction.atomic
def refuse(request: CooperationRequest, *, by: User | None, reason_code: str, reason: str = "") -> CooperationRequest:
    """The head refuses a submitted request, with a reason told to the country."""
    event = take(request, "refuse", by=by, changes={"due_on": None}, reason_code=reason_code, reason=reason)
    recompute(request)
    name = "refuse_finally" if request.appealed_at else "refuse"
    announce.about_request(request, event, name, reason=reason_words(reason_code), text=reason)
    return request


@transaction.atomic
def appeal(request: CooperationRequest, *, by: User | None, text: str) -> CooperationRequest:
    """The office appeals once: another centre of the Party looks at it, else the coordinator."""
    check(request, "appeal", by=by)
    _needs(text, _("Write why the refusal should be looked at again."))
    if request.appealed_at:
        raise DomainError(_("There has been one appeal already; there is no second one. You can file a new request."))
    former = request.centre
    now = timezone.now()
    changes = {"appealed_at": now, "centre": centre_for(request.party, apart_from=[former])}
    event = take(request, "appeal", by=by, changes=changes, text=text, former=former.slug if former else "")
    _hand_over(request, former)
    recompute(request)
    announce.about_request(request, event, "appeal", text=text)
    return request


@transaction.atomic
def answer_directly(
    request: CooperationRequest, *, by: User | None, text: str, sources: str = ""
) -> CooperationRequest:
    """Answer with a text and sources instead of looking for partners; the office says whether it helps.

    Sources of the compendium are named by their references, such as SRC-000042.
    """
    check(request, "answer_directly", by=by)
    _needs(text, _("Write the answer."))
    due = clocks.office_due(request.party, timezone.now())
    changes = {"answer_text": text, "answer_sources": sources, "due_on": due}
    event = take(request, "answer_directly", by=by, changes=changes, text=text, sources=sources)
    request.answer_records.set(named_in(sources))
    _release_offered(request, "request_answered")
    recompute(request)
    announce.about_request(request, event, "answer_directly", text=text, sources=sources)
    return request


@transaction.atomic
def confirm_answer(request: CooperationRequest, *, by: User | None) -> CooperationRequest:
    """The office says that the answer helped: the request is completed."""
    event = take(request, "confirm_answer", by=by, changes={"due_on": None})
    recompute(request)
    announce.about_request(request, event, "confirm_answer")
    return request


@transaction.atomic
def reopen(request: CooperationRequest, *, by: User | None, text: str) -> CooperationRequest:
    """The office says that the answer does not help, and why: back to the centre."""
    check(request, "reopen", by=by)
    _needs(text, _("Write what is still missing."))
    event = take(request, "reopen", by=by, changes={"due_on": clocks.triage_due(request, timezone.now())}, text=text)
    recompute(request)
    announce.about_request(request, event, "reopen", text=text)
    return request


@transaction.atomic
def accept(request: CooperationRequest, *, by: User | None, permission: Permission | None = None) -> CooperationRequest:
    """The centre takes the request on: its components are scored."""
    now = timezone.now()
    changes = {
        "accepted_at": request.accepted_at or now,
        "matching_since": now,
        "due_on": (now + clocks.UNMET_AFTER).date(),
    }
    event = take(request, "accept", by=by, permission=permission, changes=changes, public=True)
    recompute(request)
    queue_runs(request.components.all(), cause="accepted")
    announce.about_request(request, event, "accept")
    return request


@transaction.atomic
def declare_unmet(request: CooperationRequest, *, by: User | None = None) -> CooperationRequest:
    """Say openly that nobody could help yet: after 90 days, or two declined or lapsed offers for every open
    component.
    """
    check(request, "declare_unmet", by=by)
    if not may_be_declared_unmet(request, timezone.now()):
        raise DomainError(
            _(
                "A request can be declared unmet after 90 days, or when each open need had two offers declined or "
                "lapsed."
            )
        )
    event = take(request, "declare_unmet", by=by, changes={"due_on": None}, public=True)
    recompute(request)
    announce.about_request(request, event, "declare_unmet")
    return request


def may_be_declared_unmet(request: CooperationRequest, now: datetime) -> bool:
    """Whether the condition for `declare_unmet` holds at this moment."""
    if request.matching_since and now - request.matching_since >= clocks.UNMET_AFTER:
        return True
    failed = {MatchStatus.DECLINED, MatchStatus.LAPSED}
    tries = Match.objects.filter(component__request=request, status__in=failed, offered_at__isnull=False)
    counts: dict[int, int] = {}
    for component_id in tries.values_list("component_id", flat=True):
        counts[component_id] = counts.get(component_id, 0) + 1
    open_components = [one.pk for one in request.components.all() if one.status in {"open", "unmet"}]
    return bool(open_components) and all(counts.get(pk, 0) >= 2 for pk in open_components)


@transaction.atomic
def complete(request: CooperationRequest, *, by: User | None, side: str = "") -> CooperationRequest:
    """Office and officer say together that it is done; the request is completed when both have and every need is
    closed.
    """
    lock(request)
    side = _side_that_completes(request, by, side)
    check(request, "complete", by=by)
    if not is_closed(request):
        raise DomainError(_("A request is completed when each of its needs is closed: conclude the engagements first."))
    field, other = f"completed_by_{side}_at", "centre" if side == "party" else "party"
    if getattr(request, field):
        return request  # a second click changes nothing
    both = getattr(request, f"completed_by_{other}_at") is not None
    changes = {field: timezone.now()} | ({"due_on": None} if both else {})
    target = RequestStatus.COMPLETED if both else request.status
    event = take(request, "complete", by=by, target=target, changes=changes, public=both, side=side)
    if both:
        recompute(request)
    announce.about_request(request, event, "complete" if both else "half_complete")
    return request


def _side_that_completes(request: CooperationRequest, by: User | None, side: str) -> str:
    """The side that speaks; whoever has the rights of both speaks first for the one that has not spoken yet."""
    if by is None:
        return side
    rights = {"party": Permission.REQUEST_SUBMIT, "centre": Permission.REQUEST_TRIAGE}
    allowed = [name for name, right in rights.items() if can(by, right, request) and side in {"", name}]
    if not allowed:
        raise NotAllowed(_("Only the office of the Party and the centre complete a request, each for its side."))
    return next((name for name in allowed if not getattr(request, f"completed_by_{name}_at")), allowed[0])


@transaction.atomic
def pause(request: CooperationRequest, *, by: User | None) -> CooperationRequest:
    """The office pauses: reserved places are released, the other side is told."""
    lock(request)
    event = take(request, "pause", by=by, changes={"status_before_pause": request.status, "due_on": None})
    _release_offered(request, "request_paused")
    clarifications.retire_links(request)
    recompute(request)
    announce.about_request(request, event, "pause")
    return request


@transaction.atomic
def resume(request: CooperationRequest, *, by: User | None) -> CooperationRequest:
    """The office resumes: the request returns to the state it was paused in, with a new clock."""
    lock(request)
    before = request.status_before_pause
    event = take(request, "resume", by=by, target=before, changes={"status_before_pause": "", "due_on": None})
    request.due_on = _due_after_resume(request)
    request.save(update_fields=["due_on"])
    recompute(request)
    if request.is_matched_by_worker:
        queue_runs(request.components.all(), cause="resumed")
    announce.about_request(request, event, "resume")
    return request


def _due_after_resume(request: CooperationRequest) -> date | None:
    now = timezone.now()
    if request.status == RequestStatus.SUBMITTED:
        return clocks.triage_due(request, now)
    if request.status in {RequestStatus.CLARIFICATION, RequestStatus.ANSWERED}:
        return clocks.office_due(request.party, now)
    if request.status == RequestStatus.MATCHING and request.matching_since:
        return max((request.matching_since + clocks.UNMET_AFTER).date(), now.date())
    return None


@transaction.atomic
def withdraw(request: CooperationRequest, *, by: User | None, reason_code: str, reason: str = "") -> CooperationRequest:
    """The office withdraws: reserved places are released, the other side is told; engagements end by their own step."""
    changes = {"due_on": None, "status_before_pause": ""}
    event = take(request, "withdraw", by=by, changes=changes, reason_code=reason_code, reason=reason)
    _release_offered(request, "request_withdrawn")
    recompute(request)
    clarifications.retire_links(request)
    announce.about_request(request, event, "withdraw", reason=reason_words(reason_code), text=reason)
    return request


def _release_offered(request: CooperationRequest, reason_code: str) -> None:
    """Give back the places that offered matches of a request hold, and tell both sides."""
    for match, event in release(Match.objects.filter(component__request=request), reason_code=reason_code):
        announce.about_match(match, event, "retract", reason=reason_words(reason_code))


def _needs(text: str, sentence: str) -> None:
    if not text.strip():
        raise DomainError(sentence)


def next_number(request: CooperationRequest) -> int:
    """The number of the next component."""
    last = Component.objects.filter(request=request).order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


STEPS = {
    "submit": submit,
    "ask_clarification": ask_clarification,
    "answer": answer,
    "redirect": redirect,
    "refuse": refuse,
    "appeal": appeal,
    "answer_directly": answer_directly,
    "confirm_answer": confirm_answer,
    "reopen": reopen,
    "accept": accept,
    "declare_unmet": declare_unmet,
    "complete": complete,
    "pause": pause,
    "resume": resume,
    "withdraw": withdraw,
}
