"""Who is told about projects and opportunities, and in which words. Sentences are lazy: everybody reads their own
language.
"""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.actions.notices import spoken, tell
from accounts.models import AuditEvent, User
from accounts.outbox import nudge
from accounts.people import holders, with_stand_ins
from accounts.permissions import Permission as P

from .models import Opportunity, Project, Submission, SubmitterMail

address = lazy(reverse, str)
LINK_GOOD_FOR = timedelta(days=60)
Words = tuple[Any, Any]


def moderators(project: Project) -> list[User]:
    """Who decides on a project: the office of its Party; the coordinators where the Party has none in the portal."""
    office = list(holders(P.PROJECT_MODERATE, party=project.party))
    return with_stand_ins(office) if office else coordinators()


def coordinators() -> list[User]:
    """Those who stand in for Parties without an office."""
    return list(holders(P.PROJECT_STAND_IN, everywhere=True))


# Words for the office -------------------------------------------------------------------------------------------------

TO_OFFICE: dict[str, Words] = {
    "submit": (
        _("A project in %(party)s was submitted: please decide until %(until)s"),
        _(
            "“%(title)s” was submitted for the registry of projects in %(party)s. Look at it until %(until)s: publish "
            "it, ask for a change, or refuse it with a reason."
        ),
    ),
    "change": (
        _("The project “%(title)s” was changed: please decide until %(until)s"),
        _("“%(title)s” was changed by whoever submitted it. Nothing of the change is public until you publish it."),
    ),
    "remind_office": (
        _("Reminder: the project “%(title)s” waits for your decision until %(until)s"),
        _("“%(title)s” was submitted for %(party)s. Publish it, ask for a change, or refuse it with a reason."),
    ),
    "late": (
        _("Late: the project “%(title)s” in %(party)s waits for a decision"),
        _("Nobody has decided on “%(title)s” until %(until)s. The office of %(party)s decides; the coordinator knows."),
    ),
    "grow_stale": (
        _("The project “%(title)s” is shown as not updated for long"),
        _(
            "Nobody has confirmed “%(title)s” for more than a year. It stays in the registry, marked as not updated. "
            "Your office can confirm it, ask for a change or take it out."
        ),
    ),
}

# Words for whoever submitted it ---------------------------------------------------------------------------------------

TO_SUBMITTER: dict[str, Words] = {
    "submit": (
        _("Your project %(reference)s is with the office of %(party)s"),
        _("Thank you. The office of %(party)s looks at “%(title)s” until %(until)s; then you are told its decision."),
    ),
    "publish": (
        _("Your project “%(title)s” is published"),
        _("The office of %(party)s has published “%(title)s”. In a year we ask whether all of it is still right."),
    ),
    "request_change": (
        _("Please change your project “%(title)s”"),
        _("The office of %(party)s asks for a change of “%(title)s”:\n\n%(reason)s\n\nChange it and send it again."),
    ),
    "refuse": (
        _("Your project “%(title)s” is not published"),
        _("The office of %(party)s does not publish “%(title)s”. Reason: %(code)s.\n%(reason)s"),
    ),
    "remind_submitter": (
        _("Is your project “%(title)s” still right?"),
        _(
            "Nobody has confirmed “%(title)s” for a year. If all of it is still right, one click says so. If not, "
            "change it. Without an answer it is marked as not updated on %(until)s."
        ),
    ),
    "grow_stale": (
        _("Your project “%(title)s” is marked as not updated"),
        _("“%(title)s” stays in the registry, marked as not updated for long. One click confirms that it is right."),
    ),
}
LINKS = {
    "request_change": "project_change_by_mail",
    "remind_submitter": "project_confirm_by_mail",
    "grow_stale": "project_confirm_by_mail",
}


def office_told(project: Project, event: AuditEvent, name: str, **more: Any) -> None:
    """Tell those who decide on a project."""
    heading, text = TO_OFFICE[name]
    people = moderators(project)
    if name == "late":
        people = [*people, *coordinators()]
    _tell(people, project, event, f"project_{name}", heading, text, more)


def submitter_told(project: Project, event: AuditEvent, name: str, **more: Any) -> None:
    """Tell whoever submitted a project: in the portal, or by a mail whose link acts without an account."""
    heading, text = TO_SUBMITTER[name]
    if project.submitter:
        _tell([project.submitter], project, event, f"project_{name}", heading, text, more)
    elif project.submitter_email:
        facts: dict[str, Any] = {
            "email": project.submitter_email,
            "language": project.submitter_language,
            "project": project,
        }
        days: dict[str, Any] = {"expires_at": timezone.now() + LINK_GOOD_FOR, "is_example": project.is_example}
        shown = address("project_detail", args=[project.reference]) if project.is_listed else ""
        write(heading, text, _params(project, more), purpose=LINKS.get(name, ""), path=shown, **facts, **days)


def _tell(people: Any, project: Project, event: AuditEvent, kind: str, heading: Any, text: Any, more: Any) -> None:
    path = address("project_detail", args=[project.reference])
    tell(people, event, kind=kind, subject=heading, text=text, path=path, params=_params(project, more))


def _params(project: Project, more: dict[str, Any]) -> dict[str, Any]:
    facts = {"title": project.title, "reference": project.reference, "party": project.party, "until": project.due_on}
    return facts | {"reason": project.reason, "code": ""} | more


def write(heading: Any, text: Any, params: dict[str, Any], *, language: str, path: Any = "", **facts: Any) -> Any:
    """Queue one mail to somebody without an account, in their language. Call it inside the act's transaction."""
    with translation.override(language):
        said = {name: spoken(value) for name, value in params.items()}
        words = {"subject": (str(heading) % said)[:300], "text": str(text) % said, "path": str(path)}
    mail = SubmitterMail(language=language, **words, **facts)
    mail.seal()
    mail.save()
    nudge(mail)
    return mail


def ask_to_confirm(submission: Submission, title: str, party: Any) -> Any:
    """The mail with the link that makes a project of what somebody typed without signing in."""
    return write(
        _("Confirm your project for %(party)s"),
        _(
            "Somebody, most likely you, typed the project “%(title)s” for %(party)s into the TSC Portal with this "
            "address. Confirm it, and the office of %(party)s looks at it. If it was not you, do nothing: it is "
            "deleted after 7 days."
        ),
        {"title": title, "party": party},
        email=submission.email,
        language=submission.language,
        purpose="project_submission",
        submission=submission,
        expires_at=submission.expires_at,
        is_example=bool(party.is_example),
    )


# Opportunities --------------------------------------------------------------------------------------------------------

OPPORTUNITY: dict[str, Words] = {
    "suggest": (
        _("An opportunity was suggested: %(title)s"),
        _("“%(title)s” of %(organizer)s was suggested, with the deadline %(closes)s. Publish it or take it out."),
    ),
    "publish": (
        _("The opportunity that you suggested is published"),
        _("“%(title)s” is published. Thank you."),
    ),
    "refuse": (
        _("The opportunity that you suggested is not shown"),
        _("“%(title)s” is not shown in the portal. Reason: %(reason)s"),
    ),
    "expire": (
        _("Look at this again: %(title)s"),
        _("“%(title)s” has no deadline and was shown for a year. Give it a new day if it is still there."),
    ),
}


def keepers(opportunity: Opportunity) -> list[User]:
    """Who decides on an opportunity: the centre that entered it, else the coordinators."""
    if opportunity.centre_id:
        return list(holders(P.OPPORTUNITY_EDIT, centre=opportunity.centre))
    return list(holders(P.OPPORTUNITY_EDIT, everywhere=True))


def opportunity_told(people: Any, opportunity: Opportunity, event: AuditEvent, name: str) -> None:
    """Tell these people what became of an opportunity."""
    heading, text = OPPORTUNITY[name]
    params = {
        "title": opportunity.title,
        "organizer": opportunity.organizer,
        "closes": opportunity.closes_on,
        "reason": opportunity.reason,
    }
    path = address("opportunity_detail", args=[opportunity.reference])
    tell(people, event, kind=f"opportunity_{name}", subject=heading, text=text, path=path, params=params)
