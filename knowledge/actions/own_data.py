"""What people said about knowledge and projects, for their own file; and what goes when they erase their account."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.actions.own_data import Kept, also
from accounts.models import User

from ..models import Opportunity, Practice, Project, Review, Source, Submission, SubmitterMail


def _projects(person: User) -> QuerySet:
    """Those submitted with the account, and those submitted without it from the same address."""
    return Project.objects.filter(Q(submitter=person) | Q(submitter_email__iexact=person.email))


def _by(model: Any, path: str) -> Any:
    return lambda person: model.objects.filter(**{path: person})


def forget(person: User) -> None:
    """Projects stay with their offices; the address from which they were submitted goes, wherever it stands."""
    Submission.objects.filter(email__iexact=person.email).delete()
    SubmitterMail.objects.filter(email__iexact=person.email).delete()
    Project.objects.filter(submitter_email__iexact=person.email).update(submitter_email="", submitter_name="")


def register() -> None:
    also(
        Kept("projects", _projects,
             ("title", "submitter_name", "submitter_email", "contact", "status", "created_at")),
        Kept("project_drafts", lambda person: Submission.objects.filter(email__iexact=person.email),
             ("name", "email", "data", "created_at")),
        Kept("suggested_sources", _by(Source, "suggested_by"), ("name", "url", "status")),
        Kept("suggested_opportunities", _by(Opportunity, "suggested_by"), ("title", "url", "status", "created_at")),
        Kept("practices", _by(Practice, "author"), ("title", "status", "created_at")),
        Kept("reviews", _by(Review, "advisor"), ("source__name", "verdict", "reason", "answered_at")),
        forget=forget,
    )  # fmt: skip
