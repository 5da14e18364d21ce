"""What offices are told that ask together with the one that files: what happened, and who acts now. They need not.

Those that have confirmed read what was said too; the others only what happened, and that they may still confirm.
"""

from typing import Any

from django.urls import reverse_lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.actions.notices import tell
from accounts.people import holders
from accounts.permissions import Permission as P

JOINT_REQUEST_NOTICES = {
    "submit": (
        _("The joint request %(reference)s with %(party)s is submitted"),
        _("“%(title)s” is submitted. It gets a first answer until %(until)s."),
    ),
    "ask_clarification": (
        _("There is a question about the joint request %(reference)s"),
        _("There is a question about “%(title)s”. The office of %(party)s answers it until %(until)s."),
    ),
    "answer": (
        _("The question about the joint request %(reference)s is answered"),
        _("The office of %(party)s has answered the question about “%(title)s”."),
    ),
    "lapse": (
        _("The joint request %(reference)s is dormant"),
        _(
            "The question about “%(title)s” was not answered for 60 days. The request is dormant; an answer of the "
            "office of %(party)s revives it."
        ),
    ),
    "redirected": (
        _("The joint request %(reference)s was handed on"),
        _("“%(title)s” was handed to somebody else who looks after it now. They answer until %(until)s."),
    ),
    "refuse": (
        _("The joint request %(reference)s was refused"),
        _("“%(title)s” was refused. The office of %(party)s may appeal once."),
    ),
    "refuse_finally": (
        _("The joint request %(reference)s was refused after the appeal"),
        _("“%(title)s” was refused again after the appeal. Each of the countries may file a new request."),
    ),
    "appeal": (
        _("%(party)s appeals about the joint request %(reference)s"),
        _("The office of %(party)s appeals against the refusal of “%(title)s”. It is looked at until %(until)s."),
    ),
    "answer_directly": (
        _("There is an answer to the joint request %(reference)s"),
        _(
            "There is an answer to “%(title)s”. The office of %(party)s confirms until %(until)s that it helps, or "
            "reopens the request."
        ),
    ),
    "confirm_answer": (
        _("The joint request %(reference)s is completed: the answer helped"),
        _("The office of %(party)s confirms that the answer to “%(title)s” helped."),
    ),
    "reopen": (
        _("The joint request %(reference)s is open again"),
        _("The office of %(party)s has reopened “%(title)s”: the answer did not help."),
    ),
    "accept": (
        _("The joint request %(reference)s was accepted"),
        _("“%(title)s” was accepted. Its needs are being compared with all published offers now."),
    ),
    "declare_unmet": (
        _("For the joint request %(reference)s nobody was found yet"),
        _("No offer fits “%(title)s” yet. It stays in the search and on the needs board, and donors can see it."),
    ),
    "complete": (_("The joint request %(reference)s is completed"), _("“%(title)s” is completed.")),
    "pause": (
        _("The joint request %(reference)s is paused"),
        _("The office of %(party)s has paused “%(title)s”. It can resume it at any time."),
    ),
    "resume": (
        _("The joint request %(reference)s goes on"),
        _("The office of %(party)s has resumed “%(title)s”."),
    ),
    "withdraw": (
        _("The joint request %(reference)s was withdrawn"),
        _("The office of %(party)s has withdrawn “%(title)s”. Each of the countries may file a new request."),
    ),
}
JOINT_MATCH_NOTICES = {
    "offer_to_both": (
        _("The joint request %(request)s has the offer of a partner"),
        _(
            "A match for “%(component)s” is offered to %(party)s and to a provider. The office of %(party)s answers "
            "for the joint request until %(until)s."
        ),
    ),
    "agreed": (
        _("The joint request %(request)s has found a partner"),
        _("%(party)s and a provider both said yes to a match for “%(component)s”. The work can start."),
    ),
    "decline": (
        _("A match for the joint request %(request)s came to nothing"),
        _("A match for “%(component)s” was declined. The search goes on."),
    ),
    "lapse": (
        _("A match for the joint request %(request)s came to nothing"),
        _("Not both sides answered in time about a match for “%(component)s”. The search goes on."),
    ),
    "retract": (
        _("A match for the joint request %(request)s came to nothing"),
        _("A match for “%(component)s” is no longer offered. The search goes on."),
    ),
    "conclude": (
        _("The work on the joint request %(request)s is concluded"),
        _("The work on “%(component)s” is concluded."),
    ),
    "end_early": (
        _("The work on the joint request %(request)s has ended early"),
        _("The work on “%(component)s” has ended early. Reason: %(reason)s."),
    ),
}
FOR_INFORMATION = _("This is for your information: the office of %(party)s speaks for all Parties of the request.")
NOT_CONFIRMED = _(
    "Your office has not confirmed yet that it asks together with %(party)s. It may do so, or decline, on the page of "
    "the request."
)
WITH_REASON = _("Reason: %(reason)s.")


def about_request(request, event, name, path, params) -> None:
    """Tell the offices that ask together: those that have confirmed read what was said, the others only what happened.

    Whoever is told as one of the office that files, or of the centre, is not told twice.
    """
    if name not in JOINT_REQUEST_NOTICES:
        return
    subject, sentence = JOINT_REQUEST_NOTICES[name]
    said: list[Any] = [WITH_REASON] if params["reason"] else []
    said += ["%(text)s"] if params["text"] else []
    for people, is_given in _joint_offices(request):
        if name == "submit" and not is_given:
            continue  # it is asked to join at the same moment
        parts = [sentence, *said, FOR_INFORMATION] if is_given else [sentence, NOT_CONFIRMED]
        tell(people, event, kind="request_joint", subject=subject, text=_paragraphs(parts), path=path, params=params)


def _joint_offices(request):
    """The offices that were asked to join, each with whether it has confirmed."""
    asked = request.endorsements.exclude(party=request.party_id).exclude(status="declined").select_related("party")
    for row in asked.order_by("party"):
        yield holders(P.REQUEST_SUBMIT, party=row.party), row.is_given


def _paragraphs(parts):
    return format_lazy("\n\n".join(["{}"] * len(parts)), *parts)


def about_match(match, event, name, params) -> None:
    """Tell the offices that have confirmed that they ask together; who the provider is, only the two sides know."""
    if name not in JOINT_MATCH_NOTICES:
        return
    request = match.component.request
    subject, sentence = JOINT_MATCH_NOTICES[name]
    path = reverse_lazy("request_detail", args=[request.reference])
    shown = {key: params[key] for key in ("party", "component", "until", "reason")} | {"request": request.reference}
    for people, is_given in _joint_offices(request):
        if is_given:
            text = _paragraphs([sentence, FOR_INFORMATION])
            tell(people, event, kind="match_joint", subject=subject, text=text, path=path, params=shown)
