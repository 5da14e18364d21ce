"""Callers of the API: anonymous, with a token of some scopes, with a session.

Models are imported inside the fixtures: this file is read before Django is set up.
"""

import json

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nobody_called_before():
    """Counts of calls are kept in the cache; each test begins without any."""
    cache.clear()


@pytest.fixture(autouse=True)
def cold_index():
    """The scorer keeps the offers in memory; a test's own are gone when it ends."""
    from requests_offers.actions.scoring import WARM

    WARM.__init__()
    yield
    WARM.__init__()


class Caller:
    """Calls paths under /api/v1/ and speaks JSON."""

    def __init__(self, client):
        self.client = client

    def get(self, path, query=None, **headers):
        return self.client.get(f"/api/v1/{path}", query, headers=headers)

    def send(self, method, path, body=None, **headers):
        sent = "" if body is None else json.dumps(body)
        kind = "application/json"
        return self.client.generic(method, f"/api/v1/{path}", sent, kind, headers=headers)

    def post(self, path, body=None, **headers):
        return self.send("POST", path, body, **headers)

    def patch(self, path, body=None, **headers):
        return self.send("PATCH", path, body, **headers)

    def delete(self, path, **headers):
        return self.send("DELETE", path, None, **headers)


@pytest.fixture
def anonymous():
    from rest_framework.test import APIClient

    return Caller(APIClient())


@pytest.fixture
def as_token():
    """A caller with a token of somebody, that may write unless told otherwise."""

    from rest_framework.test import APIClient

    from accounts.models import ApiToken

    def make(user, scopes=("read", "write")):
        _token, secret = ApiToken.objects.create(user, scopes=list(scopes))
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
        return Caller(client)

    return make


@pytest.fixture
def as_session():
    """A caller who signed in at the browser."""
    from rest_framework.test import APIClient

    def make(user):
        client = APIClient()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return Caller(client)

    return make


@pytest.fixture
def people(db):
    from tests import factories

    return factories.everyone_known()
