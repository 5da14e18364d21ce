"""Closed by default, and how often somebody may call."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import get_resolver
from rest_framework.settings import api_settings
from rest_framework.test import APIRequestFactory

from accounts.api.access import Access
from accounts.api.resource import ApiView
from tsc_portal.api.throttles import PerAddress, Window


def api_views():
    """Every view class under /api/, with its pattern."""

    def walk(patterns, path=""):
        for pattern in patterns:
            whole = path + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns, whole)
            elif whole.startswith("api/v1"):
                yield whole, getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None)

    return list(walk(get_resolver().url_patterns))


def undeclared(views):
    return [path for path, view in views if not isinstance(getattr(view, "access", None), Access)]


def test_every_view_of_the_api_says_who_may_use_it():
    views = api_views()
    assert len(views) > 50
    assert undeclared(views) == []


class Forgotten(ApiView):
    """A view whose author forgot to say who may use it."""

    def get(self, request):
        raise AssertionError("nobody gets here")


def test_a_view_that_does_not_say_so_is_found_and_closed():
    assert undeclared([("api/v1/forgotten/", Forgotten)]) == ["api/v1/forgotten/"]
    request = APIRequestFactory().get("/api/v1/forgotten/")
    request.user = AnonymousUser()
    assert Forgotten.as_view()(request).status_code == 401


@pytest.fixture
def three_calls(monkeypatch):
    """Three calls a day."""
    monkeypatch.setattr(Window, "rate", lambda self: (3, 86400))


@pytest.mark.django_db
def test_answers_say_how_many_calls_are_left_and_then_how_long_to_wait(anonymous, three_calls):
    left = [anonymous.get("targets/").headers["RateLimit-Remaining"] for _call in range(3)]
    assert left == ["2", "1", "0"]
    refused = anonymous.get("targets/")
    assert (refused.status_code, refused.headers["Content-Type"]) == (429, "application/problem+json")
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.headers["RateLimit-Limit"] == "3"


@pytest.mark.django_db
def test_a_token_is_counted_by_itself(anonymous, as_token, people, three_calls):
    first, second = as_token(people.donor), as_token(people.donor)
    for _call in range(3):
        assert first.get("targets/").status_code == 200
    assert first.get("targets/").status_code == 429
    assert second.get("targets/").status_code == 200
    assert anonymous.get("targets/").headers["RateLimit-Remaining"] == "2"


@pytest.mark.django_db
def test_an_invented_forwarding_header_is_not_believed(anonymous, three_calls):
    for call in range(3):
        anonymous.get("targets/", **{"X-Forwarded-For": f"198.51.100.{call}"})
    assert anonymous.get("targets/", **{"X-Forwarded-For": "198.51.100.9"}).status_code == 429


@pytest.mark.parametrize(
    ("proxies", "address"), [(None, "127.0.0.1"), (0, "127.0.0.1"), (1, "203.0.113.7"), (2, "198.51.100.1")]
)
def test_behind_proxies_the_address_is_the_one_that_the_last_trusted_one_saw(monkeypatch, proxies, address):
    monkeypatch.setattr(api_settings, "NUM_PROXIES", proxies, raising=False)
    request = APIRequestFactory().get("/", headers={"X-Forwarded-For": "192.0.2.1, 198.51.100.1, 203.0.113.7"})
    request.user = AnonymousUser()
    assert PerAddress().who(request) == address


@pytest.mark.django_db
@pytest.mark.parametrize("depth", [21, 200, 100_000])
def test_a_body_that_is_nested_without_end_is_invalid_and_no_fault_of_ours(as_token, people, depth):
    body = '{"title": ' + "[" * depth + "]" * depth + "}"
    headers = {"Idempotency-Key": "deep"}
    caller = as_token(people.focal_point).client
    answer = caller.generic("POST", "/api/v1/requests/", body, "application/json", headers=headers)
    assert answer.status_code == 400
    assert answer.json()["detail"] == "The JSON is nested too deeply."
