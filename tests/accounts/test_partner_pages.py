"""The page for partner systems: people of an organization look after its accounts, tokens and webhooks."""

import re

import pytest
from django.urls import reverse

from accounts.actions import service_accounts, webhooks
from accounts.models import ApiToken, Webhook
from tests import factories

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def people():
    organization = factories.organization(slug="a-mirror")
    return factories.provider_of(organization), organization, factories.provider_of(factories.organization(slug="b"))


def sign_in(client, person):
    client.force_login(person, backend=BACKEND)


def test_an_account_with_a_token_is_made_used_and_ended(client, people):
    person, organization, _stranger = people
    sign_in(client, person)
    made = client.post(reverse("service_account_new"), {"organization": organization.pk, "name": "Mirror"}, follow=True)
    address = made.redirect_chain[0][0]
    page = client.post(address, {"name": "Nightly", "scopes": "read", "life": "30"}).content.decode()
    [secret] = re.findall(r"<code>(tsc_[^<]+)</code></p>", page)
    assert secret not in client.get(address).content.decode()
    answer = client.get("/api/v1/webhooks/", headers={"authorization": f"Token {secret}"})
    assert answer.json()["count"] == 0
    token = ApiToken.objects.get()
    assert "Nightly" in client.get(reverse("partner_page")).content.decode()
    client.post(reverse("service_token_revoke", args=[token.token_key]))
    assert not ApiToken.objects.exists()
    client.post(reverse("service_account_end", args=[token.user_id]))
    assert "Mirror" not in client.get(reverse("partner_page")).content.decode()


def test_a_webhook_is_made_tried_rotated_and_deleted(client, people):
    person, organization, _stranger = people
    account = service_accounts.make_service_account(organization, name="Mirror", by=person)
    sign_in(client, person)
    said = {"owner": account.pk, "name": "News", "url": "https://10.0.0.1/", "types": ["offers"], "parties": "fj, to"}
    refused = client.post(reverse("webhook_new"), said).content.decode()
    assert "leads into a private network" in refused
    page = client.post(reverse("webhook_new"), said | {"url": "https://example.org/hook"}).content.decode()
    made = Webhook.objects.get()
    assert made.secret in page
    assert (made.owner, made.organization, made.parties, made.types) == (
        account,
        organization,
        ["FJ", "TO"],
        ["offers"],
    )
    address = reverse("webhook_detail", args=[made.pk])
    assert made.secret not in client.get(address).content.decode()
    for step, state in (("pause", "paused"), ("test", "paused"), ("resume", "active")):
        client.post(reverse("webhook_step", args=[made.pk, step]))
        made.refresh_from_db()
        assert made.state == state
    assert "webhook.test" in client.get(address).content.decode()
    rotated = client.post(reverse("webhook_step", args=[made.pk, "rotate"])).content.decode()
    assert Webhook.objects.get().secret in rotated
    changed = {"name": "All news", "url": "https://example.org/all", "parties": ""}
    assert client.post(reverse("webhook_change", args=[made.pk]), changed).status_code == 302
    assert Webhook.objects.get().parties == Webhook.objects.get().types == []
    assert client.post(reverse("webhook_step", args=[made.pk, "explode"])).status_code == 404
    client.post(reverse("webhook_step", args=[made.pk, "delete"]))
    assert not Webhook.objects.exists()


def test_what_belongs_to_another_organization_is_not_there(client, people):
    person, organization, stranger = people
    account = service_accounts.make_service_account(organization, name="Mirror", by=person)
    made = webhooks.make_webhook(account, by=person, organization=organization, name="N", url="https://example.org/h")
    delivery = webhooks.send_test(made, by=person)
    sign_in(client, stranger)
    for name, args in (("webhook_detail", [made.pk]), ("webhook_change", [made.pk]), ("service_account", [account.pk])):
        assert client.get(reverse(name, args=args)).status_code == 404
    for name, args in (
        ("webhook_step", [made.pk, "delete"]), ("delivery_replay", [delivery.pk]),
        ("service_account_end", [account.pk]), ("webhook_change", [made.pk]),
    ):  # fmt: skip
        assert client.post(reverse(name, args=args)).status_code == 404
    forged = {"owner": account.pk, "name": "X", "url": "https://example.org/"}
    assert client.post(reverse("webhook_new"), forged).status_code == 200
    assert (Webhook.objects.count(), account.is_active) == (1, True)
    assert client.post(
        reverse("service_account_new"), {"organization": organization.pk, "name": "X"}
    ).status_code == 200  # fmt: skip
