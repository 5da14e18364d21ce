"""Eight writers at once, two publishers, and a follower that dies again and again: it ends with the public state."""

import random
import threading

import pytest
from django.db import connection, transaction

from accounts import feed
from accounts.actions import publishing
from accounts.errors import DomainError
from accounts.models import Change, ChangeHead, ChangeTouch
from requests_offers.actions import drafts, matches, offers, requests
from requests_offers.models import Component, CooperationRequest, Offer
from tests import factories as f
from tests.api.follower import Follower, public_state
from tests.requests_offers.together import together
from tsc_portal.api.throttles import Window

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
WRITERS, ACTS = 8, 7
KINDS = ["requests", "components", "offers", "matches", "engagements", "organizations", "centres"]


class Writer:
    """Somebody who files, accepts, narrows, publishes, pauses, matches and withdraws, in an order of their own."""

    def __init__(self, number, people, words):
        self.chance, self.people, self.words = random.Random(number), people, words

    def __call__(self):
        acts = (self.file, self.file, self.narrow, self.narrow, self.publish, self.pause, self.agree, self.withdraw)
        for _number in range(ACTS):
            try:
                self.chance.choice(acts)()
            except DomainError:  # somebody else was faster
                continue

    def any_of(self, rows):
        numbers = list(rows.values_list("pk", flat=True))
        return rows.model.objects.get(pk=self.chance.choice(numbers)) if numbers else None

    def file(self):
        made = drafts.start_request(self.people.party, by=self.people.focal_point, data=dict(self.words["request"]))
        requests.submit(made, by=self.people.focal_point)
        requests.accept(made, by=self.people.officer)

    def narrow(self):
        if found := self.any_of(CooperationRequest.objects.exclude(status="draft")):
            with transaction.atomic():
                sight = self.chance.choice(["public", "network", "restricted"])
                CooperationRequest.objects.filter(pk=found.pk).update(visibility=sight)
                feed.touch("requests_offers.cooperationrequest", found.pk)

    def publish(self):
        made = drafts.start_offer(self.people.organization, by=self.people.provider, data=dict(self.words["offer"]))
        offers.submit(made, by=self.people.provider)
        offers.publish(Offer.objects.get(pk=made.pk), by=self.people.officer)

    def pause(self):
        if found := self.any_of(Offer.objects.filter(status__in=["published", "paused"])):
            step = offers.pause if found.status == "published" else offers.resume
            step(found, by=self.people.provider)

    def agree(self):
        need, offer = self.any_of(Component.objects.scored()), self.any_of(Offer.objects.published())
        if need and offer:
            made = matches.propose(need, offer, by=self.people.officer)
            matches.offer_to_both(made, by=self.people.officer)
            matches.accept(made, by=self.people.focal_point, side="party", publish=True)
            matches.accept(made, by=self.people.provider, side="provider", publish=True)

    def withdraw(self):
        if found := self.any_of(CooperationRequest.objects.filter(status="matching")):
            requests.withdraw(found, by=self.people.focal_point, reason_code="solved")


def while_writing(done, act):
    """Do `act` again and again until the writers are done."""

    def run():
        while not done.wait(0.05):
            act()

    return run


def test_a_follower_that_crashes_ends_with_the_public_state_though_eight_write_at_once(monkeypatch, client):
    monkeypatch.setattr(Window, "rate", lambda self: (10**9, 60))
    people = f.everyone_known()
    f.centre_serving(people.party)
    needed = {"targets": [f.target()], "subjects": [f.subject()], "cooperation_types": [f.cooperation_type()]}
    request = {"title": "Invasive plants", "summary": "They close the landing places.", "visibility": "public"}
    offer = {"title": "Weevils", "text": "We rear them.", "languages": ["en"], "worldwide": True, "capacity": 50}
    words = {
        "request": request | {"priority_reason": "Our strategy is being revised.", "components": [f.need()]},
        "offer": offer | needed,
    }
    publishing.look_at_everything()
    follower = Follower(lambda path, query=None: client.get(f"/api/v1/{path}", query), seed=11, crashes_in=9)
    done, left = threading.Event(), threading.Semaphore(0)

    def writing(writer):
        def run():
            try:
                writer()
            finally:
                left.release()

        return run

    def end():
        for _number in range(WRITERS):
            left.acquire(timeout=60)
        done.set()

    writers = [writing(Writer(number, people, words)) for number in range(WRITERS)]
    beside = [while_writing(done, publishing.publish)] * 2 + [while_writing(done, follower.follow)]
    answers = together(end, *writers, *beside)
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    publishing.publish()
    follower.follow()

    assert not ChangeTouch.objects.exists()
    seqs = list(Change.objects.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, ChangeHead.objects.get().seq + 1))
    assert follower.crashes > 5
    known = {key: record for key, record in follower.kept["records"].items() if key[0] in KINDS}
    state = public_state(follower.get, KINDS)
    assert len([key for key in state if key[0] == "requests"]) >= 3
    assert known == state
    assert connection.vendor == "postgresql"
