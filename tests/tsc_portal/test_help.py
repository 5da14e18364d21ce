"""The help pages: every guide opens, begins at a page that exists, and comes first for those who need it."""

import pytest
from django.urls import reverse

from accounts.permissions import Role
from tests.factories_accounts import make_member, make_organization
from tsc_portal.guides import GUIDES, first_steps


@pytest.mark.django_db
def test_every_guide_opens_and_leads_to_where_its_task_begins(client):
    listed = client.get(reverse("help")).content.decode()
    for guide in GUIDES:
        page = client.get(reverse("help_task", args=[guide.slug]))
        assert page.status_code == 200
        assert reverse(guide.begins) in page.content.decode()
        assert reverse("help_task", args=[guide.slug]) in listed
    assert client.get(reverse("help_task", args=["magic"])).status_code == 404


@pytest.mark.django_db
def test_ones_own_tasks_come_first(client):
    client.force_login(make_member(Role.DONOR, organization=make_organization()))
    page = client.get(reverse("help")).content.decode()
    assert page.index(reverse("help_task", args=["pledge"])) < page.index(reverse("help_task", args=["account"]))


def test_every_role_with_work_to_do_has_a_guide():
    idle = {Role.EVALUATOR, Role.ADMINISTRATOR}
    assert {role for role in Role if not first_steps({role})} == idle
