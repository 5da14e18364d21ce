"""A person's own account page, and the doors to it."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.models import AuditEvent, Membership, Notice
from accounts.permissions import Role
from tests.factories_accounts import make_member, make_party, make_user

pytestmark = pytest.mark.django_db

PAGES = ["account_home", "notice_list", "token_list", "claim_list", "claim_new", "membership_list"]
FIELDS = {"name": "Salote", "language": "fr", "time_zone": "Pacific/Fiji", "notice_frequency": "daily"}


@pytest.mark.parametrize("page", [*PAGES, "membership_new"])
def test_whoever_is_not_signed_in_is_led_to_the_door(client, page):
    answer = client.get(reverse(page))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_has_one_heading_in_every_language(client, page, language):
    client.force_login(make_member(Role.FOCAL_POINT, party=make_party()))
    with translation.override(language):
        answer = client.get(reverse(page))
    assert answer.status_code == 200
    assert answer.content.decode().count("<h1") == 1


def test_saving_the_account_goes_on_in_the_chosen_language(client):
    person = make_user()
    client.force_login(person)
    answer = client.post(reverse("account_home"), FIELDS)
    assert answer.url == "/fr/accounts/"
    person.refresh_from_db()
    assert [getattr(person, name) for name in FIELDS] == list(FIELDS.values())


@pytest.mark.parametrize(
    ("field", "value"), [("time_zone", "Mars/Olympus"), ("language", "xx"), ("notice_frequency", "often"), ("name", "")]
)
def test_a_wrong_value_is_named_and_nothing_typed_is_lost(client, field, value):
    person = make_user("Before")
    client.force_login(person)
    page = client.post(reverse("account_home"), FIELDS | {field: value}).content.decode()
    assert 'role="alert"' in page
    assert field == "name" or 'value="Salote"' in page
    person.refresh_from_db()
    assert person.name == "Before"


def test_the_form_gives_nobody_rights(client):
    person = make_user()
    client.force_login(person)
    client.post(reverse("account_home"), FIELDS | {"is_staff": "on", "is_superuser": "on", "email": "a@example.org"})
    person.refresh_from_db()
    assert (person.is_staff, person.is_superuser, person.name) == (False, False, "Salote")
    assert person.email != "a@example.org"


def test_the_page_shows_past_and_present_roles_with_their_days(client):
    person = make_member(Role.DRAFTER, party=make_party("Fiji"))
    Membership.objects.create(
        user=person,
        role=Role.DRAFTER,
        party=make_party("Tuvalu"),
        starts_on=date(2020, 1, 1),
        ends_on=date(2021, 12, 31),
    )
    client.force_login(person)
    page = client.get(reverse("account_home")).content.decode()
    assert "Tuvalu" in page
    assert 'datetime="2021-12-31"' in page
    assert "Ended" in page


def test_who_acts_for_nobody_is_led_to_a_claim(client):
    person = make_user()
    client.force_login(person)
    assert reverse("claim_new") in client.get(reverse("account_home")).content.decode()


def test_a_new_notice_is_counted_for_the_masthead(client):
    person = make_user()
    assert person.unread_notice_count == 0


def test_the_administration_site_is_for_staff_and_changes_no_rights(client):
    client.force_login(make_member(Role.ADMINISTRATOR))
    assert client.get("/admin/accounts/user/").status_code == 302
    client.force_login(make_user(is_staff=True, is_superuser=True))
    for model in ("user", "membership", "claim", "apitoken", "auditevent", "notice", "digest"):
        assert client.get(f"/admin/accounts/{model}/").status_code == 200
    assert client.get("/admin/accounts/membership/add/").status_code == 403


@pytest.mark.parametrize(
    "page", ["account/emailaddress", "mfa/authenticator", "usersessions/usersession", "auth/group"]
)
def test_nobody_becomes_somebody_else_through_a_librarys_administration_page(client, page):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    assert client.get(f"/admin/{page}/").status_code == 404
    assert client.get(f"/admin/{page}/add/").status_code == 404


def test_the_administration_site_does_not_show_what_a_notice_says(client):
    person = make_user()
    event = AuditEvent.objects.create(actor=person, action="x", object_type="accounts.user", object_id=person.pk)
    notice = Notice.objects.create(recipient=person, event=event, kind="x", subject="Canary 47", text="Canary 11")
    client.force_login(make_user(is_staff=True, is_superuser=True))
    page = client.get(f"/admin/accounts/notice/{notice.pk}/change/")
    assert page.status_code == 200
    assert "Canary" not in page.content.decode()
