"""Links in mails that act: one person, one record, one use, until a moment, for as long as the role is held."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.utils import timezone

from accounts.actions import digests, mail_links, notices
from accounts.errors import IllegalStep
from accounts.models import Digest, MailLink, Membership
from accounts.models.user import NoticeFrequency
from accounts.permissions import Permission
from tests import factories as f
from tests import worlds
from tests.factories_accounts import make_notice

pytestmark = pytest.mark.django_db
PURPOSE = "invitation"  # any address that takes one argument


built, people = worlds.shared(f.everyone_known)


@pytest.fixture
def record(people):
    return f.request_in("submitted", people.party)


def issued(record, person, *, days=15, permission=Permission.REQUEST_SUBMIT):
    notice = make_notice(person)
    until = timezone.now() + timedelta(days=days)
    return mail_links.issue(
        notice, purpose=PURPOSE, subject=record.reference, permission=permission, obj=record, expires_at=until
    )


def test_a_link_acts_once_as_its_person(record, people):
    link = issued(record, people.focal_point)
    found = mail_links.find(PURPOSE, link.token)
    assert mail_links.why_dead(found) == ""
    assert mail_links.redeem(found) == people.focal_point
    with pytest.raises(IllegalStep, match="used already"):
        mail_links.redeem(found)


def test_only_a_digest_of_the_token_is_kept(record, people):
    link = issued(record, people.focal_point)
    kept = MailLink.objects.filter(pk=link.pk).values_list().get()
    assert link.token not in map(str, kept)
    assert link.digest in kept
    assert mail_links.find(PURPOSE, link.digest) is None
    assert mail_links.find("another_purpose", link.token) is None


def test_nobody_without_the_right_gets_a_link(record, people):
    assert issued(record, people.provider) is None
    assert issued(record, people.drafter) is None
    assert issued(record, f.focal_point_of(f.party("TD"))) is None


def test_a_link_ends_with_its_time(record, people):
    link = issued(record, people.focal_point, days=3)
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)), pytest.raises(IllegalStep, match="time"):
        mail_links.redeem(link)
    with time_machine.travel(timezone.now() + timedelta(days=2, hours=23)):
        mail_links.redeem(link)


@pytest.mark.parametrize("loss", ["role ends", "another office", "account"])
def test_a_link_ends_with_the_role_it_was_sent_for(record, people, loss):
    link = issued(record, people.focal_point)
    held = Membership.objects.filter(pk=link.membership_id)
    if loss == "role ends":
        today = timezone.now().date()
        held.update(starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=2))
        f.member("deputy", who=people.focal_point, party=people.party, office_kind="CBD")  # a new role revives nothing
    elif loss == "another office":
        held.update(user=people.stranger)
    else:
        people.focal_point.is_active = False
        people.focal_point.save()
    with pytest.raises(IllegalStep, match="no longer hold"):
        mail_links.redeem(link)


def test_when_the_record_moves_on_its_links_end(record, people):
    link, other = issued(record, people.focal_point), issued(f.request_in("submitted"), people.focal_point)
    used = issued(record, people.deputy)
    mail_links.redeem(used)
    assert mail_links.retire(PURPOSE, record.reference) == 1
    with pytest.raises(IllegalStep, match="moved on"):
        mail_links.redeem(link)
    mail_links.redeem(other)


def test_an_act_that_is_refused_leaves_the_link_as_it_was(record, people):
    link = issued(record, people.focal_point)

    @transaction.atomic
    def act():
        mail_links.redeem(link)
        raise IllegalStep("refused")

    with pytest.raises(IllegalStep, match="refused"):
        act()
    assert mail_links.why_dead(mail_links.find(PURPOSE, link.token)) == ""


def test_the_mail_holds_the_link_and_the_notice_in_the_portal_does_not(record, people):
    link = issued(record, people.focal_point)
    mail.outbox.clear()
    notices.send_notice(link.notice.pk)
    (sent,) = mail.outbox
    assert link.path in sent.body
    assert link.path in sent.alternatives[0].content
    assert link.token not in f"{link.notice.text} {link.notice.path} {link.notice.subject}"
    assert link.token not in "".join(f"{name}{value}" for name, value in sent.message().items())


def test_a_mail_of_several_notices_holds_the_links_that_still_work(record, people):
    person = people.focal_point
    person.notice_frequency = NoticeFrequency.DAILY
    person.save()
    links = [issued(record, person) for _ in range(3)]
    mail_links.redeem(links[0])
    for link in links:
        notices.send_notice(link.notice.pk)
    assert mail.outbox == []
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        digests.queue_digests()
        digests.send_digest(Digest.objects.get().pk)
    (sent,) = mail.outbox
    assert [link.token in sent.body for link in links] == [False, True, True]
