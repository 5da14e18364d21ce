"""Lists and records: one shape, pages, filters, order, fields, languages, files, tags."""

import csv
import io
import json

import pytest
from openpyxl import load_workbook

from accounts.api import resource as resources
from requests_offers.models import Offer
from tests import factories as f
from tsc_portal.api.resources import RESOURCES

pytestmark = pytest.mark.django_db

LISTS = (
    "parties", "targets", "subjects", "cooperation-types", "centres", "institutions", "organizations", "requests",
    "components", "offers", "matches", "engagements",
)  # fmt: skip
# Lists with a file of tests of their own.
ELSEWHERE = (
    "priorities", "memberships", "approaches", "calls", "joint-proposals", "clock", "tickets", "imports",
    "webhooks", "workplans", "versions", "activities", "budget-lines", "comments", "pledges", "unmet-needs",
    "knowledge-sources", "practices", "coverage", "projects", "programmes", "opportunities", "changes",
)  # fmt: skip


def a_world(count=1):
    """So many records of every kind, all of them public."""
    for number in range(count):
        f.engagement_in(match=f.match_in("agreed", component=f.request_in(title=f"Request {number}").components.get()))
        f.subject(f"subject_{number}")
        f.cooperation_type(f"type_{number}")
        f.target(number + 1)
        f.party()


def test_the_root_names_every_list(anonymous):
    found = anonymous.get("").json()
    assert {*LISTS, *ELSEWHERE, "match-preview", "schema"} == set(found)
    assert found["parties"] == "http://testserver/api/v1/parties/"


def test_every_list_has_the_same_shape_and_gives_records_their_addresses(anonymous):
    a_world()
    for name in LISTS:
        found = anonymous.get(f"{name}/").json()
        assert list(found) == ["count", "next", "previous", "results"]
        assert found["count"] == len(found["results"]) >= 1, name
        listed, answer = found["results"][0], anonymous.client.get(found["results"][0]["url"])
        alone = answer.json()
        assert {field: alone.get(field) for field in listed} == listed
        assert set(alone) - set(listed) <= only_alone(name), name
        assert answer.headers["ETag"]


def only_alone(name):
    """The fields that a list leaves out, as the description of the record says."""
    [resource] = [one for one in RESOURCES if one.plural == name]
    return {field for field, described in resource.record_class().fields.items() if not described.required}


def test_a_record_has_the_fields_that_its_description_names(anonymous):
    a_world()
    for resource in RESOURCES:
        if resource.plural in LISTS:
            fields = resource.record_class().fields
            optional = {name for name, field in fields.items() if not field.required}
            found = set(anonymous.get(f"{resource.plural}/").json()["results"][0])
            assert set(fields) - optional <= found <= set(fields), resource.plural


def test_a_list_asks_the_same_questions_for_any_number_of_rows(anonymous, django_assert_max_num_queries):
    counts = {name: set() for name in LISTS}
    for more in (1, 2, 22):
        a_world(more)
        for name in LISTS:
            with django_assert_max_num_queries(6, info=name) as asked:
                assert anonymous.get(f"{name}/").status_code == 200
            counts[name].add(len(asked))
    assert {name: len(found) for name, found in counts.items()} == dict.fromkeys(LISTS, 1)


def test_a_token_too_is_answered_in_six_questions_for_any_number_of_rows(
    as_token, people, django_assert_max_num_queries
):
    lists = ("requests", "offers", "components", "matches")
    callers = [as_token(people.focal_point), as_token(people.provider), as_token(people.officer)]
    for caller in callers:
        caller.get("targets/")  # notes that the token was used
    counts = set()
    for more in (1, 2):
        for _number in range(more):
            f.match_in("offered", offer=f.offer_in("published", people.organization))
        for number, caller in enumerate(callers):
            for name in lists:
                with django_assert_max_num_queries(6, info=name) as asked:
                    assert caller.get(f"{name}/").status_code == 200
                counts.add((number, name, len(asked)))
    assert len(counts) == len(callers) * len(lists)


def test_pages_are_numbered_and_never_longer_than_a_hundred(anonymous):
    for number in range(5):
        f.subject(f"subject_{number}")
    first = anonymous.get("subjects/", {"page_size": 2}).json()
    assert (first["count"], len(first["results"]), first["previous"]) == (5, 2, None)
    assert first["next"] == "http://testserver/api/v1/subjects/?page=2&page_size=2"
    assert len(anonymous.get("subjects/", {"page_size": 1000}).json()["results"]) == 5
    assert anonymous.get("subjects/", {"page": 9}).status_code == 404


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "0"),
        ("page", "one"),
        ("page_size", "-1"),
        ("page_size", "many"),
        ("ordering", "contact"),
        ("updated_since", "yesterday"),
        ("fields", "password"),
        ("lang", "xx"),
        ("format", "pdf"),
        ("status", "lost"),
        ("statsu", "open"),
        ("mine", "perhaps"),
        ("status", ["open", "unmet"]),
        ("search", "\x00"),
    ],
)
def test_a_parameter_that_is_wrong_is_named(anonymous, name, value):
    answer = anonymous.get("requests/", {name: value})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [name]


def test_search_filters_and_order_work_as_on_the_pages(anonymous):
    algae = f.request_in(title="Algae in the bay")
    frogs = f.request_in(title="Frogs of the hills")
    assert references(anonymous.get("requests/", {"search": "algae"})) == [algae.reference]
    assert references(anonymous.get("requests/", {"ordering": "title"})) == [algae.reference, frogs.reference]
    assert references(anonymous.get("requests/", {"status": "unmet"})) == []
    assert references(anonymous.get("components/", {"request": frogs.reference})) == [f"{frogs.reference}-1"]


def references(answer):
    return [record["reference"] for record in answer.json()["results"]]


def test_updated_since_leaves_out_what_has_not_changed(anonymous):
    first, second = f.offer_in(), f.offer_in()
    Offer.objects.filter(pk=first.pk).update(updated_at="2020-01-01T00:00:00Z")
    assert references(anonymous.get("offers/", {"updated_since": "2021-01-01"})) == [second.reference]
    moment = second.updated_at.isoformat()
    assert references(anonymous.get("offers/", {"updated_since": moment})) == [second.reference]


def test_fields_are_given_as_asked_for(anonymous):
    made = f.request_in()
    assert anonymous.get("requests/", {"fields": "title,reference"}).json()["results"] == [
        {"reference": made.reference, "title": made.title}
    ]
    assert anonymous.get(f"requests/{made.reference}/", {"fields": "status"}).json() == {"status": "matching"}


def test_names_and_sentences_come_in_the_language_that_is_asked_for(anonymous):
    f.target(6)
    f.party("FJ").__class__.objects.update(name_fr="Fidji")
    answer = anonymous.get("parties/FJ/", {"lang": "fr"})
    assert (answer.json()["name"], answer.headers["Content-Language"]) == ("Fidji", "fr")
    assert anonymous.get("parties/FJ/").json()["name"] == "Fiji"


# Files ----------------------------------------------------------------------------------------------------------------


def test_a_whole_list_comes_as_csv_and_no_cell_is_a_formula(anonymous):
    for title in ("=1+1", "Plain"):
        f.request_in(title=title)
    answer = anonymous.get("requests/", {"format": "csv", "page_size": 1, "ordering": "title"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["title"] for row in rows] == ["'=1+1", "Plain"]
    assert rows[0]["targets"] == "6"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="requests.csv"'


def test_a_whole_list_comes_as_json_lines(anonymous):
    f.request_in()
    lines = b"".join(anonymous.get("requests/", {"format": "jsonl"}).streaming_content).decode().splitlines()
    assert [json.loads(line) for line in lines] == anonymous.get("requests/").json()["results"]


def test_a_whole_list_comes_as_a_spreadsheet(anonymous):
    f.request_in(title="=HYPERLINK(1)")
    answer = anonymous.get("requests/", {"format": "xlsx", "fields": "reference,title,is_example"})
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    answer.close()
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0] == ("reference", "title", "is_example")
    assert rows[1][1:] == ("'=HYPERLINK(1)", False)
    assert book.sheetnames == ["records", "columns", "about"]
    said = {row[0]: row[1] for row in book["columns"].iter_rows(min_row=2, values_only=True)}
    assert said["reference"] == "Such as REQ-000042."
    assert "CC BY 4.0" in str(list(book["about"].iter_rows(values_only=True)))


def test_a_long_list_is_sent_while_it_is_made_and_asks_as_often_for_each_piece(
    anonymous, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(resources, "EXPORTED_AT_ONCE", 10)
    pattern = f.offer_in()
    plain = {field.attname: getattr(pattern, field.attname) for field in Offer._meta.concrete_fields}
    Offer.objects.bulk_create([Offer(**plain | {"id": None}) for _copy in range(34)])
    for kind in ("jsonl", "csv"):
        with django_assert_num_queries(0):
            answer = anonymous.get("offers/", {"format": kind})
        lines = answer.streaming_content
        with django_assert_num_queries(3):  # the rows of the list, the codes and the items of the first ten
            first = [next(lines) for _line in range(2)]
        with django_assert_num_queries(2 * 3):  # and so for each ten that follow
            assert len(first) + len(list(lines)) == 35 + (kind == "csv")


# Tags -----------------------------------------------------------------------------------------------------------------


def test_whoever_has_the_record_already_gets_an_empty_answer(anonymous):
    made = f.request_in()
    path = f"requests/{made.reference}/"
    tag = anonymous.get(path).headers["ETag"]
    again = anonymous.get(path, **{"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert anonymous.get(path, {"lang": "fr"}, **{"If-None-Match": f"W/{tag}"}).status_code == 304
    type(made).objects.filter(pk=made.pk).update(version=99)
    assert anonymous.get(path, **{"If-None-Match": tag}).status_code == 200


def test_a_tag_of_the_public_record_is_not_that_of_the_full_one(anonymous, as_token, people):
    path = f"requests/{f.request_in().reference}/"
    assert anonymous.get(path).headers["ETag"] != as_token(people.officer).get(path).headers["ETag"]


# Other sites ----------------------------------------------------------------------------------------------------------


def test_every_site_may_read_what_is_public_and_nothing_else(anonymous, as_token, people):
    assert anonymous.get("parties/").headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in as_token(people.officer).get("parties/").headers
    assert "Access-Control-Allow-Origin" not in anonymous.post("requests/", {}).headers
    asked = anonymous.send("OPTIONS", "parties/", None, Origin="https://example.org")
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "Access-Control-Allow-Credentials" not in asked.headers


def test_answers_to_people_are_not_kept_by_caches_in_between(anonymous, as_token, people):
    assert as_token(people.officer).get("requests/").headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in anonymous.get("requests/").headers["Vary"]
