"""The feed of changes: numbered after commit, told to whoever may see, and the end of a sight told to whoever saw."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from accounts import feed
from accounts.actions import following, publishing, retention
from accounts.models import Change, ChangeHead, ChangeTouch
from centres.models import Organization
from requests_offers.actions import drafts, offers, requests
from requests_offers.models import CooperationRequest, Offer
from tests import factories
from tests.api.follower import Follower, public_state
from tsc_portal.followed import FOLLOWED, WATCHED

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def calm(settings):
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {
        "DEFAULT_THROTTLE_RATES": {"token": "9999/s", "address": "9999/s"}
    }


def told(caller, query=None):
    """What the feed tells a caller: kind, reference, and how."""
    page = caller.get("changes/", query).json()
    return [(row["type"], row["reference"], row["change"]) for row in page["results"]]


def about(lines, kind):
    return [(reference, change) for name, reference, change in lines if name == kind]


def narrow(request):
    CooperationRequest.objects.filter(pk=request.pk).update(visibility="restricted")
    feed.touch("requests_offers.cooperationrequest", request.pk)


def test_a_request_is_told_to_whoever_may_see_it_and_its_end_to_whoever_saw_it(anonymous, as_token):
    draft = factories.draft_request(visibility="public")
    office, stranger = (
        as_token(factories.focal_point_of(draft.party)),
        as_token(factories.provider_of(factories.organization())),
    )
    other_office = as_token(factories.focal_point_of(factories.party("XB")))
    officer = as_token(factories.officer_of(factories.centre_serving(draft.party)))
    publishing.publish()
    mine = [(draft.reference, "changed")]
    assert about(told(office), "requests") == mine
    assert [about(told(one), "requests") for one in (anonymous, stranger, other_office, officer)] == [[]] * 4

    request = factories.request_in("matching", draft=draft)
    publishing.publish()
    assert about(told(anonymous), "requests") == mine
    assert about(told(officer), "components") == [(f"{draft.reference}-1", "changed")]
    [row] = [row for row in anonymous.get("changes/").json()["results"] if row["type"] == "requests"]
    assert "contact" not in row["fields"]
    assert {"title", "status"} <= set(row["fields"])
    assert anonymous.client.get(row["url"]).status_code == 200

    cursor = anonymous.get("changes/", {"since": "now"}).json()["cursor"]
    assert told(anonymous, {"since": cursor}) == []
    narrow(request)
    publishing.publish()
    gone = [(draft.reference, "gone")]
    for caller in (anonymous, stranger, other_office):
        assert about(told(caller, {"since": cursor}), "requests") == gone
        assert about(told(caller, {"since": cursor}), "components") == [(f"{draft.reference}-1", "gone")]
    assert about(told(office, {"since": cursor}), "requests") == mine
    # Whoever begins only now hears of an end, and of nothing else that they may not see.
    assert set(about(told(anonymous), "requests")) == {(draft.reference, "gone")}

    after = anonymous.get("changes/", {"since": "now"}).json()["cursor"]
    requests.withdraw(request, by=factories.focal_point_of(request.party), reason_code="solved")
    publishing.publish()
    assert (told(anonymous, {"since": after}), about(told(office, {"since": after}), "requests")) == ([], mine)


def test_a_deleted_draft_and_a_withdrawn_offer_are_gone(anonymous, as_token):
    offer = factories.offer_in("published")
    draft = factories.draft_offer(offer.organization)
    provider = as_token(factories.provider_of(offer.organization))
    publishing.publish()
    references = offer.reference, draft.reference
    drafts.delete_offer(draft, by=factories.provider_of(offer.organization))
    offers.withdraw(offer, by=factories.provider_of(offer.organization))
    cursor = following.newest()
    publishing.publish()
    assert about(told(anonymous, {"since": cursor}), "offers") == [(references[0], "gone")]
    assert sorted(about(told(provider, {"since": cursor}), "offers")) == [
        (references[0], "changed"),
        (references[1], "gone"),
    ]


def test_what_the_public_cannot_read_is_no_change_for_it(anonymous, as_token):
    request = factories.request_in("matching", visibility="public")
    office = as_token(factories.focal_point_of(request.party))
    publishing.publish()
    cursor = following.newest()
    CooperationRequest.objects.filter(pk=request.pk).update(contact={"name": "A. B."}, external_id="A-1")
    feed.touch("requests_offers.cooperationrequest", request.pk)
    publishing.publish()
    assert told(anonymous, {"since": cursor}) == []
    assert about(told(office, {"since": cursor}), "requests") == [(request.reference, "changed")]
    assert "external_id" in office.get("changes/", {"since": cursor}).json()["results"][0]["fields"]


def test_what_people_see_and_what_their_seats_see_agree():
    """Tombstones go by seats; each must see exactly what the person in it sees."""
    factories.request_in("submitted", visibility="public")
    factories.request_in("matching", factories.party("XB"), visibility="network")
    engagement = factories.match_in("agreed")
    factories.offer_in("paused")
    factories.draft_offer(engagement.offer.organization)
    request = engagement.component.request
    people = [
        factories.focal_point_of(request.party), factories.officer_of(request.centre), factories.coordinator(),
        factories.provider_of(engagement.offer.organization), factories.donor_of(factories.organization(slug="a-fund")),
        factories.focal_point_of(factories.party("XB")), factories.advisor(),
    ]  # fmt: skip
    publishing.publish()
    last = {}
    for change in Change.objects.order_by("seq"):
        last[change.kind, change.object_id] = set(change.seats)
    assert {"requests", "components", "offers", "matches", "engagements"} <= {kind for kind, _number in last}
    for person in people:
        for name, kind in feed.kinds().items():
            ids = [number for known, number in last if known == name]
            sees = kind.visible(ids, person)
            sits = {number for number in ids if last[name, number] & feed.seats_of(person)}
            assert sees == sits, (person.email, name)


def test_numbers_have_no_gaps_and_two_publishers_say_nothing_twice():
    factories.match_in("agreed")
    ChangeHead.objects.get_or_create(pk=1)
    touches = ChangeTouch.objects.count()
    assert touches > 3
    ChangeHead.objects.filter(pk=1).update(turn=5)
    publishing.publish()
    seqs = list(Change.objects.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))
    assert (ChangeHead.objects.get().seq, ChangeTouch.objects.count()) == (len(seqs), 0)
    publishing.look_at_everything()
    seen = publishing._look(ChangeTouch.objects.all())
    publishing.publish()
    news = Change.objects.filter(seq__gt=len(seqs))
    assert {change.kind for change in news} <= {"centres", "organizations"}  # made without an act by the factories
    assert publishing._write(seen, following.newest(), timezone.now()) == 0


def test_who_is_overtaken_leaves_its_work_to_the_faster_one(monkeypatch):
    factories.offer_in("published")

    def meanwhile(touches):
        ChangeHead.objects.update(turn=99)
        return []

    monkeypatch.setattr(publishing, "_look", meanwhile)
    with pytest.raises(publishing.Overtaken):
        publishing.publish_batch()
    assert (Change.objects.count(), ChangeTouch.objects.exists()) == (0, True)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"since": "-1"}, 400), ({"since": "9" * 30}, 400), ({"since": "x"}, 400), ({"since": "999"}, 400),
        ({"types": "secrets"}, 400), ({"types": ""}, 400), ({"page_size": "0"}, 400), ({"unknown": "1"}, 400),
        ({"types": "offers,requests", "page_size": "1000", "lang": "fr"}, 200), ({"since": "now"}, 200),
    ],
)  # fmt: skip
def test_odd_calls_are_answered_with_a_sentence(anonymous, query, status):
    assert anonymous.get("changes/", query).status_code == status


def test_a_year_later_a_cursor_is_answered_with_410(anonymous):
    factories.offer_in("published")
    publishing.publish()
    Change.objects.update(at=timezone.now() - timedelta(days=366))
    assert retention.forget() > 0
    assert anonymous.get("changes/", {"since": 0}).status_code == 410
    assert anonymous.get("changes/", {"since": following.newest()}).json()["results"] == []
    assert anonymous.get("changes/").json()["cursor"] == following.newest()


def test_a_page_costs_the_same_for_one_change_and_for_many(anonymous, django_assert_num_queries):
    factories.offer_in("published")
    publishing.publish()
    with django_assert_num_queries(4) as few:
        anonymous.get("changes/", {"types": "offers"})
    for _count in range(3):
        factories.offer_in("published", factories.organization())
    publishing.publish()
    with django_assert_num_queries(len(few)):
        assert len(anonymous.get("changes/", {"types": "offers"}).json()["results"]) == 4


def test_the_hook_wakes_the_publisher_once_for_a_transaction(django_capture_on_commit_callbacks, monkeypatch):
    sent = []
    monkeypatch.setattr(feed.current_app, "send_task", lambda name, **more: sent.append(name))
    offer = factories.draft_offer()
    transaction.get_connection().run_on_commit.clear()
    with django_capture_on_commit_callbacks(execute=True):
        feed.touch("requests_offers.offer", offer.pk)
        feed.touch("requests_offers.offer", offer.pk)
        feed.touch("accounts.user", 1)
    assert sent == [feed.PUBLISH]
    publishing.wake_if_waiting()
    publishing.publish()
    publishing.wake_if_waiting()
    assert sent == [feed.PUBLISH] * 2


def test_every_kind_that_can_be_followed_is_served_and_watched():
    contract = "centres organizations requests components offers matches engagements workplans pledges opportunities"
    assert set(FOLLOWED) == {*contract.split(), "knowledge-sources", "practices", "projects"}
    assert set(contract.split()[:9]) <= set(feed.kinds())
    labels = {model._meta.label_lower for model in apps.get_models()}
    assert set(WATCHED) <= labels


def test_a_follower_that_crashes_at_random_ends_with_the_public_state(anonymous):
    follower = Follower(anonymous.get, seed=7, crashes_in=4)
    kinds = ["requests", "components", "offers", "matches", "engagements", "organizations", "workplans"]
    agreed = factories.match_in("agreed")
    publishing.look_at_everything()
    publishing.publish()
    follower.follow()
    other = factories.request_in("matching", factories.party("XB"), visibility="public")
    factories.request_in("submitted", factories.party("XC"), visibility="public")
    publishing.publish()
    follower.follow()
    narrow(other)
    offers.pause(Offer.objects.get(pk=agreed.offer_id), by=factories.provider_of(agreed.offer.organization))
    Organization.objects.filter(pk=agreed.offer.organization_id).update(about="We have moved.")
    feed.touch("centres.organization", agreed.offer.organization_id)
    publishing.look_at_everything()  # factories make organizations without an act
    publishing.publish()
    follower.follow()
    cache.clear()
    known = {key: record for key, record in follower.kept["records"].items() if key[0] in kinds}
    assert known == public_state(anonymous.get, kinds)
    assert follower.crashes > 3
    assert ("requests", other.reference) not in known
