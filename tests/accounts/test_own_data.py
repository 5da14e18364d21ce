"""A person's own data: all of it in one file, and an account that is erased without harm to records."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import FieldError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import own_data, service_accounts, tokens, webhooks
from accounts.actions.calendar_address import open_calendar
from accounts.errors import IllegalStep
from accounts.models import AuditEvent, CalendarAddress, Membership, User, Webhook
from accounts.permissions import Permission, Role, reach
from knowledge.actions import sources
from knowledge.models import Project, Source, Submission
from tests import factories as f

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-enough-Password-1"


@pytest.fixture
def person():
    organization = f.organization(slug="a-mirror")
    made = f.provider_of(organization)
    made.set_password(PASSWORD)
    made.save()
    Membership.objects.filter(user=made).update(starts_on=timezone.now().date() - timedelta(days=30))
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    webhooks.make_webhook(made, by=made, name="Mirror", url="https://example.org/h")
    tokens.make_token(made, name="Mirror", scopes=["read"], by=made)
    open_calendar(by=made)
    Submission.objects.create(email=made.email, name="Me", form_key=uuid4())
    said = {"title": "A river", "summary": "Cleaned.", "submitter_email": made.email, "submitter_name": "Me"}
    Project.objects.create(party=f.party(), **said)
    return made


def test_the_file_holds_every_kind_and_no_secret(person, client):
    client.force_login(person)
    address = person.calendar_address
    answer = client.get(reverse("own_data_file"))
    said = json.loads(answer.content)
    assert set(said) == {"account", *(kind.name for kind in own_data.KEPT)}
    assert (said["account"]["email"], said["projects"][0]["title"]) == (person.email, "A river")
    assert len(said["webhooks"]) == len(said["tokens"]) == len(said["project_drafts"]) == 1
    text = answer.content.decode()
    for secret in (address.secret, address.digest, person.webhooks.get().salt, person.password):
        assert secret not in text
    other = Client()
    other.force_login(f.provider_of(f.organization(slug="another")))
    assert person.email not in other.get(reverse("own_data_file")).content.decode()


def test_an_erased_account_leaves_records_and_takes_the_person_along(person, client):
    said = {"name": "N", "owner": "O", "url": "https://example.org/", "description": "D", "kind": "database"}
    source = sources.suggest(by=person, data=said)
    email, client_elsewhere = person.email, Client()
    client_elsewhere.force_login(person)
    client.force_login(person)
    address = reverse("account_erase")
    for wrong in ({"password": PASSWORD, "email": "else@example.org"}, {"password": "no", "email": email}, {}):
        assert client.post(address, wrong).status_code == 200
        assert User.objects.get(pk=person.pk).is_active
    answer = client.post(address, {"password": PASSWORD, "email": email})
    assert answer.status_code == 302
    assert client_elsewhere.get(reverse("account_home")).status_code == 302
    gone = User.objects.get(pk=person.pk)
    assert (gone.is_active, gone.name, gone.has_usable_password()) == (False, own_data.ERASED, False)
    assert not reach(gone, Permission.ORGANIZATION_EDIT)
    assert gone.memberships.get().ends_on < timezone.now().date()
    for model in (Webhook, CalendarAddress, Submission, EmailAddress):
        assert not model.objects.exists(), model
    assert Project.objects.get().submitter_email == ""
    assert Source.objects.get(pk=source.pk).suggested_by == gone
    assert AuditEvent.objects.filter(action="account_erased", actor=gone).exists()
    for model in (User, Project, AuditEvent):
        assert email not in str(list(model.objects.values())), model


def test_who_runs_the_portal_and_systems_are_not_erased_so(person):
    account = service_accounts.make_service_account(person.memberships.get().organization, name="M", by=person)
    staff = f.member(Role.COORDINATOR)
    User.objects.filter(pk=staff.pk).update(is_staff=True)
    for one in (account, staff):
        with pytest.raises(IllegalStep):
            own_data.erase_account(one)


def test_every_field_of_the_file_is_there(person):
    for kind in own_data.KEPT:
        try:
            list(kind.rows(person).values(*kind.fields))
        except FieldError as error:
            pytest.fail(f"{kind.name}: {error}")
