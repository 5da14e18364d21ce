"""The letter that acknowledges a request, as PDF in the active language."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from .. import clocks
from ..days import day
from ..lifecycle import RequestStatus
from ..models import CooperationRequest
from .typesetting import is_right_to_left, script, typeset

LETTER = Path(__file__).resolve().parent / "acknowledgement.typ"


def acknowledgement(request: CooperationRequest, *, on: datetime | None = None) -> bytes:
    """The PDF for a request that was submitted; `on` is the moment at which the letter is written."""
    return typeset(LETTER, "letter", words_of(request, on or timezone.now()))


def words_of(request: CooperationRequest, now: datetime) -> dict[str, Any]:
    """Everything that the letter says, in the active language."""
    party = request.party.name
    return {
        **script(),
        "mark": _("EXAMPLE: this record is example data and stands for no real request.") if request.is_example else "",
        "sender": _centre_of(request),
        "written_on": _day(now),
        "addressee": _("To the focal-point office of %(party)s") % {"party": party},
        "heading": _("Acknowledgement of request %(reference)s") % {"reference": request.reference},
        "opening": [
            _("We confirm that the request below was submitted through the TSC Portal and that it has been received.")
        ],
        "facts": _facts(request),
        "next_heading": _("What happens next"),
        "next": _next(request),
        "disclaimer": _(
            "This letter confirms receipt only. It is no decision on the request and no promise of support or funds."
        ),
        "reference": request.reference,
        "address": settings.SITE_ADDRESS + reverse("request_detail", args=[request.reference]),
    }


def _day(value: date | None) -> str:
    return day(value, "long")


def _centre_of(request: CooperationRequest) -> str:
    return request.centre.name if request.centre else _("The coordinator’s helpdesk")


def _facts(request: CooperationRequest) -> list[tuple[str, str, bool]]:
    """Label, value, and whether the value is written from right to left."""
    rtl = get_language_bidi()
    return [
        (_("Reference"), request.reference, False),
        (_("Party"), request.party.name, rtl),
        (_("Title"), request.title, is_right_to_left(request.title)),
        (_("With"), _centre_of(request), rtl),
        (_("Submitted on"), _day(request.submitted_at), rtl),
        (_("Decision until"), _day(decide_until(request)), rtl),
    ]


def decide_until(request: CooperationRequest) -> date:
    """The day until which the centre says whether it takes the request on, as it was on submission or is now."""
    if request.status == RequestStatus.SUBMITTED and request.due_on:
        return request.due_on
    return clocks.triage_due(request, request.submitted_at)


def _next(request: CooperationRequest) -> list[str]:
    until = {"until": _day(decide_until(request)), "centre": _centre_of(request)}
    return [
        _(
            "%(centre)s decides until %(until)s. It accepts the request, asks a question, answers "
            "directly, hands the request to another centre, or refuses it with a reason."
        )
        % until,
        _(
            "If nobody decides in time, the delay goes to the head of the centre and then to the "
            "coordinator. Your office is told of every step."
        ),
        _("Your office can follow the request, answer questions, pause or withdraw it in the portal at any time."),
    ]
