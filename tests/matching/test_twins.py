"""The same need told twice is found, in other words and in other languages; another need is left in peace."""

import json
from itertools import combinations
from pathlib import Path

import pytest

from requests_offers.matching.records import Text
from requests_offers.matching.twins import NEAR, Filed, nearness, twins

DEMO = Path(__file__).resolve().parents[2] / "tsc_portal" / "demo" / "content"
TOLD_AGAIN = json.loads((Path(__file__).parent / "twins.json").read_text(encoding="utf-8"))


def texts(entry):
    return (Text(entry["title"], entry["language"]), Text(entry["summary"], entry["language"]))


@pytest.fixture(scope="module")
def demo():
    """The requests of the demo world by key; no two of them are the same need."""
    files = sorted(DEMO.glob("request*.json"))
    entries = [entry for file in files for entry in json.loads(file.read_text(encoding="utf-8"))]
    return {entry["key"]: entry for entry in entries}


@pytest.fixture(scope="module")
def filed(demo):
    return [Filed(number, texts(entry)) for number, entry in enumerate(demo.values())]


@pytest.mark.parametrize("again", TOLD_AGAIN, ids=lambda again: f"{again['of']}-{again['language']}")
def test_a_need_told_again_is_found_in_other_words_and_languages(demo, filed, again):
    found = twins(texts(again), filed)
    assert [list(demo)[twin.id] for twin in found] == [again["of"]]


def test_different_needs_are_not_taken_for_the_same(demo, filed):
    """All pairs of the demo world, of one Party and of several."""
    near = 0
    for number, entry in enumerate(demo.values()):
        later = filed[number + 1 :]
        near += sum(score >= NEAR for score in nearness(texts(entry), later)) if later else 0
    assert near == 0


def test_requests_of_one_party_are_told_apart(demo):
    by_party = {}
    for entry in demo.values():
        by_party.setdefault(entry["party"], []).append(entry)
    pairs = [pair for entries in by_party.values() for pair in combinations(entries, 2)]
    assert len(pairs) >= 15
    assert [pair for pair in pairs if twins(texts(pair[0]), [Filed(1, texts(pair[1]))])] == []


def test_the_same_text_is_the_nearest_of_all(demo, filed):
    for number, entry in enumerate(demo.values()):
        assert twins(texts(entry), filed, top=1)[0].id == number


def test_the_order_of_earlier_requests_does_not_matter_and_ties_keep_the_lower_id():
    said = (Text("Rearing weevils against water hyacinth on the lake", "en"), Text("Fishers need help.", "en"))
    same = [Filed(3, said), Filed(1, said), Filed(2, said)]
    assert [twin.id for twin in twins(said, same)] == [twin.id for twin in twins(said, same[::-1])] == [1, 2, 3]


@pytest.mark.parametrize("said", ["", "Lake plants", "Need help"])
def test_a_few_words_are_like_everything_and_ask_nothing(filed, said):
    assert twins((Text(said, "en"),), filed) == []
    assert twins((Text("Rearing weevils against water hyacinth on the lake", "en"),), []) == []
