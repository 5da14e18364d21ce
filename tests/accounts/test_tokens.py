"""Tokens of partner systems: a digest is kept, scopes cut rights down, the secret is shown once."""

import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from knox.crypto import hash_token
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.test import APIRequestFactory

from accounts.actions.tokens import make_token, revoke_token
from accounts.authentication import NOTE_USE_EVERY, TokenAuthentication
from accounts.errors import IllegalStep
from accounts.models import ApiToken, AuditEvent
from tests.factories_accounts import make_user

pytestmark = pytest.mark.django_db


def authenticate(secret):
    request = APIRequestFactory().get("/", headers={"authorization": f"Token {secret}"})
    return TokenAuthentication().authenticate(request)


@pytest.fixture
def person(client):
    person = make_user()
    client.force_login(person)
    return person


def test_only_a_digest_of_a_token_is_kept():
    token, secret = make_token(make_user(), name="partner", scopes=["read"], by=None)
    row = ApiToken.objects.filter(pk=token.pk).values().get()
    assert row["digest"] == hash_token(secret)
    assert all(secret not in str(value) for value in row.values())
    assert all(secret not in str(event) for event in AuditEvent.objects.values())


def test_a_token_speaks_for_its_owner_with_its_scopes():
    person = make_user()
    _, secret = make_token(person, name="partner", scopes=["write", "read"], by=person)
    user, token = authenticate(secret)
    assert (user, token.scopes) == (person, ["read", "write"])


@pytest.mark.parametrize("scopes", [[], ["admin"], ["read", "everything"]])
def test_unknown_scopes_make_no_token(scopes):
    with pytest.raises(ValueError, match="Scopes are read and write"):
        make_token(make_user(), name="partner", scopes=scopes, by=None)


def test_the_same_name_twice_is_refused():
    person = make_user()
    make_token(person, name="partner", scopes=["read"], by=person)
    with pytest.raises(IllegalStep, match="name already"):
        make_token(person, name="partner", scopes=["read"], by=person)
    make_token(make_user(), name="partner", scopes=["read"], by=None)


def test_no_token_lives_longer_than_a_year():
    token, _ = make_token(make_user(), name="", scopes=["read"], by=None, life=timedelta(days=4000))
    assert token.expiry <= timezone.now() + timedelta(days=365)


def test_a_revoked_token_is_refused_at_once():
    person = make_user()
    token, secret = make_token(person, name="", scopes=["read"], by=person)
    assert authenticate(secret)
    revoke_token(token, by=person)
    with pytest.raises(AuthenticationFailed):
        authenticate(secret)
    assert set(AuditEvent.objects.values_list("action", flat=True)) == {"token_made", "token_revoked"}


def test_an_expired_token_is_refused():
    token, secret = make_token(make_user(), name="", scopes=["read"], by=None)
    ApiToken.objects.filter(pk=token.pk).update(expiry=timezone.now() - timedelta(seconds=1))
    with pytest.raises(AuthenticationFailed):
        authenticate(secret)


def test_the_last_use_is_noted_once_an_hour():
    token, secret = make_token(make_user(), name="", scopes=["read"], by=None)
    authenticate(secret)
    first = ApiToken.objects.get(pk=token.pk).last_used_at
    authenticate(secret)
    assert ApiToken.objects.get(pk=token.pk).last_used_at == first
    ApiToken.objects.update(last_used_at=first - NOTE_USE_EVERY - timedelta(seconds=1))
    authenticate(secret)
    assert ApiToken.objects.get(pk=token.pk).last_used_at > first - NOTE_USE_EVERY


def test_the_page_shows_a_new_token_once(client, person):
    fields = {"name": "partner", "scopes": "read,write", "life": "30"}
    answer = client.post(reverse("token_list"), fields)
    secret = re.search(r"<code>(tsc_\w+)</code>", answer.content.decode()).group(1)
    assert authenticate(secret)[0] == person
    assert "no-store" in answer["Cache-Control"]
    assert secret not in client.get(reverse("token_list")).content.decode()


def test_sending_the_form_twice_makes_one_token_and_says_why(client, person):
    fields = {"name": "partner", "scopes": "read", "life": "30"}
    client.post(reverse("token_list"), fields)
    again = client.post(reverse("token_list"), fields).content.decode()
    assert person.auth_token_set.count() == 1
    assert "You have a token with this name already" in again
    assert 'value="partner"' in again


def test_nobody_revokes_the_tokens_of_others(client, person):
    token, _ = make_token(make_user(), name="", scopes=["read"], by=None)
    own, _ = make_token(person, name="", scopes=["read"], by=None)
    assert client.post(reverse("token_revoke", args=[token.token_key])).status_code == 404
    assert client.post(reverse("token_revoke", args=[own.token_key])).status_code == 302
    assert list(ApiToken.objects.all()) == [token]


def test_the_command_prints_a_token_of_the_person(capsys):
    person = make_user()
    call_command("create_token", person.email.upper(), "--scopes", "read,write", "--name", "partner")
    user, token = authenticate(capsys.readouterr().out.strip())
    assert (user, token.scopes, token.name) == (person, ["read", "write"], "partner")


@pytest.mark.parametrize(("email", "scopes"), [("nobody@example.org", "read"), ("someone@example.org", "rite")])
def test_the_command_says_what_is_wrong(email, scopes):
    make_user(is_active=True)
    with pytest.raises(CommandError):
        call_command("create_token", email, "--scopes", scopes)
