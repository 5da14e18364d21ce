"""A submission becomes a project when the link in its mail is used."""

from django.db import transaction

from ..models import Project, SubmitterMail
from .projects import submit_for
from .submitter_mails import redeem, submitted_data


@transaction.atomic
def confirm_submission(mail: SubmitterMail) -> Project:
    """Make the project that somebody typed, now that the address is confirmed. The link works once."""
    submission = redeem(mail).submission
    assert submission is not None
    data = submitted_data(submission)
    project = submit_for(
        submission.email, submission.name, submission.language, data=data, form_key=submission.form_key
    )
    submission.project, submission.data = project, {}
    submission.save(update_fields=["project", "data"])
    return project
