"""The stages of a request as its page draws them: what is past, where it stands now, what is to come."""

from dataclasses import dataclass

from .days import day
from .lifecycle import ENDED_REQUEST, RequestStatus
from .models import CooperationRequest

R = RequestStatus
PATH = (R.DRAFT, R.SUBMITTED, R.MATCHING, R.MATCHED, R.COMPLETED)
SHORT_PATH = (R.DRAFT, R.SUBMITTED, R.ANSWERED, R.COMPLETED)  # of a request that was answered directly
STANDS_AT = {  # states that are a variety of a stage
    R.CLARIFICATION: R.SUBMITTED,
    R.DORMANT: R.SUBMITTED,
    R.PARTLY_MATCHED: R.MATCHING,
    R.UNMET: R.MATCHING,
}
GLYPHS = {
    R.DRAFT: "phase-0",
    R.SUBMITTED: "phase-1",
    R.CLARIFICATION: "ask",
    R.DORMANT: "pause",
    R.PAUSED: "pause",
    R.MATCHING: "phase-2",
    R.PARTLY_MATCHED: "phase-3",
    R.MATCHED: "phase-4",
    R.UNMET: "open",
    R.REFUSED: "stop",
    R.WITHDRAWN: "stop",
}


@dataclass(frozen=True)
class Stage:
    """One stage; state is "past", "now" or ""."""

    word: str
    state: str
    glyph: str = ""
    note: str = ""


def stages_of(request: CooperationRequest) -> list[Stage]:
    """The stages of a request, five at most."""
    if request.status in {R.REFUSED, R.WITHDRAWN}:
        return [*_past(request, _came_to(request) + 1), _now(request)]
    here = R(request.status_before_pause) if request.status == R.PAUSED else R(request.status)
    answered = request.status == R.ANSWERED or (here == R.COMPLETED and bool(request.answer_text))
    path = SHORT_PATH if answered else PATH
    place = path.index(STANDS_AT.get(here, here))
    ahead = [Stage(str(step.label), "") for step in path[place + 1 :]]
    return [*_past(request, place, path), _now(request), *ahead]


def _came_to(request) -> int:
    """The last stage that an ended request had reached."""
    return PATH.index(R.MATCHING if request.accepted_at else R.SUBMITTED if request.submitted_at else R.DRAFT)


def _past(request, count, path=PATH) -> list[Stage]:
    moments = {R.SUBMITTED: request.submitted_at, R.MATCHING: request.accepted_at}
    return [Stage(str(step.label), "past", note=day(moments.get(step))) for step in path[:count]]


def _now(request) -> Stage:
    glyph = "done" if request.status in ENDED_REQUEST - {R.REFUSED, R.WITHDRAWN} else GLYPHS.get(request.status, "done")
    return Stage(str(request.get_status_display()), "now", glyph, _since(request))


def _since(request) -> str:
    return day({R.SUBMITTED: request.submitted_at, R.MATCHING: request.matching_since}.get(request.status))
