"""How long things are kept: what the page says is what the nightly job does."""

from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.actions import retention
from accounts.models import (
    Change,
    Digest,
    IdempotencyKey,
    ImportRun,
    Invitation,
    Notice,
    User,
    Webhook,
    WebhookDelivery,
)
from accounts.permissions import Role
from knowledge.models import Project, Submission, SubmitterMail
from tests import factories_accounts as f

pytestmark = pytest.mark.django_db


def a_session(ended):
    return Session.objects.create(session_key=f"{ended:%d%H%M%S%f}", session_data="", expire_date=ended)


def a_key(made):
    return IdempotencyKey.objects.create(user=f.make_user(), key="one", fingerprint="a", created_at=made)


def an_account(begun, *, verified=False, **fields):
    person = f.make_user(date_joined=begun, **fields)
    EmailAddress.objects.create(user=person, email=person.email, verified=verified, primary=True)
    return person


def an_invitation(ended):
    fields = {"email": "someone@example.org", "role": Role.PROVIDER, "organization": f.make_organization()}
    return Invitation.objects.create(**fields, token_hash=ended.isoformat(), expires_at=ended)


def a_notice(read):
    return f.make_notice(f.make_user(), read_at=read)


def a_change(made):
    seq = Change.objects.count() + 1
    return Change.objects.create(seq=seq, at=made, kind="offers", object_id=seq, reference="OFF-000001", version=1)


def a_delivery(queued):
    webhook = Webhook.objects.create(owner=f.make_user(), name="Mirror", url="https://example.org/")
    fields = {"event_id": f"{queued:%d%H%M%S%f}", "event_type": "offers.changed", "payload": {}, "state": "done"}
    return WebhookDelivery.objects.create(webhook=webhook, queued_at=queued, **fields)


def a_digest(sent):
    return Digest.objects.create(recipient=f.make_user(), until=sent, state="done", finished_at=sent)


def an_import(ended):
    fields = {"kind": "offers", "system": "file", "file_name": "offers.csv", "state": "done"}
    return ImportRun.objects.create(user=f.make_user(), finished_at=ended, **fields)


def a_submission(typed):
    return Submission.objects.create(email="maria@example.org", form_key=uuid4(), created_at=typed)


def a_mail(ended):
    about = a_submission(timezone.now())
    made = SubmitterMail(email=about.email, submission=about, expires_at=ended, state="done", subject="S", text="T")
    made.seal()
    made.save()
    return made


def a_submitter(refused):
    said = {"status": "refused", "submitter_email": "maria@example.org", "contact": "Maria"}
    made = Project.objects.create(party=f.make_party(), title="A river", summary="Cleaned.", **said)
    Project.objects.filter(pk=made.pk).update(updated_at=refused)
    return made


MAKERS = (
    *(a_session, a_key, an_account, an_invitation, a_notice, a_change, a_delivery, a_digest, an_import),
    *(a_submission, a_mail, a_submitter),
)


def is_known(row):
    found = type(row).objects.filter(pk=row.pk).first()
    return found is not None and not (isinstance(found, Project) and found.submitter_email == found.contact == "")


@pytest.mark.parametrize(
    ("period", "make"),
    list(zip(retention.PERIODS, MAKERS, strict=True)),
    ids=lambda one: getattr(one, "__name__", "") or str(one.what)[:30],
)
def test_each_thing_is_kept_for_its_days_and_no_longer(period, make):
    now = timezone.now()
    old = make(now - timedelta(days=period.days, minutes=1))
    young = make(now - timedelta(days=period.days, minutes=-5))
    retention.forget(now)
    assert not is_known(old)
    assert is_known(young)


def test_nobody_who_confirmed_signed_in_or_acts_for_an_office_is_forgotten():
    long_ago = timezone.now() - timedelta(days=900)
    kept = [
        an_account(long_ago, verified=True),
        an_account(long_ago, last_login=long_ago),
        an_account(long_ago, is_staff=True),
        an_account(long_ago, is_example=True),
        f.make_user(date_joined=long_ago),
        f.make_member(Role.PROVIDER, user=an_account(long_ago), organization=f.make_organization()),
    ]
    begun = an_account(long_ago)
    retention.forget()
    assert not User.objects.filter(pk=begun.pk).exists()
    assert User.objects.filter(pk__in=[person.pk for person in kept]).count() == len(kept)


def test_what_is_unread_accepted_or_waiting_stays():
    long_ago = timezone.now() - timedelta(days=900)
    unread = a_notice(None)
    accepted = an_invitation(long_ago)
    Invitation.objects.filter(pk=accepted.pk).update(accepted_at=long_ago)
    waiting = Digest.objects.create(recipient=f.make_user(), until=long_ago)
    assert retention.forget() == 0
    assert Notice.objects.filter(pk=unread.pk).exists()
    assert Invitation.objects.filter(pk=accepted.pk).exists()
    assert Digest.objects.filter(pk=waiting.pk).exists()


def test_who_is_asked_each_year_stays_known():
    """A published project needs its submitter, and one that waits for its office, too."""
    long_ago = timezone.now() - timedelta(days=900)
    kept = [a_submitter(long_ago), a_submitter(long_ago), a_submission(timezone.now())]
    now = {"published_at": long_ago, "confirmed_at": long_ago}
    Project.objects.filter(pk=kept[0].pk).update(status="published", **now)
    Project.objects.filter(pk=kept[1].pk).update(status="submitted")
    assert retention.forget() == 0
    assert all(map(is_known, kept))


def test_the_page_shows_every_period(client):
    page = client.get("/privacy/").content.decode()
    for period in retention.PERIODS:
        assert str(period.what) in page
        assert f"{period.days} day" in page
