"""Webhooks through the API: one's own only, the secret this once, and nothing that leads inside."""

import pytest

from accounts.actions import webhooks
from accounts.models import IdempotencyKey, Webhook
from accounts.webhooks import targets
from tests import factories

pytestmark = pytest.mark.django_db
HOOK = {"name": "Mirror", "target": "https://example.org/hook", "types": ["requests"], "changes": ["gone"]}


def test_a_partner_makes_changes_rotates_and_deletes_its_webhook(as_token, anonymous, monkeypatch):
    owner = factories.provider_of(factories.organization())
    call, other = as_token(owner), as_token(factories.focal_point_of(factories.party("XB")))
    made = call.post("webhooks/", HOOK, **{"idempotency-key": "one"})
    assert made.status_code == 201
    secret, address = made.json()["secret"], f"webhooks/{made.json()['id']}/"
    assert call.post("webhooks/", HOOK, **{"idempotency-key": "one"}).json()["secret"] == secret
    assert secret not in str(IdempotencyKey.objects.values_list("body", flat=True))
    record = call.get(address).json()
    assert "secret" not in record
    assert (record["target"], record["types"], record["status"]) == (HOOK["target"], ["requests"], "active")
    assert (other.get(address).status_code, anonymous.get("webhooks/").status_code) == (404, 401)
    assert other.post(f"{address}rotate/").status_code == other.delete(address).status_code == 404
    assert call.patch(address, {"types": [], "name": "All"}).json()["types"] == []
    assert call.post(f"{address}rotate/").json()["secret"] not in (secret, None)
    assert call.post(f"{address}pause/").json()["paused_because"] == "owner"
    assert call.post(f"{address}pause/").status_code == 409
    assert call.post(f"{address}resume/").json()["status"] == "active"
    test = call.post(f"{address}test/")
    assert (test.status_code, test.json()["event_type"]) == (202, "webhook.test")
    [sent] = call.get(f"{address}deliveries/").json()
    assert sent["payload"]["type"] == "webhook.test"
    assert call.post(f"{address}replay/", {"event_id": sent["event_id"]}).status_code == 409
    assert call.post(f"{address}replay/", {"event_id": "evt_1_1"}).status_code == 404
    monkeypatch.setattr(targets.socket, "getaddrinfo", lambda *args, **more: [])
    webhooks.deliver(Webhook.objects.get().deliveries.get().pk)
    assert call.get(f"{address}deliveries/").json()[0]["tries"][0]["fault"] == "refused_odd"
    assert call.delete(address).status_code == 204
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"target": "https://127.0.0.1/"}, "target"), ({"target": "http://example.org/"}, "target"),
        ({"types": ["secrets"]}, "types"), ({"changes": ["exploded"]}, "changes.0"),
        ({"parties": ["fiji"]}, "parties.0"),
        ({"name": ""}, "name"), ({"owner": 1}, "owner"), ({"state": "paused"}, "state"),
    ],
)  # fmt: skip
def test_a_fault_names_its_field(as_token, change, field):
    answer = as_token(factories.provider_of(factories.organization())).post("webhooks/", HOOK | change)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_a_token_that_reads_makes_no_webhook(as_token):
    reader = as_token(factories.provider_of(factories.organization()), scopes=["read"])
    assert reader.post("webhooks/", HOOK).status_code == 403
