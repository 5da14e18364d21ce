"""Who is told about a pledge, and in which words. Sentences are lazy: each person reads them in their own language."""

from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts.actions.notices import tell
from accounts.models import AuditEvent, Notice, User
from accounts.people import holders
from accounts.permissions import Permission as P

from .models import Pledge
from .pledge_objects import title_of


def donors(pledge: Pledge) -> list[User]:
    """The people who speak for the donor."""
    return list(holders(P.PLEDGE_MAKE, organization=pledge.donor))


def centre(pledge: Pledge) -> list[User]:
    """The people who answer it: the centre, or the coordinator's helpdesk."""
    return list(holders(P.PLEDGE_TALK, centre=pledge.centre, everywhere=pledge.centre_id is None))


def heads(pledge: Pledge) -> list[User]:
    """The people who confirm money."""
    return list(holders(P.PLEDGE_CONFIRM, centre=pledge.centre, everywhere=pledge.centre_id is None))


WORDS: dict[str, tuple[Any, Any, Any]] = {
    "express_interest": (
        centre,
        _("%(donor)s is interested in %(object)s: please answer until %(until)s"),
        _(
            "%(donor)s says about “%(title)s”:\n\n%(text)s\n\nPlease answer until %(until)s. Interest is seen by you "
            "and the donor alone, and changes no gap."
        ),
    ),
    "discuss_with_centre": (
        centre,
        _("%(donor)s asks about %(object)s: please answer until %(until)s"),
        _("%(donor)s writes about “%(title)s”:\n\n%(text)s\n\nPlease answer until %(until)s."),
    ),
    "discuss_with_donor": (
        donors,
        _("An answer about %(object)s"),
        _("%(centre)s writes about “%(title)s”:\n\n%(text)s"),
    ),
    "pledge": (
        centre,
        _("%(donor)s pledges %(amount)s for %(object)s"),
        _(
            "%(donor)s has pledged %(amount)s for “%(title)s”. It counts in the indicative gap. The next step is the "
            "donor's: the signed commitment."
        ),
    ),
    "commit": (
        heads,
        _("%(donor)s has sent its commitment to %(object)s: please confirm until %(until)s"),
        _(
            "%(donor)s has sent the document of its commitment of %(amount)s for “%(title)s”. Please look at it and "
            "confirm the commitment until %(until)s. Until then it is not counted as firm."
        ),
    ),
    "confirm_commitment": (
        donors,
        _("Your commitment to %(object)s is confirmed"),
        _("%(centre)s has confirmed your commitment of %(amount)s for “%(title)s”. It counts in the firm gap now."),
    ),
    "record_receipt": (
        donors,
        _("%(received)s has arrived for %(object)s"),
        _("%(centre)s has recorded %(received)s of your commitment for “%(title)s”."),
    ),
    "refuse": (
        donors,
        _("%(centre)s cannot take your pledge for %(object)s"),
        _("%(centre)s cannot take your pledge for “%(title)s”. Reason: %(reason)s.\n%(text)s"),
    ),
    "withdraw": (
        centre,
        _("%(donor)s has withdrawn its pledge for %(object)s"),
        _("%(donor)s has withdrawn its pledge for “%(title)s”. Reason: %(reason)s.\n%(text)s"),
    ),
    "allow_above_gap": (
        lambda pledge: [*donors(pledge), *heads(pledge)],
        _("More than is asked for %(object)s: one side agrees"),
        _("For “%(title)s” more is offered than is still asked. One side agrees to that; both have to."),
    ),
    "object_removed": (
        lambda pledge: [*donors(pledge), *centre(pledge)],
        _("%(object)s is no longer in the workplan: what becomes of the pledge?"),
        _(
            "The workplan was amended and no longer has what the pledge was for (“%(title)s”, %(object)s). Nothing is "
            "lost: the pledge stays as it is and counts for the activity, or for the whole workplan. Please talk about "
            "what it should be for."
        ),
    ),
    "warn": (
        lambda pledge: [*donors(pledge), *centre(pledge)],
        _("The pledge for %(object)s lapses on %(until)s"),
        _(
            "Nothing has happened with the pledge for “%(title)s” for a long time. Without a step it lapses on "
            "%(until)s."
        ),
    ),
    "lapse": (
        lambda pledge: [*donors(pledge), *centre(pledge)],
        _("The pledge for %(object)s has lapsed"),
        _("Nothing happened with the pledge for “%(title)s” for 180 days. It has lapsed and is not counted any more."),
    ),
}


def about_pledge(pledge: Pledge, event: AuditEvent, name: str, **params: Any) -> list[Notice]:
    """Tell those concerned about a step of a pledge."""
    people, subject, text = WORDS[name]
    facts = {
        "donor": pledge.donor,
        "centre": pledge.centre or _("the coordinator"),
        "object": pledge.object.reference,
        "title": title_of(pledge),
        "text": "",
    }
    path = reverse_lazy("pledge_detail", args=[pledge.reference])
    return tell(people(pledge), event, kind=f"pledge_{name}", subject=subject, text=text, path=path,
                params=facts | params)  # fmt: skip
