"""From a stranger to somebody with an account; who has one already is nobody's business."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from accounts.models import User
from tests.factories_accounts import PASSWORD

pytestmark = pytest.mark.django_db

FIELDS = {"name": "Salote", "email": "Salote@example.org", "password1": PASSWORD, "language": "fr"}


@pytest.fixture(autouse=True)
def no_earlier_tries():
    """How often an address may be written to is counted in the cache, which outlives a test."""
    cache.clear()


def sign_up(client, **changes):
    return client.post(reverse("account_signup"), FIELDS | changes, follow=True)


def confirm(client):
    """Follow the link of the last mail, and confirm on its page."""
    link = re.search(r"https?://testserver(\S+confirm\S+)", mail.outbox[-1].body).group(1)
    assert client.get(link).status_code == 200
    assert not EmailAddress.objects.filter(verified=True).exists()  # looking is not confirming
    return client.post(link, follow=True)


def sign_in(client, email=FIELDS["email"], password=PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def test_a_stranger_signs_up_confirms_the_address_and_is_led_to_their_language(client):
    sign_up(client)
    person = User.objects.get()
    assert (person.name, person.email, person.language) == ("Salote", "salote@example.org", "fr")
    assert person.check_password(PASSWORD)
    confirm(client)
    answer = sign_in(client)
    assert answer.url == "/fr/"
    page = client.get(reverse("account_home")).content.decode()
    assert reverse("claim_new") in page


def test_before_the_address_is_confirmed_nobody_gets_in(client):
    sign_up(client)
    sign_in(client)
    assert client.get(reverse("account_home")).status_code == 302


def test_the_address_in_other_letters_is_the_same_person(client):
    sign_up(client)
    confirm(client)
    assert sign_in(client, email="SALOTE@EXAMPLE.ORG").url == "/fr/"


def test_signing_up_with_a_known_address_looks_the_same_and_makes_nobody(client):
    first = sign_up(client)
    confirm(client)
    cache.clear()
    second = sign_up(client, name="Somebody else", email="SALOTE@example.org")
    assert User.objects.count() == 1
    assert first.redirect_chain == second.redirect_chain
    assert len(mail.outbox) == 2  # the owner of the address is told


class CountingHasher(MD5PasswordHasher):
    """Stands for the slow hasher: counts how often it had to work."""

    algorithm = "counting"
    worked = 0

    def encode(self, password, salt):
        type(self).worked += 1
        return super().encode(password, salt)


def test_the_time_of_the_answer_does_not_tell_who_has_an_account(client, settings):
    """Making the slow hash of a password is nearly all the time that signing up takes."""
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    work = []
    for _known in (False, True):
        CountingHasher.worked = 0
        sign_up(client)
        work.append(CountingHasher.worked)
        client.logout()
        cache.clear()
    assert User.objects.count() == 1
    assert work[0] == work[1] > 0


@pytest.mark.parametrize(
    "changes",
    [{"password1": "short"}, {"password1": "password12345"}, {"email": "nowhere"}, {"name": ""}, {"language": "xx"}],
)
def test_a_wrong_answer_is_named_and_makes_nobody(client, changes):
    assert 'role="alert"' in sign_up(client, **changes).content.decode()
    assert not User.objects.exists()


def test_nobody_signs_up_with_rights(client):
    sign_up(client, is_staff="on", is_superuser="on", is_example="on", role="coordinator")
    person = User.objects.get()
    assert (person.is_staff, person.is_superuser, person.is_example) == (False, False, False)
    assert not person.memberships.exists()
