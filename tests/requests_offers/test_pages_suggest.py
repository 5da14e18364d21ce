"""The suggest button on both forms: tags ticked for what was typed, nothing saved, nothing lost."""

import pytest

from requests_offers.models import CooperationRequest, Offer
from tests import factories as f

pytestmark = pytest.mark.django_db
TEXT = "Control of invasive alien species in lakes: water hyacinth covers the water and fish die."


def test_the_wizard_suggests_targets_for_the_text_of_the_need(client):
    f.target(6)
    draft = f.draft_request(needs=[f.need(title="Water hyacinth", text=TEXT)])
    client.force_login(f.focal_point_of(draft.party))
    page = client.post(
        f"/requests/{draft.reference}/edit/?step=3&component=1", {"suggest": "1", "version": draft.version}
    )
    assert page.status_code == 200
    assert [tag.value for group in page.context["suggestions"] if group["name"] == "targets" for tag in group["tags"]]
    assert CooperationRequest.objects.get(pk=draft.pk).version == draft.version


def test_an_offer_is_shown_again_with_suggestions_and_what_was_typed(client):
    f.target(6)
    provider = f.provider_of(f.organization())
    client.force_login(provider)
    page = client.post(
        "/offers/new/", {"suggest": "1", "version": "1", "title": "Weevils", "text": TEXT, "language": "en"}
    )
    assert page.status_code == 200
    assert page.context["suggestions"]
    assert TEXT in page.content.decode()
    assert not Offer.objects.exists()


def test_a_text_that_says_too_little_is_told_so(client):
    client.force_login(f.provider_of(f.organization()))
    page = client.post("/offers/new/", {"suggest": "1", "version": "1", "title": "", "text": "", "language": "en"})
    assert "The text says too little" in page.content.decode()
