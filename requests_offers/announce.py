"""Who is told about a step, and in which words. Sentences are lazy: each person reads them in their own language."""

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts.actions.notices import tell
from accounts.models import Notice
from accounts.people import holders, with_stand_ins
from accounts.permissions import Permission as P

from . import announce_joint
from .days import day as day_text
from .models import Assignment


def office(request):
    """The people of the Party's office who may act for it."""
    return holders(P.REQUEST_SUBMIT, party=request.party)


def drafters(request):
    """Everybody in the office, drafters included."""
    return holders(P.REQUEST_DRAFT, party=request.party)


def centre(request):
    """Whoever works on the request, else the staff of the holding centre; the helpdesk where no centre holds it."""
    assigned = Assignment.objects.in_force().filter(request=request).select_related("officer").first()
    if assigned:
        return with_stand_ins([assigned.officer])
    if request.centre_id is None:
        return holders(P.REQUEST_TRIAGE, everywhere=True)
    return holders(P.REQUEST_TRIAGE, centre=request.centre)


def verifiers(offer):
    """Who verifies an offer."""
    if offer.verifying_centre_id is None:
        return holders(P.OFFER_VERIFY, everywhere=True)
    return holders(P.OFFER_VERIFY, centre=offer.verifying_centre)


def provider(offer):
    """The people who answer for the offering organization."""
    return holders(P.OFFER_EDIT, organization=offer.organization)


REQUEST_NOTICES = {
    "submit": (
        centre,
        _("%(party)s: new request %(reference)s, decide until %(until)s"),
        _(
            "%(party)s has submitted “%(title)s”. Please accept it, ask a question, hand it on or answer it directly "
            "until %(until)s."
        ),
    ),
    "ask_clarification": (
        drafters,
        _("A question about %(reference)s: please answer until %(until)s"),
        _(
            "The centre asks about “%(title)s”:\n\n%(text)s\n\nPlease answer until %(until)s. Without an answer the "
            "request becomes dormant after 60 days; it can be revived at any time."
        ),
    ),
    "answer": (
        centre,
        _("%(party)s has answered: %(reference)s"),
        _("%(party)s answers about “%(title)s”:\n\n%(text)s"),
    ),
    "lapse": (
        drafters,
        _("%(reference)s is dormant: an answer revives it"),
        _(
            "The question about “%(title)s” was not answered for 60 days. The request is dormant now. Nothing is "
            "lost: an answer revives it."
        ),
    ),
    "redirect": (
        centre,
        _("%(party)s: request %(reference)s was handed to you, decide until %(until)s"),
        _(
            "“%(title)s” has been handed to your centre. Reason: %(reason)s.\n%(text)s\nPlease accept it, ask a "
            "question, "
            "answer it directly or hand it on until %(until)s."
        ),
    ),
    "redirected": (
        office,
        _("%(reference)s is now with %(centre)s"),
        _(
            "“%(title)s” has been handed to %(centre)s. Reason: %(reason)s.\n%(text)s\nYou will hear from them until "
            "%(until)s. You need not do anything."
        ),
    ),
    "refuse": (
        drafters,
        _("%(reference)s was refused: you may appeal once"),
        _(
            "“%(title)s” was refused. Reason: %(reason)s.\n%(text)s\nYour office may appeal once; another centre of "
            "your "
            "Party, else the coordinator, then looks at it."
        ),
    ),
    "refuse_finally": (
        drafters,
        _("%(reference)s was refused after the appeal"),
        _(
            "“%(title)s” was refused again after your appeal. Reason: %(reason)s.\n%(text)s\nA new request can be "
            "filed."
        ),
    ),
    "appeal": (
        centre,
        _("Appeal: %(party)s asks you to look at %(reference)s until %(until)s"),
        _("%(party)s appeals against the refusal of “%(title)s”:\n\n%(text)s"),
    ),
    "answer_directly": (
        drafters,
        _("An answer to %(reference)s: does it help?"),
        _(
            "The centre answers “%(title)s”:\n\n%(text)s\n\nSources:\n%(sources)s\n\nPlease confirm that it helps, "
            "or reopen the request, until %(until)s."
        ),
    ),
    "confirm_answer": (
        centre,
        _("%(reference)s: the answer helped"),
        _("%(party)s confirms that the answer to “%(title)s” helped. The request is completed."),
    ),
    "reopen": (
        centre,
        _("%(reference)s is open again: the answer did not help"),
        _("%(party)s has reopened “%(title)s”:\n\n%(text)s\n\nPlease decide until %(until)s."),
    ),
    "accept": (
        drafters,
        _("%(reference)s was accepted: the search for partners begins"),
        _("%(centre)s has accepted “%(title)s”. Its needs are being compared with all published offers now."),
    ),
    "declare_unmet": (
        drafters,
        _("%(reference)s: nobody could help yet"),
        _("No offer fits “%(title)s” yet. It stays in the search and on the needs board, and donors can see it."),
    ),
    "complete": (
        drafters,
        _("%(reference)s is completed"),
        _("“%(title)s” is completed. Thank you for saying what came of it."),
    ),
    "half_complete": (
        lambda request: [*office(request), *centre(request)],
        _("%(reference)s: one side says that it is done"),
        _("Office and centre complete “%(title)s” together, and one of them has said so. Please do the same."),
    ),
    "pause": (
        centre,
        _("%(reference)s is paused"),
        _("%(party)s has paused “%(title)s”. Places that were reserved are free again."),
    ),
    "resume": (centre, _("%(reference)s goes on"), _("%(party)s has resumed “%(title)s”.")),
    "withdraw": (
        centre,
        _("%(reference)s was withdrawn"),
        _("%(party)s has withdrawn “%(title)s”. Reason: %(reason)s.\n%(text)s"),
    ),
}

# The same where no centre holds the request: sentences of their own, since a name cannot stand for the helpdesk.
HELPDESK_NOTICES = {
    "redirect": (
        centre,
        _("%(party)s: request %(reference)s came to the helpdesk, decide until %(until)s"),
        _(
            "“%(title)s” has been handed to the helpdesk. Reason: %(reason)s.\n%(text)s\nPlease accept it, ask a "
            "question, "
            "answer it directly or hand it on until %(until)s."
        ),
    ),
    "redirected": (
        office,
        _("%(reference)s is now with the coordinator’s helpdesk"),
        _(
            "“%(title)s” has been handed to the coordinator’s helpdesk. Reason: %(reason)s.\n%(text)s\nYou will hear "
            "from "
            "it until %(until)s. You need not do anything."
        ),
    ),
    "accept": (
        drafters,
        _("%(reference)s was accepted: the search for partners begins"),
        _(
            "The coordinator’s helpdesk has accepted “%(title)s”. Its needs are being compared with all published "
            "offers now."
        ),
    ),
}

OFFER_NOTICES = {
    "submit": (
        verifiers,
        _("%(organization)s: verify offer %(reference)s until %(until)s"),
        _("%(organization)s has submitted the offer “%(title)s”. Please publish it or return it until %(until)s."),
    ),
    "publish": (
        provider,
        _("Your offer %(reference)s is published"),
        _("“%(title)s” is published and is compared with all open requests."),
    ),
    "return_for_changes": (
        provider,
        _("Your offer %(reference)s needs a change"),
        _("“%(title)s” came back to you. Reason: %(reason)s.\n%(text)s"),
    ),
    "refuse": (
        provider,
        _("Your offer %(reference)s was refused"),
        _("“%(title)s” was refused. Reason: %(reason)s.\n%(text)s"),
    ),
    "expire": (
        provider,
        _("Your offer %(reference)s has expired: renew it with one click"),
        _("“%(title)s” has expired and is no longer compared with requests. You can renew it at any time."),
    ),
}

MATCH_NOTICES = {
    "offer_to_both": (
        _("%(reference)s: please answer until %(until)s"),
        _(
            "The centre offers a match: “%(offer)s” of %(organization)s for “%(component)s” of %(party)s. Please "
            "accept or decline until %(until)s. It is agreed when both sides have said yes."
        ),
    ),
    "accept": (
        _("%(reference)s: the other side has said yes"),
        _("“%(offer)s” for “%(component)s”: one side has accepted. The match is agreed when both have."),
    ),
    "agreed": (
        _("%(reference)s is agreed"),
        _("%(party)s and %(organization)s both said yes to “%(offer)s” for “%(component)s”. The work can start."),
    ),
    "decline": (
        _("%(reference)s was declined"),
        _("“%(offer)s” for “%(component)s” was declined. Reason: %(reason)s."),
    ),
    "lapse": (
        _("%(reference)s has lapsed"),
        _("Not both sides answered in time about “%(offer)s” for “%(component)s”. The place is free again."),
    ),
    "retract": (
        _("%(reference)s was retracted"),
        _("“%(offer)s” for “%(component)s” is no longer offered. Reason: %(reason)s."),
    ),
    "conclude": (
        _("%(reference)s: the engagement is concluded"),
        _("The work on “%(component)s” with %(organization)s is concluded. Please say what came of it."),
    ),
    "appraise": (
        _("%(reference)s: one side has said what came of it"),
        _("There is an appraisal of the work on “%(component)s” with %(organization)s. Please give yours too."),
    ),
    "end_early": (
        _("%(reference)s: the engagement has ended early"),
        _("The work on “%(component)s” with %(organization)s has ended early. Reason: %(reason)s."),
    ),
}


def day(value):
    """A due date in the reader's own way of writing it, with the weekday."""
    return "" if value is None else Lazy(lambda: day_text(value, "full"))


class Lazy:
    """Text made when it is read, hence in the reader's language."""

    def __init__(self, make):
        self.make = make

    def __str__(self):
        return str(self.make())


def about_request(request, event, name, **params) -> list[Notice]:
    """Tell those concerned about a step of a request. Returns the notices."""
    said = REQUEST_NOTICES if request.centre_id else REQUEST_NOTICES | HELPDESK_NOTICES
    people, subject, text = said[name]
    words = {
        "party": Lazy(lambda: request.party.name),
        "centre": Lazy(lambda: request.centre.name if request.centre else ""),
        "reference": request.reference,
        "title": request.title,
        "until": day(request.due_on),
        "reason": "",
        "text": "",
        "sources": "",
    }
    path = reverse_lazy("request_detail", args=[request.reference])
    told = tell(
        people(request), event, kind=f"request_{name}", subject=subject, text=text, path=path, params=words | params
    )
    announce_joint.about_request(request, event, name, path, words | params)
    return told


def about_offer(offer, event, name, **params):
    """Tell those concerned about a step of an offer; returns the notices."""
    people, subject, text = OFFER_NOTICES[name]
    words = {
        "organization": offer.organization.name,
        "reference": offer.reference,
        "title": offer.title,
        "until": day(offer.due_on),
        "reason": "",
        "text": "",
    }
    path = reverse_lazy("offer_detail", args=[offer.reference])
    return tell(
        people(offer), event, kind=f"offer_{name}", subject=subject, text=text, path=path, params=words | params
    )


def about_match(match, event, name, **params) -> list[Notice]:
    """Tell the centre about a step of a match, and both sides once it was offered to them. Returns the notices."""
    subject, text = MATCH_NOTICES[name]
    request = match.component.request
    words = {
        "party": Lazy(lambda: request.party.name),
        "organization": match.offer.organization.name,
        "offer": match.offer.title,
        "component": match.component.title,
        "reference": match.reference,
        "until": day(match.due_on),
        "reason": "",
    }
    sides = [*office(request), *provider(match.offer)] if match.offered_at else []
    people = [*sides, *centre(request)]
    path = reverse_lazy("match_detail", args=[match.reference])
    told = tell(people, event, kind=f"match_{name}", subject=subject, text=text, path=path, params=words | params)
    if match.offered_at:
        announce_joint.about_match(match, event, name, words | params)
    return told
