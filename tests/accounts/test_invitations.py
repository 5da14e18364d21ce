"""Invitations by mail: one use, one address, fourteen days; the link shows on GET and acts on POST."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.actions import invitations
from accounts.errors import IllegalStep, NotAllowed
from accounts.models import AuditEvent, Invitation, Job, Membership
from accounts.permissions import Permission, Role, can
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db


built, people = worlds.shared(f.everyone_known)


def invited(people, email="new@example.org", **fields):
    scope = {"role": Role.DRAFTER, "party": people.party, "office_kind": "TSC"}
    return invitations.invite(email, by=people.focal_point, **scope | fields)


def link(invitation):
    return reverse("invitation", args=[invitation.token])


def test_whoever_is_invited_signs_in_and_takes_the_role(client, people):
    invitation = invited(people, "New@Example.org ")
    person = f.user(email="new@example.org")
    client.force_login(person)
    assert "Accept the role" in client.get(link(invitation)).content.decode()
    assert not person.memberships.exists()
    client.post(link(invitation))
    membership = person.memberships.get()
    assert (membership.role, membership.party, membership.granted_by) == ("drafter", people.party, people.focal_point)
    assert can(f.again(person), Permission.REQUEST_DRAFT)
    assert people.focal_point.notices.get(kind="invitation_accepted").subject.startswith(str(person))


def test_an_invitation_works_only_once(client, people):
    invitation = invited(people)
    person = f.user(email="new@example.org")
    invitations.accept(invitation, by=person)
    Membership.objects.filter(user=person).delete()
    client.force_login(person)
    assert "works only once" in client.post(link(invitation), follow=True).content.decode()
    assert not person.memberships.exists()


@pytest.mark.parametrize("loss", ["role", "account"])
def test_whoever_lost_the_right_leaves_no_link_behind_that_gives_it(client, people, loss):
    invitation = invited(people)
    person = f.user(email="new@example.org")
    if loss == "role":
        Membership.objects.filter(user=people.focal_point).delete()
    else:
        people.focal_point.is_active = False
        people.focal_point.save()
    client.force_login(person)
    assert "no longer gives this role" in client.post(link(invitation), follow=True).content.decode()
    assert not person.memberships.exists()


def test_an_invitation_is_for_its_address_alone(client, people):
    invitation = invited(people)
    client.force_login(people.stranger)
    assert "for another address" in client.post(link(invitation), follow=True).content.decode()
    assert not people.stranger.memberships.exists()
    with pytest.raises(NotAllowed):
        invitations.accept(invitation, by=people.stranger)


def test_whoever_has_not_signed_in_is_led_to_the_sign_in_page(client, people):
    invitation = invited(people)
    page = client.get(link(invitation)).content.decode()
    assert reverse("account_signup") in page
    answer = client.post(link(invitation))
    assert answer.url.startswith(reverse("account_login"))
    assert link(invitation) in answer.url


def test_an_invitation_ends_after_fourteen_days(people):
    invitation = invited(people)
    person = f.user(email="new@example.org")
    with (
        time_machine.travel(timezone.now() + timedelta(days=14, minutes=1)),
        pytest.raises(IllegalStep, match="14 days"),
    ):
        invitations.accept(invitation, by=person)
    with time_machine.travel(timezone.now() + timedelta(days=13, hours=23)):
        invitations.accept(invitation, by=person)
    assert person.memberships.exists()


def test_a_link_that_was_taken_back_opens_nothing(client, people):
    invitation = invited(people)
    client.force_login(people.deputy)
    client.post(reverse("invitation_withdraw", args=[invitation.pk]))
    with pytest.raises(IllegalStep, match="taken back"):
        invitations.accept(invitation, by=f.user(email="new@example.org"))


def test_a_newer_invitation_ends_the_older_one(people):
    older, newer = invited(people), invited(people)
    assert list(Invitation.objects.pending()) == [newer]
    with pytest.raises(IllegalStep):
        invitations.accept(older, by=f.user(email="new@example.org"))


@pytest.mark.parametrize("token", ["x", "0" * 64, "a" * 200])
def test_a_guessed_link_is_not_there(client, people, token):
    invited(people)
    assert client.get(reverse("invitation", args=[token])).status_code == 404


def test_the_database_holds_no_token(people):
    invitation = invited(people)
    row = Invitation.objects.filter(pk=invitation.pk).values().get()
    assert invitation.token not in {str(value) for value in row.values()}
    assert not AuditEvent.objects.filter(details__icontains="new@example.org").exists()


# Who may invite -------------------------------------------------------------------------------------------------------


def test_nobody_invites_beyond_their_reach(people):
    other = f.party("TD")
    refused = [
        (people.focal_point, {"role": Role.HEAD, "centre": people.centre}),
        (people.focal_point, {"role": Role.DRAFTER, "party": other, "office_kind": "TSC"}),
        (people.drafter, {"role": Role.DRAFTER, "party": people.party, "office_kind": "TSC"}),
        (people.officer, {"role": Role.OFFICER, "centre": people.centre}),
        (people.head, {"role": Role.OFFICER, "centre": f.centre()}),
        (people.provider, {"role": Role.PROVIDER, "organization": people.organization}),
    ]
    for by, scope in refused:
        with pytest.raises(NotAllowed):
            invitations.invite("new@example.org", by=by, **scope)
    assert not Invitation.objects.exists()
    invitations.invite("new@example.org", by=people.head, role=Role.OFFICER, centre=people.centre)
    invitations.invite("new@example.org", by=people.coordinator, role=Role.ADVISOR)
    assert Invitation.objects.count() == 2


def test_whoever_holds_the_role_is_not_invited(people):
    with pytest.raises(IllegalStep, match="already"):
        invited(people, people.drafter.email)


def test_several_are_invited_at_once_and_faults_are_named(client, people):
    client.force_login(people.focal_point)
    fields = {"role": "drafter", "party": people.party.pk, "office_kind": "TSC", "language": "ar"}
    wrong = client.post(reverse("invitation_new"), fields | {"emails": "good@example.org\nbad\nworse@"})
    assert "bad, worse@" in wrong.content.decode()
    assert not Invitation.objects.exists()
    addresses = f"one@example.org, TWO@example.org\none@example.org; {people.drafter.email}"
    page = client.post(reverse("invitation_new"), fields | {"emails": addresses}, follow=True).content.decode()
    assert set(Invitation.objects.values_list("email", "language")) == {
        ("one@example.org", "ar"),
        ("two@example.org", "ar"),
    }
    assert "holds this role already" in page
    assert "two@example.org" in page


def test_who_manages_nothing_does_not_reach_the_form(client, people):
    client.force_login(people.drafter)
    assert client.get(reverse("invitation_new")).status_code == 403


def test_others_do_not_touch_an_invitation(client, people):
    invitation = invited(people)
    client.force_login(people.head)
    for name in ("invitation_withdraw", "invitation_bounced"):
        assert client.post(reverse(name, args=[invitation.pk])).status_code == 404
    assert Invitation.objects.pending().filter(bounced_at__isnull=True).exists()


# Mail -----------------------------------------------------------------------------------------------------------------


def test_the_mail_says_who_invites_to_what_and_leads_to_the_link(people):
    invitation = invited(people, note="Welcome to our office.")
    invitations.send_invitation(invitation.pk)
    [message] = mail.outbox
    assert message.to == ["new@example.org"]
    for part in (message.body, message.alternatives[0].content):
        assert link(invitation) in part
        assert "Welcome to our office." in part
        assert "Fiji" in part
    invitation.refresh_from_db()
    assert invitation.mailed_at is not None
    assert invitation.state == Job.State.DONE


def test_the_mail_comes_in_the_language_that_was_chosen(people):
    invitation = invited(people, language="ar")
    invitations.send_invitation(invitation.pk)
    assert f"/ar{link(invitation)}" in mail.outbox[0].body


def test_an_invitation_that_was_taken_back_is_not_sent(people):
    invitation = invited(people)
    invitations.withdraw(invitation, by=people.deputy)
    invitations.send_invitation(invitation.pk)
    assert mail.outbox == []


class RefusingBackend:
    """A mail server that knows none of the addresses."""

    def __init__(self, **options):
        pass

    def send_messages(self, messages):
        raise SMTPRecipientsRefused({messages[0].to[0]: (550, b"No such user here")})


def test_an_address_that_the_mail_server_refuses_is_shown_as_bounced(client, people, settings):
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    invitation = invited(people)
    invitations.send_invitation(invitation.pk)
    invitation.refresh_from_db()
    assert (invitation.bounce_note, invitation.mailed_at) == ("550 No such user here", None)
    client.force_login(people.focal_point)
    assert "550 No such user here" in client.get(reverse("office")).content.decode()


def test_whoever_gets_a_mail_back_notes_it(client, people):
    invitation = invited(people)
    client.force_login(people.deputy)
    client.post(reverse("invitation_bounced", args=[invitation.pk]), {"note": "Mailbox full"})
    invitation.refresh_from_db()
    assert invitation.bounce_note == "Mailbox full"
    assert AuditEvent.objects.filter(action="invitation_bounced", actor=people.deputy).count() == 1
