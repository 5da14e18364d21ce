"""National priorities: what a Party wants by itself, kept by its office, read by everybody, named by requests."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent
from centres.actions import priorities
from centres.models import NationalPriority
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db

SAID = {
    "kind": "national_target", "code": "NT 6", "title": "Fewer invasive plants", "language": "en", "url": "",
    "source": "National strategy 2025–2030, page 14", "from_year": "2025", "until_year": "2030",
}  # fmt: skip
PEOPLE = {"focal_point": 200, "drafter": 403, "coordinator": 200, "officer": 403, "provider": 403, "stranger": 403}


built, known = worlds.shared(f.everyone_known)


def address(name, party, *more):
    return reverse(name, args=[party.iso2, *more])


def test_the_office_adds_changes_and_ends_a_priority(client, known):
    client.force_login(known.focal_point)
    client.post(address("priority_new", known.party), SAID | {"targets": [f.target(6).pk]})
    made = NationalPriority.objects.get()
    assert (made.code, made.years, [one.number for one in made.targets.all()]) == ("NT 6", "2025–2030", [6])
    client.post(address("priority_edit", known.party, made.pk), SAID | {"title": "No invasive plants"})
    client.post(address("priority_end", known.party, made.pk))
    made.refresh_from_db()
    assert (made.title, made.targets.count(), made.has_ended) == ("No invasive plants", 0, True)
    acts = AuditEvent.objects.filter(object_type="centres.nationalpriority").order_by("pk")
    assert [event.action for event in acts] == ["add_priority", "change_priority", "end_priority"]
    assert client.get(address("priority_edit", known.party, made.pk)).status_code == 404


def test_everybody_reads_them_on_the_country_page_and_in_the_list(client, known):
    made = f.priority(known.party, title="Fewer invasive plants")
    for url in (known.party.get_absolute_url(), made.get_absolute_url()):
        text = client.get(url).content.decode()
        assert "Fewer invasive plants" in text
        assert address("priority_end", known.party, made.pk) not in text


@pytest.mark.parametrize("person", PEOPLE)
def test_who_may_keep_them(client, known, person):
    made = f.priority(known.party)
    client.force_login(getattr(known, person))
    urls = [
        address("priority_new", known.party),
        address("priority_edit", known.party, made.pk),
        address("priority_end", known.party, made.pk),
    ]
    assert {client.get(url).status_code for url in urls} == {PEOPLE[person]}
    assert client.get(made.get_absolute_url()).status_code == 200


def test_the_office_of_another_party_may_not(client, known):
    made = f.priority(known.party)
    client.force_login(f.focal_point_of(f.party("TV")))
    assert client.post(address("priority_end", known.party, made.pk)).status_code == 403
    with pytest.raises(NotAllowed):
        priorities.end_priority(made, by=f.focal_point_of(f.party("TV")))
    made.refresh_from_db()
    assert not made.has_ended
    assert client.get(address("priority_end", f.party("TV"), made.pk)).status_code == 404


def test_the_same_form_sent_twice_makes_one_and_a_code_stands_for_one(client, known):
    client.force_login(known.focal_point)
    for _ in range(2):
        assert client.post(address("priority_new", known.party), SAID).status_code == 302
    answer = client.post(address("priority_new", known.party), SAID | {"title": "Another"})
    assert "stands for another priority" in answer.content.decode()
    assert NationalPriority.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        f.priority(known.party, code="NT 6")


def test_a_code_may_come_again_when_its_priority_has_ended(known):
    first = f.priority(known.party, code="NT 6")
    priorities.end_priority(first, by=known.focal_point)
    second = f.priority(known.party, code="NT 6")
    assert list(NationalPriority.objects.in_force()) == [second]
    with pytest.raises(IllegalStep):
        priorities.end_priority(first, by=known.focal_point)
    data = {name: getattr(second, name) for name in priorities.FIELDS} | {"targets": [], "code": "NT 7"}
    f.priority(known.party, code="NT 7")
    with pytest.raises(DomainError):
        priorities.change_priority(second, by=known.focal_point, data=data)


def test_bad_answers_get_a_sentence_and_stay(client, known):
    client.force_login(known.focal_point)
    bad = SAID | {"code": "", "until_year": "2020", "url": "nowhere at all", "title": "Kept words"}
    text = client.post(address("priority_new", known.party), bad).content.decode()
    for words in ("Choose a last year", "Kept words", "Give an answer to “Code”."):
        assert words in text
    assert NationalPriority.objects.count() == 0


def test_years_that_are_over_end_it(known):
    old = f.priority(known.party, from_year=2011, until_year=2020)
    new = f.priority(known.party)
    assert (old.has_ended, new.has_ended) == (True, False)
    assert list(NationalPriority.objects.in_force()) == [new]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_questions_however_long(client, known, django_assert_num_queries, count):
    for _ in range(count):
        f.priority(known.party)
    with django_assert_num_queries(3):
        client.get(address("priority_list", known.party))


def test_the_api_lists_them_under_their_party(client, known):
    made = f.priority(known.party, code="A1", kind="nbsap_action", title="Plant traps")
    made.targets.add(f.target(6))
    row = client.get(f"/api/v1/parties/{known.party.iso2}/priorities/").json()[0]
    assert (row["code"], row["kind"], row["targets"], row["ended_on"]) == ("A1", "nbsap_action", [6], None)
