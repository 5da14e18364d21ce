"""Who is told about a step of a workplan, and in which words. Each person reads them in their own language."""

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts.actions.notices import tell
from accounts.people import holders
from accounts.permissions import Permission as P
from requests_offers.announce import day

__all__ = ["about", "about_progress", "asked", "centre", "day", "office"]


def centre(version):
    """The staff who write the plan; the coordinators for the plan of the network."""
    owner = version.workplan.centre
    return holders(P.WORKPLAN_EDIT, centre=owner) if owner else holders(P.WORKPLAN_EDIT, everywhere=True)


def heads(version):
    """Those who decide about the plan."""
    owner = version.workplan.centre
    return holders(P.WORKPLAN_DECIDE, centre=owner) if owner else holders(P.WORKPLAN_DECIDE, everywhere=True)


def office(party):
    """The people of a Party's office, drafters included: they prepare what the office says."""
    return holders(P.WORKPLAN_CONSULTED, party=party)


def asked(version):
    """The people of all offices that were asked about a version."""
    invitations = version.invitations.select_related("party").order_by("party__iso2")
    return [person for invitation in invitations for person in office(invitation.party)]


NOTICES = {
    "open_consultation": (
        asked,
        _("%(plan)s: your comments until %(until)s"),
        _(
            "%(centre)s asks your office about its workplan “%(title)s”. Please comment, support or object, or say "
            "that you have no comments, until %(until)s. What concerns your country is shown first."
        ),
    ),
    "extend": (
        asked,
        _("%(plan)s: more time for your comments, until %(until)s"),
        _("%(centre)s has extended the consultation on its workplan “%(title)s” until %(until)s."),
    ),
    "close_consultation": (
        centre,
        _("%(plan)s: the consultation is closed, please answer the comments"),
        _(
            "The consultation on “%(title)s” is closed. Please answer each comment; then the head can finalize the "
            "plan."
        ),
    ),
    "answered": (
        centre,
        _("%(plan)s: an office has answered"),
        _("%(party)s has answered the consultation on “%(title)s”."),
    ),
    "comment": (
        centre,
        _("%(plan)s: a comment of %(party)s"),
        _("%(party)s has said something about “%(title)s”:\n\n%(text)s"),
    ),
    "revise": (
        asked,
        _("%(plan)s is being revised"),
        _("%(centre)s is revising its workplan “%(title)s” after the comments. You will be asked again."),
    ),
    "finalize": (
        asked,
        _("%(plan)s is finalized"),
        _(
            "%(centre)s has finalized its workplan “%(title)s”. Each comment has an answer, and everybody can read the "
            "plan."
        ),
    ),
    "amend": (
        heads,
        _("%(plan)s is being amended"),
        _("A new draft of “%(title)s” was begun. The finalized version stays public until the next one replaces it."),
    ),
    "close_plan": (
        asked,
        _("%(plan)s is closed: the final report can be read"),
        _("%(centre)s has closed its workplan “%(title)s”. The final report says what came of it."),
    ),
}


class _Name:
    """A name as the reader's language has it."""

    def __init__(self, make):
        self.make = make

    def __str__(self):
        return str(self.make())


def name_of(owner):
    """The name of a centre; of the coordination entity where there is none."""
    return _Name(lambda: owner.name if owner else _("The coordination entity"))


def about(version, event, name, *, people=None, **params) -> None:
    """Tell those concerned about a step of a version; `people` replaces those of the table."""
    found, subject, text = NOTICES[name]
    words = {
        "plan": version.workplan.reference,
        "title": version.title or version.workplan.reference,
        "centre": name_of(version.workplan.centre),
        "until": day(version.due_on),
        "text": "",
        "party": "",
    }
    path = reverse_lazy("workplan_version", args=[version.workplan.reference, version.number])
    tell(
        found(version) if people is None else people, event,
        kind=f"workplan_{name}", subject=subject, text=text, path=path, params=words | params,
    )  # fmt: skip


ANSWER = (
    _("%(plan)s: an answer to your comment"),
    _("%(centre)s has answered your comment on “%(title)s” (%(disposition)s):\n\n%(text)s"),
)
PROGRESS = {
    "submit": (
        _("%(plan)s: progress waits for your approval"),
        _("Progress of %(indicator)s for %(year)s was submitted."),
    ),
    "return_for_changes": (
        _("%(plan)s: reported progress came back to you"),
        _("Progress of %(indicator)s for %(year)s needs a change:\n\n%(text)s"),
    ),
    "approve": (_("%(plan)s: progress is approved"), _("Progress of %(indicator)s for %(year)s is approved.")),
}


def about_answers(version, event, party, **params) -> None:
    """Tell an office what became of its comment."""
    words = {
        "plan": version.workplan.reference,
        "title": version.title or version.workplan.reference,
        "centre": name_of(version.workplan.centre),
    }
    path = reverse_lazy("workplan_version", args=[version.workplan.reference, version.number])
    subject, text = ANSWER
    tell(office(party), event, kind="workplan_answer", subject=subject, text=text, path=path, params=words | params)


def about_progress(progress, event, name, people, **params) -> None:
    """Tell those concerned about a step of reported progress."""
    subject, text = PROGRESS[name]
    workplan = progress.indicator.workplan
    words = {"plan": workplan.reference, "indicator": progress.indicator.reference, "year": progress.year, "text": ""}
    path = reverse_lazy("workplan_detail", args=[workplan.reference])
    tell(people, event, kind=f"progress_{name}", subject=subject, text=text, path=path, params=words | params)
