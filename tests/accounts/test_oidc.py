"""Sign-in through an OpenID Connect provider, played by a few answers; nothing leaves this machine."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.urls import reverse

from accounts.models import User

pytestmark = pytest.mark.django_db
SERVER = "https://sign-in.example"
ANSWERS = {
    f"{SERVER}/.well-known/openid-configuration": {
        "authorization_endpoint": f"{SERVER}/authorize",
        "token_endpoint": f"{SERVER}/token",
        "userinfo_endpoint": f"{SERVER}/userinfo",
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
    },
    f"{SERVER}/token": {"access_token": "one", "token_type": "Bearer"},
}
APP = {
    "provider_id": "oidc",
    "name": "Ministry",
    "client_id": "portal",
    "secret": "x",
    "settings": {"server_url": SERVER},
}


class Answer:
    status_code = 200
    headers = {"content-type": "application/json"}
    text = ""

    def __init__(self, content):
        self.json = lambda: content

    def raise_for_status(self):
        """All is well."""


class Provider:
    """What answers instead of the network."""

    def __init__(self, person):
        self.answers = {**ANSWERS, f"{SERVER}/userinfo": person}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def request(self, method, url, **_):
        return Answer(self.answers[url])

    def get(self, url, **_):
        return self.request("GET", url)

    def post(self, url, **_):
        return self.request("POST", url)


@pytest.fixture
def sign_in(settings, client, monkeypatch):
    """The whole way through the provider as somebody; returns the last answer."""
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [APP]}}

    def run(**person):
        provider = Provider({"sub": "42", **person})
        monkeypatch.setattr(DefaultSocialAccountAdapter, "get_requests_session", lambda self: provider)
        begin = reverse("openid_connect_login", args=["oidc"])
        assert client.get(begin).status_code == 200  # a link alone sends nobody there
        there = client.post(begin)
        state = parse_qs(urlsplit(there["Location"]).query)["state"][0]
        back = reverse("openid_connect_callback", args=["oidc"])
        return client.get(back, {"code": "c", "state": state}, follow=True)

    return run


def test_the_button_is_there_only_where_a_provider_is_configured(client, settings):
    assert "oidc" not in client.get(reverse("account_login")).content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [APP]}}
    page = client.get(reverse("account_login")).content.decode()
    assert reverse("openid_connect_login", args=["oidc"]) in page
    assert "Ministry" in page


def test_a_new_person_comes_in_with_a_verified_address(sign_in, client):
    sign_in(email="new@ministry.example", email_verified=True, name="Ana Practice")
    user = User.objects.get(email="new@ministry.example")
    assert user.name == "Ana Practice"
    assert not user.has_usable_password()
    assert client.session.get("_auth_user_id") == str(user.pk)
    assert user.memberships.count() == 0


def test_an_address_that_the_provider_did_not_verify_is_confirmed_first(sign_in, client):
    sign_in(email="new@ministry.example", email_verified=False, name="Ana Practice")
    assert "_auth_user_id" not in client.session


def test_an_account_that_exists_is_not_taken_over_by_its_address(sign_in, client):
    there = User.objects.create(email="focal@ministry.example")
    sign_in(email="focal@ministry.example", email_verified=True, name="Somebody else")
    assert "_auth_user_id" not in client.session
    there.refresh_from_db()
    assert there.socialaccount_set.count() == 0
