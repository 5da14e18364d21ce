"""The front door: figures that give nobody away, and doors that are open."""

import pytest

from requests_offers.models import Match
from tests import factories as f

pytestmark = pytest.mark.django_db

BEGIN, OFFER, CLAIM = 'href="/requests/new/"', 'href="/offers/new/"', "Say which office or organization you act for"


def figures(client):
    return {label.split(",")[0]: value for value, label in client.get("/").context["figures"]}


def test_fewer_than_five_are_not_counted_out(client):
    f.match_in("agreed")
    assert Match.objects.filter(status="agreed").count() == 1
    assert set(figures(client).values()) == {"fewer than 5"}


def test_five_and_more_are_told(client):
    for _number in range(5):
        f.match_in("agreed")
        f.request_in("matching")
    found = figures(client)
    assert found["matches that both sides agreed to"] == 5
    assert found["requests looking for partners"] == 5
    assert found["requests that nobody could meet yet"] == "fewer than 5"


@pytest.mark.parametrize(
    ("who", "may_ask", "may_offer"),
    [
        (None, True, True),
        ("focal_point", True, False),
        ("provider", False, True),
        ("officer", False, False),
        ("donor", False, False),
    ],
)
def test_nobody_is_led_to_a_door_that_is_closed(client, who, may_ask, may_offer):
    people = f.everyone_known()
    if who:
        client.force_login(getattr(people, who))
    page = client.get("/").content.decode()
    assert (BEGIN in page, OFFER in page) == (may_ask, may_offer)
    assert (CLAIM in page) == (not (may_ask and may_offer))
    for address, is_open in (("/requests/new/", may_ask), ("/offers/new/", may_offer)):
        if who:
            assert (client.get(address).status_code == 200) == is_open
