"""Saved searches: kept once, evaluated as their owner, told once, and never what the owner may not see."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.actions import digests, notices, searches
from accounts.errors import DomainError
from accounts.models import Membership, Notice, SavedSearch
from requests_offers.models import CooperationRequest
from tests import factories as f

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)  # a Wednesday


@pytest.fixture
def people():
    with time_machine.travel(NOW - timedelta(days=9), tick=False):
        return f.everyone_known()


def save(person, query="", *, kind="requests", frequency="at_once", name="Mine"):
    with time_machine.travel(NOW, tick=False):
        return searches.save_search(kind, query, name=name, frequency=frequency, by=person)


def at(hours):
    return time_machine.travel(NOW + timedelta(hours=hours), tick=False)


def alert(hours):
    with at(hours):
        return searches.alert_all()


def filed(state="matching", hours=1, **fields):
    with at(hours):
        return f.request_in(state, **fields)


def told(person):
    rows = Notice.objects.filter(recipient=person, kind="saved_search").order_by("pk")
    return [notice.text for notice in rows]


def test_what_is_new_is_told_once(people):
    f.target(6)
    save(people.stranger, "target=6")
    request = filed()
    filed(needs=[f.need(targets=[f.target(11)])])
    assert alert(2) == 1
    assert alert(3) == 0
    (text,) = told(people.stranger)
    assert request.reference in text
    assert text.count("REQ-") == 1


def test_several_new_ones_make_one_notice_and_one_mail(people, mailoutbox):
    save(people.stranger)
    for _ in range(3):
        filed()
    alert(2)
    notice = Notice.objects.get(recipient=people.stranger)
    notices.send_notice(notice.pk)
    notices.send_notice(notice.pk)
    assert len(mailoutbox) == 1
    assert "3 new records" in mailoutbox[0].subject


def test_what_was_there_before_is_not_new(people):
    with at(-2):
        f.request_in("matching")
    save(people.stranger)
    assert alert(2) == 0


def test_nobody_hears_of_what_they_may_not_see(people):
    for person in (people.stranger, people.donor, people.officer):
        save(person)
    network = filed(visibility="network", office=people.party)
    restricted = filed(visibility="restricted", office=people.party)
    submitted = filed("submitted", office=people.party)
    alert(2)
    seen = {
        name: {row.reference for row in (network, restricted, submitted) if row.reference in "".join(told(person))}
        for name, person in (("stranger", people.stranger), ("donor", people.donor), ("officer", people.officer))
    }
    assert seen == {
        "stranger": set(),
        "donor": {network.reference},
        "officer": {network.reference, restricted.reference, submitted.reference},
    }


def test_a_mandate_that_has_ended_sees_no_more_than_the_public(people):
    save(people.officer)
    Membership.objects.filter(user=people.officer).update(ends_on=date(2026, 11, 18))
    hidden = filed("submitted", hours=40, office=people.party)
    shown = filed("matching", hours=40, office=people.party)
    alert(41)
    text = "".join(told(people.officer))
    assert shown.reference in text
    assert hidden.reference not in text


def test_whoever_has_left_hears_nothing(people):
    save(people.stranger)
    filed()
    type(people.stranger).objects.filter(pk=people.stranger.pk).update(is_active=False)
    assert alert(2) == 0


@pytest.mark.parametrize(
    ("frequency", "hours", "comes"),
    [("at_once", 2, True), ("daily", 2, False), ("daily", 20, True), ("weekly", 20, False), ("weekly", 5 * 24, True)],
)
def test_it_comes_as_often_as_was_asked_for(people, frequency, hours, comes):
    """Mornings at six: the next is eighteen hours away, Monday's four days and eighteen hours."""
    save(people.stranger, frequency=frequency)
    filed()
    assert bool(alert(hours)) is comes


def test_no_mail_means_no_notice_and_later_no_flood(people):
    row = save(people.stranger, frequency="none")
    filed()
    assert alert(48) == 0
    with at(50):
        searches.change_search(row, name="Mine", frequency="at_once", by=people.stranger)
    assert alert(52) == 0
    filed(hours=53)
    assert alert(54) == 1


def test_the_notice_joins_the_mail_of_the_day(people, mailoutbox):
    type(people.stranger).objects.filter(pk=people.stranger.pk).update(notice_frequency="daily")
    save(f.again(people.stranger))
    filed()
    alert(2)
    notices.send_notice(Notice.objects.get(recipient=people.stranger).pk)
    assert mailoutbox == []
    with at(24):
        digests.queue_digests()
        digests.send_digest(people.stranger.digests.get().pk)
    assert len(mailoutbox) == 1


def test_a_fault_in_one_search_costs_nobody_else_their_news(people, caplog):
    broken = save(people.donor)
    SavedSearch.objects.filter(pk=broken.pk).update(query="party=%00&target=x" * 3)
    save(people.stranger)
    filed()
    assert alert(2) == 1
    SavedSearch.objects.filter(pk=broken.pk).update(kind="gone")
    assert alert(3) == 0


def test_offers_can_be_saved_too(people):
    f.target(6)
    save(people.stranger, "target=6", kind="offers")
    with at(1):
        offer = f.offer_in("published", people.organization)
        f.offer_in("in_verification", people.organization)
    assert alert(2) == 1
    assert offer.reference in told(people.stranger)[0]


# The pages ------------------------------------------------------------------------------------------------------------


def test_save_this_search_stands_on_the_lists_for_whoever_is_signed_in(client, people):
    for name in ("request_list", "offer_list"):
        url = reverse(name)
        assert "Save this search" not in client.get(url).content.decode()
    client.force_login(people.stranger)
    for name, kind in (("request_list", "requests"), ("offer_list", "offers")):
        page = client.get(reverse(name), {"target": "6"}).content.decode()
        assert f"{reverse('saved_search_new')}?kind={kind}&amp;q=target%3D6" in page


def test_the_page_keeps_it_once_and_with_what_the_list_knows_only(client, people):
    f.target(6)
    client.force_login(people.stranger)
    sent = {"kind": "requests", "q": "page=3&target=6&colour=red&search=", "name": "Weeds", "frequency": "weekly"}
    for _ in range(2):
        assert client.post(reverse("saved_search_new"), sent).status_code == 302
    row = SavedSearch.objects.get()
    assert (row.query, row.name, row.frequency) == ("target=6", "Weeds", "weekly")
    opened = client.get(reverse("saved_search_open", args=[row.pk]))
    assert opened.url == f"{reverse('request_list')}?target=6"
    page = client.get(reverse("saved_search_list")).content.decode()
    assert "Weeds" in page


def test_the_name_says_what_it_narrows_to(client, people):
    f.target(6)
    client.force_login(people.stranger)
    page = client.get(reverse("saved_search_new"), {"kind": "requests", "q": "target=6"})
    assert "Reduce invasive alien species" in page.context["form"]["name"].value()


@pytest.mark.parametrize(("kind", "query", "status"), [("nothing", "", 404), ("requests", "target=nonsense", 200)])
def test_what_cannot_be_saved_is_said(client, people, kind, query, status):
    client.force_login(people.stranger)
    sent = {"kind": kind, "q": query, "name": "x", "frequency": "daily"}
    answer = client.post(reverse("saved_search_new"), sent)
    assert answer.status_code == status
    if status == 200:
        assert "cannot be saved" in answer.content.decode()
    assert not SavedSearch.objects.exists()


def test_others_do_not_touch_it(client, people):
    row = save(people.stranger)
    client.force_login(people.donor)
    for name in ("saved_search_open", "saved_search_change"):
        assert client.get(reverse(name, args=[row.pk])).status_code == 404
    assert client.post(reverse("saved_search_delete", args=[row.pk])).status_code == 404
    client.force_login(people.stranger)
    assert client.post(reverse("saved_search_delete", args=[row.pk])).status_code == 302
    assert not SavedSearch.objects.exists()


def test_there_is_an_end_to_how_many(people):
    for number in range(searches.MOST):
        SavedSearch.objects.create(user=people.stranger, kind="requests", query=f"search={number}", name="x")
    with pytest.raises(DomainError, match="Delete one"):
        save(people.stranger, "search=more")


def test_the_list_costs_the_same_for_one_and_for_three(client, people, django_assert_num_queries):
    client.force_login(people.stranger)
    for count in (1, 3):
        while people.stranger.saved_searches.count() < count:
            save(people.stranger, f"search={people.stranger.saved_searches.count()}")
        client.get(reverse("saved_search_list"))
        with django_assert_num_queries(5):
            client.get(reverse("saved_search_list"))
    assert not CooperationRequest.objects.exists()
