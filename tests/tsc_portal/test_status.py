"""The status page: what waits, what failed, and the second chance."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Notice
from accounts.models.job import Job
from accounts.outbox import job_models
from accounts.permissions import Role
from tests.factories_accounts import make_member, make_notice, make_user
from tsc_portal.looks import STATUS_LOOK
from tsc_portal.views.status import WORK

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed():
    """A mail that could not be sent, five times."""
    notice = make_notice(make_user())
    what = {"state": Job.State.FAILED, "attempt": 5, "finished_at": timezone.now(), "error": "OSError: no mail server"}
    Notice.objects.filter(pk=notice.pk).update(**what)
    return notice


def test_every_kind_of_work_has_a_name_for_people():
    assert {model.TASK for model in job_models()} <= set(WORK)


def test_what_failed_is_shown_and_tried_again_once(client, failed):
    coordinator = make_member(Role.COORDINATOR)
    client.force_login(coordinator)
    page = client.get(reverse("status")).content.decode()
    assert "OSError: no mail server" in page
    again = reverse("status_try_again", args=["accounts-notice", failed.pk])
    assert again in page
    assert client.post(again).status_code == 302
    failed.refresh_from_db()
    assert (failed.state, failed.attempt, failed.finished_at) == (Job.State.QUEUED, 0, None)
    assert AuditEvent.objects.get(action="try_again").actor == coordinator
    client.post(again)  # is told that nothing failed here any more
    assert AuditEvent.objects.filter(action="try_again").count() == 1


def test_only_those_who_look_after_the_workers_see_it(client, failed):
    client.force_login(make_member(Role.ADVISOR))
    assert client.get(reverse("status")).status_code == 403
    assert client.post(reverse("status_try_again", args=["accounts-notice", failed.pk])).status_code == 403
    client.force_login(make_member(Role.ADMINISTRATOR))
    assert client.get(reverse("status")).status_code == 200
    assert client.post(reverse("status_try_again", args=["accounts-user", failed.pk])).status_code == 404


def test_the_style_page_shows_every_state_in_both_directions(client):
    client.force_login(make_member(Role.COORDINATOR))
    for prefix in ("", "/ar"):
        page = client.get(f"{prefix}/style/").content.decode()
        assert page.count("<code>") >= len({noun for noun, _ in STATUS_LOOK})
