"""What cooperation achieved: only what both sides released, sums of at least five, and lists that cost the same."""

import pytest
from django.urls import reverse

from requests_offers.actions import conflicts, delivery, engagements
from requests_offers.models import Engagement
from requests_offers.views.achievements import LEAST
from tests import factories as f

pytestmark = pytest.mark.django_db
STORY = "The lagoon is open."


@pytest.fixture
def known(db):
    return f.everyone_known()


def work(known, *, released=True, rating=None):
    """Work that is done, with women and girls reached by it; told by both sides if `released`."""
    component = f.request_in("matching", known.party).components.get()
    made = f.engagement_in(
        match=f.match_in("agreed", component=component, offer=f.offer_in("published", f.organization()))
    )
    delivery.save_beneficiaries(made, by=None, groups={"womenGirls": 10})
    engagements.conclude(made, by=None, side="party")
    if rating:
        engagements.appraise(made, by=None, side="party", text="It helped.", rating=rating)
    delivery.save_story(made, by=None, story=STORY)
    for side in ("party", "provider") if released else ("party",):
        delivery.release_story(made, by=None, side=side)
    return Engagement.objects.get(pk=made.pk)


def page(client):
    return client.get(reverse("achievements")).content.decode()


def test_a_text_is_there_when_both_released_it_and_gone_when_one_takes_it_back(client, known):
    made = work(known, released=False)
    assert STORY not in page(client)
    delivery.release_story(made, by=None, side="provider")
    assert STORY in page(client)
    assert STORY in client.get(made.get_absolute_url()).content.decode()
    delivery.take_story_back(made, by=None, side="party")
    assert STORY not in page(client)
    assert STORY not in client.get(made.get_absolute_url()).content.decode()


def test_nothing_is_summed_below_five(client, known):
    for _ in range(LEAST - 1):
        work(known, rating=4)
    text = page(client)
    assert "engagements concluded" not in text
    assert "Women and girls" not in text
    work(known, rating=4)
    text = page(client)
    assert "engagements concluded" in text
    assert "Women and girls" in text
    assert ">50<" in text  # five times ten people
    assert "4.0" in text
    assert "Parties that were helped" not in text  # it is one Party only


def counted(client, address, django_assert_max_num_queries, most=12):
    with django_assert_max_num_queries(most) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_the_lists_cost_the_same_with_one_and_with_three_rows(client, known, django_assert_max_num_queries):
    client.force_login(known.coordinator)
    addresses = {
        "achievements": reverse("achievements"),
        "conflicts": reverse("conflict_list", args=[known.organization.slug]),
    }
    found = []
    for count in (1, 2):
        for _ in range(count):
            work(known)
            conflicts.declare(known.organization, by=None, with_organization=f.organization())
        client.get(addresses["achievements"])
        found.append({name: counted(client, at, django_assert_max_num_queries) for name, at in addresses.items()})
    assert found[0] == found[1]
