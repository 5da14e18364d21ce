"""How states, visibilities and criteria look and read: one glyph, one tone and one word for each.

The glyph fills like a moon as a record moves on; tone and word say the same again, so any of the three may be lost.
"""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Look(NamedTuple):
    """A glyph of static/icons.svg, a tone of status.css ("" is still) and the words."""

    glyph: str
    tone: str
    word: str | Promise


STATUS_LOOK: dict[tuple[str, str], Look] = {
    ("request", "draft"): Look("phase-0", "", _("Draft")),
    ("request", "submitted"): Look("phase-1", "moving", _("Submitted")),
    ("request", "clarification"): Look("ask", "waiting", _("Question asked")),
    ("request", "dormant"): Look("pause", "", _("Dormant")),
    ("request", "refused"): Look("stop", "", _("Refused")),
    ("request", "answered"): Look("done", "done", _("Answered")),
    ("request", "matching"): Look("phase-2", "moving", _("Matching")),
    ("request", "partly_matched"): Look("phase-3", "moving", _("Partly matched")),
    ("request", "matched"): Look("phase-4", "done", _("Matched")),
    ("request", "unmet"): Look("open", "waiting", _("Unmet")),
    ("request", "completed"): Look("done", "done", _("Completed")),
    ("request", "paused"): Look("pause", "", _("Paused")),
    ("request", "withdrawn"): Look("stop", "", _("Withdrawn")),
    ("component", "open"): Look("phase-2", "moving", pgettext_lazy("component", "Open")),
    ("component", "offered"): Look("phase-3", "waiting", _("Waiting for answers")),
    ("component", "agreed"): Look("done", "done", _("Agreed")),
    ("component", "closed"): Look("done", "done", pgettext_lazy("component", "Closed")),
    ("component", "unmet"): Look("open", "waiting", _("Unmet")),
    ("offer", "draft"): Look("phase-0", "", _("Draft")),
    ("offer", "in_verification"): Look("phase-2", "moving", _("In verification")),
    ("offer", "published"): Look("done", "done", _("Published")),
    ("offer", "full"): Look("phase-4", "", pgettext_lazy("offer", "Full")),
    ("offer", "paused"): Look("pause", "", _("Paused")),
    ("offer", "refused"): Look("stop", "", _("Refused")),
    ("offer", "expired"): Look("pause", "", _("Expired")),
    ("offer", "withdrawn"): Look("stop", "", _("Withdrawn")),
    ("match", "suggested"): Look("phase-0", "", _("Suggested")),
    ("match", "proposed"): Look("phase-1", "moving", _("Proposed")),
    ("match", "shortlisted"): Look("phase-2", "moving", _("Shortlisted")),
    ("match", "dropped"): Look("stop", "", _("Dropped")),
    ("match", "offered"): Look("phase-4", "waiting", _("Offered to both")),
    ("match", "agreed"): Look("done", "done", _("Agreed")),
    ("match", "declined"): Look("stop", "", _("Declined")),
    ("match", "lapsed"): Look("pause", "", _("Lapsed")),
    ("match", "retracted"): Look("stop", "", _("Retracted")),
    ("approach", "invited"): Look("ask", "waiting", _("Invited")),
    ("approach", "answered"): Look("phase-2", "moving", _("Answered with an offer")),
    ("approach", "matched"): Look("done", "done", _("With the centre")),
    ("approach", "declined"): Look("stop", "", _("Declined")),
    ("approach", "lapsed"): Look("pause", "", _("Lapsed")),
    ("approach", "withdrawn"): Look("stop", "", _("Withdrawn")),
    ("call", "open"): Look("open", "moving", pgettext_lazy("call", "Open")),
    ("call", "closed"): Look("done", "done", pgettext_lazy("call", "Closed")),
    ("call", "withdrawn"): Look("stop", "", _("Withdrawn")),
    ("engagement", "active"): Look("go", "done", _("In delivery")),
    ("engagement", "concluded"): Look("done", "done", _("Concluded")),
    ("engagement", "appraised"): Look("done", "done", _("Appraised")),
    ("engagement", "ended_early"): Look("stop", "", _("Ended early")),
    ("proposal", "draft"): Look("phase-0", "", _("Draft")),
    ("proposal", "proposed"): Look("phase-2", "waiting", _("Waiting for approval")),
    ("proposal", "approved"): Look("done", "done", _("Approved by both")),
    ("milestone", "open"): Look("phase-1", "moving", pgettext_lazy("milestone", "Open")),
    ("milestone", "late"): Look("late", "late", _("Late")),
    ("milestone", "done"): Look("done", "done", _("Done")),
    ("version", "draft"): Look("phase-0", "", _("Draft")),
    ("version", "consultation"): Look("phase-2", "moving", _("In consultation")),
    ("version", "addressing"): Look("phase-2", "moving", _("Addressing comments")),
    ("version", "finalized"): Look("done", "done", _("Finalized")),
    ("version", "superseded"): Look("stop", "", _("Superseded")),
    ("workplan", "closed"): Look("done", "done", pgettext_lazy("workplan", "Closed")),
    ("co_funding", "proposed"): Look("phase-1", "waiting", _("Proposed")),
    ("co_funding", "accepted"): Look("done", "done", _("Accepted")),
    ("co_funding", "dismissed"): Look("pause", "", _("Dismissed")),
    ("pledge", "interest"): Look("phase-1", "moving", _("Interest")),
    ("pledge", "discussion"): Look("phase-1", "moving", _("In discussion")),
    ("pledge", "pledged"): Look("phase-2", "moving", _("Pledged")),
    ("pledge", "commitment_claimed"): Look("phase-2", "waiting", _("Commitment to be confirmed")),
    ("pledge", "committed"): Look("phase-3", "moving", _("Committed")),
    ("pledge", "part_received"): Look("phase-3", "moving", _("Partly received")),
    ("pledge", "received"): Look("done", "done", _("Received")),
    ("pledge", "withdrawn"): Look("stop", "", _("Withdrawn")),
    ("pledge", "refused"): Look("stop", "", _("Refused")),
    ("pledge", "lapsed"): Look("pause", "", _("Lapsed")),
    ("claim", "claimed"): Look("phase-1", "moving", _("Waiting to be verified")),
    ("claim", "verified"): Look("done", "done", _("Verified")),
    ("claim", "refused"): Look("stop", "", _("Refused")),
    ("project", "submitted"): Look("phase-1", "moving", _("Submitted")),
    ("project", "change_requested"): Look("ask", "waiting", _("Change requested")),
    ("project", "published"): Look("done", "done", _("Published")),
    ("project", "refused"): Look("stop", "", _("Refused")),
    ("project", "stale"): Look("pause", "", _("Not updated for long")),
    ("opportunity", "suggested"): Look("phase-1", "moving", _("Suggested")),
    ("opportunity", "published"): Look("open", "done", _("Open for applications")),
    ("opportunity", "expired"): Look("pause", "", _("Deadline has passed")),
    ("opportunity", "refused"): Look("stop", "", _("Refused")),
    ("source", "suggested"): Look("phase-1", "moving", _("Suggested")),
    ("source", "published"): Look("done", "done", _("Published")),
    ("source", "refused"): Look("stop", "", _("Refused")),
    ("source", "unreachable"): Look("open", "waiting", _("Not reachable")),
    ("practice", "draft"): Look("phase-0", "", _("Draft")),
    ("practice", "in_review"): Look("phase-2", "moving", _("In review")),
    ("practice", "published"): Look("done", "done", _("Published")),
    ("ticket", "open"): Look("phase-1", "moving", pgettext_lazy("ticket", "Open")),
    ("ticket", "waiting"): Look("ask", "waiting", _("Answer expected")),
    ("ticket", "solved"): Look("done", "done", _("Solved")),
    ("post", "visible"): Look("eye", "", _("Visible")),
    ("post", "hidden"): Look("lock", "", _("Hidden")),
    ("hosting", "designated"): Look("phase-1", "moving", _("Designated")),
    ("hosting", "agreement_signed"): Look("phase-3", "moving", _("Agreement signed")),
    ("hosting", "operating"): Look("done", "done", _("Operating")),
    ("hosting", "dormant"): Look("pause", "", _("Dormant")),
    ("comment", "taken_over"): Look("done", "done", _("Taken over")),
    ("comment", "partly_taken_over"): Look("phase-3", "moving", _("Taken over in part")),
    ("comment", "not_taken_over"): Look("stop", "", _("Not taken over")),
    ("consultation", "not_answered"): Look("phase-1", "moving", _("Not answered yet")),
    ("consultation", "answered"): Look("done", "done", _("Answered")),
    ("consultation", "silent"): Look("phase-0", "", _("Silent")),
    ("membership", "active"): Look("done", "done", _("In office")),
    ("membership", "ended"): Look("pause", "", _("Ended")),
    ("job", "queued"): Look("phase-1", "moving", _("Waiting for the worker")),
    ("job", "running"): Look("phase-2", "moving", _("Being worked on")),
    ("job", "done"): Look("done", "done", _("Done")),
    ("job", "failed"): Look("late", "late", _("Failed")),
    ("visibility", "public"): Look("eye", "", _("Public")),
    ("visibility", "network"): Look("lock", "", _("Shown to the network")),
    ("visibility", "restricted"): Look("lock", "", _("Restricted")),
}

CRITERION_WORDS: dict[str, str | Promise] = {
    "text": _("Words and meaning"),
    "targets": _("Targets"),
    "subjects": _("Subjects"),
    "cooperation_types": _("Forms of cooperation"),
    "region": _("Region"),
    "language": _("Language"),
    "dates": _("Dates"),
    "budget": _("Budget"),
}

BAND_WORDS: dict[str, str | Promise] = {"strong": _("strong"), "possible": _("possible"), "weak": _("weak")}


def look_of(noun: str, state: str) -> Look:
    """The look of a state; one that nobody has drawn yet still shows its name."""
    return STATUS_LOOK.get((noun, state)) or Look("empty", "", state.replace("_", " ").capitalize())
