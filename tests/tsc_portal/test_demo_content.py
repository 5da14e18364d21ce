"""The content of the demo world: enough of everything, only codes that exist, and nothing unkind about a real Party."""

import csv
import json
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTENT = ROOT / "tsc_portal" / "demo" / "content"
REFERENCE = ROOT / "centres" / "reference"

SIX = {"en", "fr", "es", "ar", "zh", "ru"}
KINDS = {
    "government", "intergovernmental", "research", "university", "ngo", "community", "private",
    "museum_or_collection", "network",
}  # fmt: skip
BENIGN = {
    "draft", "submitted", "clarification", "matching", "offered", "partly_matched", "matched", "answered",
    "completed", "paused",
}  # fmt: skip
PRACTICE_ONLY = {"unmet", "refused", "dormant", "withdrawn"}
TWISTS = {"", "late", "lapsed", "declined_by_provider", "declined_by_country", "appealed", "ended_early"}
PRACTICE_PARTIES = {"XA", "XB", "XC", "XD"}
CHINESE = re.compile(r"[\u3400-\u9fff]")
# A character of Chinese says about as much as 0.6 of a word.
CHARACTERS_PER_WORD = 1.6


def load(pattern):
    files = sorted(CONTENT.glob(pattern))
    assert files, pattern
    return [row for file in files for row in json.loads(file.read_text(encoding="utf-8"))]


def reference(name, column="code", **where):
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return {row[column] for row in csv.DictReader(file) if all(row[key] == value for key, value in where.items())}


def words(text, language):
    return len(CHINESE.findall(text)) / CHARACTERS_PER_WORD if language == "zh" else len(text.split())


ORGANIZATIONS = {row["slug"]: row for row in load("organizations.json")}
OFFERS = {row["key"]: row for row in load("offers*.json")}
REQUESTS = load("requests*.json")
COMPONENTS = [(request, component) for request in REQUESTS for component in request["components"]]
PARTIES = reference("parties.csv", "iso2") | PRACTICE_PARTIES
REGIONS = reference("regions.csv")
TARGETS = {int(number) for number in reference("targets.csv", "number")}
SUBJECTS = reference("subjects.csv", is_offered="yes")
COOPERATION_TYPES = reference("cooperation_types.csv")
CONSTRAINTS = reference("constraints.csv")


def is_practice(party):
    return party in PRACTICE_PARTIES


def needs_of(component):
    """The fields that an offer and a component share."""
    return {
        "targets": set(component["targets"]) <= TARGETS,
        "subjects": bool(component["subjects"]) and set(component["subjects"]) <= SUBJECTS,
        "cooperation_types": bool(component["cooperation_types"])
        and set(component["cooperation_types"]) <= COOPERATION_TYPES,
        "languages": bool(component["languages"]) and set(component["languages"]) <= SIX,
    }


# Organizations --------------------------------------------------------------------------------------------------------


def test_there_are_sixty_organizations_in_thirty_five_parties():
    examples = [row for row in ORGANIZATIONS.values() if row["is_example"] and not row["is_practice"]]
    assert len(load("organizations.json")) == len(ORGANIZATIONS) >= 60
    assert len({row["party"] for row in examples}) >= 35
    assert {row["kind"] for row in examples} >= KINDS - {"government", "intergovernmental"}


def test_organizations_are_of_known_kinds_seats_and_languages():
    for row in ORGANIZATIONS.values():
        assert row["kind"] in KINDS, row["slug"]
        assert row["party"] in PARTIES, row["slug"]
        assert set(row["languages"]) <= SIX, row["slug"]
        assert row["is_practice"] is is_practice(row["party"]), row["slug"]


def test_real_organizations_are_the_hosts_alone():
    real = {slug for slug, row in ORGANIZATIONS.items() if not row["is_example"]}
    assert real == reference("organizations.csv", "slug")
    assert all(ORGANIZATIONS[slug]["is_host"] for slug in real)


# Offers ---------------------------------------------------------------------------------------------------------------


def test_there_are_offers_enough_in_every_language():
    assert len(load("offers*.json")) == len(OFFERS) >= 145
    spread = Counter(row["language"] for row in OFFERS.values())
    for language, least in {"en": 40, "fr": 28, "es": 26, "ar": 14, "zh": 13, "ru": 14}.items():
        assert spread[language] >= least, language


@pytest.mark.parametrize("key", OFFERS)
def test_an_offer_uses_codes_that_exist(key):
    offer = OFFERS[key]
    assert all(needs_of(offer).values()), needs_of(offer)
    assert offer["targets"]
    assert offer["organization"] in ORGANIZATIONS
    assert set(offer["regions"]) <= REGIONS
    assert set(offer["parties"]) <= PARTIES
    assert offer["worldwide"] or offer["regions"] or offer["parties"]
    assert offer["language"] in offer["languages"] or is_practice(ORGANIZATIONS[offer["organization"]]["party"])
    assert offer["cost_model"] in {"free", "shared", "paid"}
    assert offer["delivery"] in {"on_site", "remote", "both"}
    assert 1 <= offer["capacity"] <= 6
    assert set(offer["eligible_flags"]) <= {"LDC", "SIDS", "LLDC"}


@pytest.mark.parametrize("key", OFFERS)
def test_an_offer_is_described_at_length(key):
    offer = OFFERS[key]
    assert 60 <= words(offer["text"], offer["language"]) <= 160
    assert 0 < len(offer["title"]) <= 200
    assert offer["modality_note"]


def test_only_practice_organizations_are_refused_or_let_offers_expire():
    sad = {row["organization"] for row in OFFERS.values() if row["state"] in {"refused", "expired"}}
    assert sad
    assert all(ORGANIZATIONS[slug]["is_practice"] for slug in sad)


def test_offers_stand_in_every_state():
    states = Counter(row["state"] for row in OFFERS.values())
    assert set(states) == {"draft", "in_verification", "published", "paused", "expired", "withdrawn", "refused"}
    assert states["published"] > 120


# Requests -------------------------------------------------------------------------------------------------------------


def test_there_are_requests_enough_of_many_parties_and_languages():
    assert len(REQUESTS) == len({row["key"] for row in REQUESTS}) >= 64
    assert len({row["party"] for row in REQUESTS}) >= 47
    assert sum(is_practice(row["party"]) for row in REQUESTS) >= 10
    spread = Counter(row["language"] for row in REQUESTS)
    for language, least in {"en": 20, "fr": 13, "es": 11, "ar": 8, "zh": 5, "ru": 7}.items():
        assert spread[language] >= least, language


def test_the_least_developed_and_the_small_islands_ask_most():
    priority = reference("party_flags.csv", "party", kind="LDC") | reference("party_flags.csv", "party", kind="SIDS")
    assert len({row["party"] for row in REQUESTS} & priority) >= 22


@pytest.mark.parametrize("request_row", REQUESTS, ids=lambda row: row["key"])
def test_a_request_uses_codes_that_exist(request_row):
    assert {request_row["party"], *request_row["co_parties"]} <= PARTIES
    assert request_row["party"] not in request_row["co_parties"]
    assert request_row["language"] in SIX
    assert set(request_row["constraints"]) <= CONSTRAINTS
    assert request_row["visibility"] in {"public", "network", "restricted"}
    assert 40 <= words(request_row["summary"], request_row["language"]) <= 90
    assert 1 <= len(request_row["components"]) <= 3


@pytest.mark.parametrize(
    ("request_row", "component"), COMPONENTS, ids=[f"{row['key']}-{part['title'][:20]}" for row, part in COMPONENTS]
)
def test_a_component_uses_codes_that_exist(request_row, component):
    assert all(needs_of(component).values()), needs_of(component)
    assert 40 <= words(component["text"], request_row["language"]) <= 120
    assert component["modality"] in {"", "south_south", "triangular", "north_south", "regional"}
    assert component["budget"] in {"", "none", "part", "full"}
    assert 1 <= component["partners_wanted"] <= 3
    assert component["starts_in_days"] < component["ends_in_days"]
    assert set(component["fits"]) <= set(OFFERS)


# What may happen to whom ----------------------------------------------------------------------------------------------


def test_only_practice_parties_meet_with_refusal_silence_and_delay():
    for row in REQUESTS:
        assert row["state"] in BENIGN | PRACTICE_ONLY, row["key"]
        assert row["twist"] in TWISTS, row["key"]
        if not is_practice(row["party"]):
            assert row["state"] in BENIGN, row["key"]
            assert row["twist"] == "", row["key"]


def test_no_clock_of_a_real_party_is_late():
    """Ten working days for triage and fifteen for a question are at least fourteen and twenty-one days."""
    limits = {"submitted": 10, "clarification": 14, "matching": 89}
    for row in REQUESTS:
        if row["state"] == "draft":
            assert row["days_ago"] is None, row["key"]
            continue
        assert 1 <= row["days_ago"] <= 120, row["key"]
        if not is_practice(row["party"]):
            assert row["days_ago"] <= limits.get(row["state"], 120), row["key"]


def test_a_story_brings_the_texts_that_its_steps_need():
    for row in REQUESTS:
        story = row["story"]
        assert row["state"] != "clarification" or story["question"], row["key"]
        assert row["state"] != "answered" or story["answer_text"], row["key"]
        assert row["state"] not in {"refused", "withdrawn"} or (story["reason_text"] and row["reason_code"]), row["key"]
        if row["twist"].startswith("declined"):
            assert story["decline_text"], row["key"]
            assert row["reason_code"], row["key"]


def test_the_practice_parties_go_through_everything():
    practised = [row for row in REQUESTS if is_practice(row["party"])]
    assert {row["state"] for row in practised} >= PRACTICE_ONLY
    assert {row["twist"] for row in practised} == TWISTS
    assert {row["party"] for row in practised} == PRACTICE_PARTIES


# Needs and offers that fit --------------------------------------------------------------------------------------------


def test_real_parties_and_practice_organizations_keep_apart():
    for row, component in COMPONENTS:
        for key in component["fits"]:
            practice = ORGANIZATIONS[OFFERS[key]["organization"]]["is_practice"]
            assert practice is is_practice(row["party"]), (row["key"], key)


def test_what_is_said_to_fit_can_be_matched():
    for row, component in COMPONENTS:
        for key in component["fits"]:
            offer = OFFERS[key]
            assert offer["state"] == "published", (row["key"], key)
            assert set(offer["targets"]) & set(component["targets"]), (row["key"], key)
            assert offer["respects_consent"] or not row["consent_required"], (row["key"], key)


def test_nearly_every_need_has_an_offer_and_most_of_them_in_another_language():
    met = [(row, component) for row, component in COMPONENTS if component["fits"]]
    across = [row for row, component in met if OFFERS[component["fits"][0]]["language"] != row["language"]]
    assert len(COMPONENTS) - len(met) <= 3
    assert len(across) >= len(met) / 2


def test_every_target_is_asked_for_or_offered():
    asked = {number for _, component in COMPONENTS for number in component["targets"]}
    offered = {number for offer in OFFERS.values() for number in offer["targets"]}
    assert asked | offered == TARGETS
    assert asked - offered, "one need stays without any offer, for the needs board"
