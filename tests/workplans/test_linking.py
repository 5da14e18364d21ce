"""Needs, engagements and joint proposals become activities: from their pages, from the draft, and by the API."""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from requests_offers.actions import proposals
from tests import factories as f
from tests import factories_workplans as w
from workplans.actions import contents
from workplans.models import Activity

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return w.plan_with()


def test_a_joint_proposal_becomes_an_activity_with_its_budget_once(client, made):
    component = f.request_in("matching", made.known.party).components.get()
    match = f.match_in("agreed", component=component, offer=f.offer_in("published", made.known.organization))
    proposal = f.proposal_in("proposed", match=match)
    pages = [proposal.get_absolute_url(), match.engagement.get_absolute_url(), component.request.get_absolute_url()]
    there = reverse("workplan_from", args=[proposal.reference])
    client.force_login(made.officer)
    assert there not in client.get(pages[0]).content.decode(), "not approved yet"
    assert client.get(there).status_code == 404
    proposal = approved(proposal, made)
    for page, reference in zip(
        pages, (proposal.reference, match.engagement.reference, component.reference), strict=True
    ):
        address = reverse("workplan_from", args=[reference])
        assert address in client.get(page).content.decode()
        assert made.workplan.reference in client.get(address).content.decode()
    for _twice in range(2):
        client.post(there, {"draft": made.version.pk})
    activity = Activity.objects.in_order().last()
    assert Activity.objects.count() == 2
    said = contents.of_activity(activity)
    assert (said["title"], said["engagements"]) == (proposal.title, [match.engagement.reference])
    assert [one["title"] for one in said["results"]] == ["Open landing places"]
    line = activity.budget_lines.get()
    assert (str(line.amount), line.description, line.funding) == ("12000.00", "Rearing unit", "sought")


def approved(proposal, made):
    proposals.approve(proposal, by=made.known.provider)
    proposal.refresh_from_db()
    return proposal


def test_the_api_makes_an_activity_of_a_record(made):
    component = f.request_in("matching", made.known.party).components.get()
    client = APIClient()
    body = {"workplan": made.workplan.reference, "record": component.reference}
    address = "/api/v1/activities/from-record/"
    client.force_authenticate(made.known.focal_point)
    assert client.post(address, body, format="json").status_code in {400, 403}
    client.force_authenticate(made.officer)
    answers = [client.post(address, body, format="json") for _twice in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json()["components"] == [component.reference]
    assert client.post(address, body | {"record": "PRO-000001"}, format="json").status_code == 400


def test_who_writes_no_plan_is_told_so(client, made):
    component = f.request_in("matching", made.known.party).components.get()
    there = reverse("workplan_from", args=[component.reference])
    client.force_login(made.known.focal_point)
    assert client.get(there).status_code == 403
    hidden = f.request_in("matching", f.party("FR"), visibility="restricted").components.get()
    client.force_login(made.officer)
    assert client.get(reverse("workplan_from", args=[hidden.reference])).status_code == 404
