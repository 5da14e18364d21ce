"""How long is kept what people without an account said of themselves when they submitted a project."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actions.retention import Period, also
from accounts.models import Job

from ..lifecycle import ProjectStatus
from ..models import Project, Submission, SubmitterMail
from ..models.submission import KEPT_FOR

GIVEN_UP = (ProjectStatus.REFUSED, ProjectStatus.STALE, ProjectStatus.CHANGE_REQUESTED)


def _typed(before: datetime) -> QuerySet:
    """What waits for its link, and what is a project by now: both have had their week."""
    return Submission.objects.filter(created_at__lt=before)


def _mails(before: datetime) -> QuerySet:
    over = SubmitterMail.objects.filter(expires_at__lt=before)
    return over.exclude(state__in=[Job.State.QUEUED, Job.State.RUNNING])


def _submitters(before: datetime) -> QuerySet:
    """Those to whom the portal has nothing more to say; whoever is asked each year stays known."""
    said = ~Q(submitter_email="", submitter_name="", contact="")
    return Project.objects.filter(said, status__in=GIVEN_UP, updated_at__lt=before)


def _forget_submitters(rows: QuerySet) -> int:
    return rows.update(submitter_email="", submitter_name="", contact="")


def register_periods() -> None:
    """Let the page about privacy show these periods, and the nightly job keep to them."""
    also(
        Period(
            _("A project that somebody typed without an account, with their address"), _("after it was typed"),
            KEPT_FOR.days, _typed,
        ),
        Period(
            _("A mail to somebody who submitted a project without an account"), _("after its link has ended"), 30,
            _mails,
        ),
        Period(
            _("Name, address and contact person of a project"),
            _("after it was refused, or after its submitter did not answer"), 365, _submitters, _forget_submitters,
        ),
    )  # fmt: skip
