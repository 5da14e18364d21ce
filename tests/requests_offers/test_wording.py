"""Codes of the scorer and of the audit trail as sentences, for the reader who may see them."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from accounts.models import AuditEvent
from requests_offers import timeline
from requests_offers.actions import requests
from requests_offers.audience import audience, sees_contact
from requests_offers.lifecycle import TABLES
from requests_offers.matching.explain import _MISSING as MISSING_BY_CRITERION
from requests_offers.models import Match
from requests_offers.wording import evidence, steps
from requests_offers.wording.names import Names
from tests import factories as f

pytestmark = pytest.mark.django_db


def share(criterion, *pieces, value=1.0):
    return {"criterion": criterion, "value": value, "weight": 0.2, "share": 0.2, "evidence": list(pieces)}


# Reasons --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("piece", "words"),
    [
        ({"kind": "target", "number": 6}, "Target 6: Reduce invasive alien species"),
        ({"kind": "subject", "code": "taxonomy"}, "Taxonomy"),
        ({"kind": "cooperation_type", "code": "twinning"}, "Twinning"),
        ({"kind": "party", "code": "FJ"}, "names Fiji"),
        ({"kind": "region", "code": "009"}, "covers Oceania"),
        ({"kind": "region", "code": "001"}, "offered everywhere"),
        ({"kind": "home_region", "code": "054"}, "seated in Melanesia"),
        ({"kind": "south_south"}, "South–South"),
        ({"kind": "language", "code": "fr"}, "French"),
        ({"kind": "language", "code": "sw"}, "Swahili"),
        (
            {"kind": "dates", "from": "2027-03-01", "until": "2027-11-30"},
            "both can from 1 March 2027 to 30 November 2027",
        ),
        ({"kind": "dates", "from": None, "until": None}, "no dates stand against it"),
        (
            {"kind": "budget", "need": "part", "offer": "shared"},
            "offered: Costs are shared; own means: Part of the costs",
        ),
        ({"kind": "of the future"}, ""),
    ],
)
def test_each_kind_of_evidence_has_words(piece, words):
    f.party("FJ"), f.target(6), f.subject("taxonomy"), f.cooperation_type("twinning")
    assert evidence.why(share("tags", piece), Names()) == words


def test_the_text_says_how_many_words_link_and_what_both_speak_of():
    pieces = [
        {"kind": "word", "need": "lutte", "offer": "control"},
        {"kind": "word", "need": "lac", "offer": "lake"},
        {"kind": "concept", "concept": -(10**9), "label": "invasive species"},
        {"kind": "sentence", "need": "a", "offer": "b", "similarity": 0.6},
    ]
    words = evidence.why(share("text", *pieces), Names())
    assert words == "2 word links; both speak of: invasive species; one close sentence"


def test_nothing_in_common_is_said():
    assert evidence.why(share("language", value=0.0), Names()) == "nothing in common"


def test_reasons_speak_the_readers_language():
    f.party("FJ", name_fr="Fidji")
    with translation.override("fr"):
        assert "Fidji" in evidence.why(share("region", {"kind": "party", "code": "FJ"}), Names())
        assert evidence.language("ar") == "arabe"


CODES = [
    "need_text_not_understood", "offer_without_text", "targets_not_covered", "targets_not_named",
    "subjects_not_covered",
    "subjects_not_named", "cooperation_types_not_covered", "cooperation_types_not_named", "party_not_covered",
    "coverage_not_named", "not_from_region", "not_north_south", "not_south_south", "status_not_named",
    "no_common_language",
    "languages_not_named", "dates_do_not_overlap", "cost_does_not_fit", "cost_not_named",
]  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_each_code_of_what_is_missing_has_a_sentence(code):
    params = {
        "numbers": [6],
        "codes": ["taxonomy"],
        "parties": ["FJ"],
        "regions": ["054"],
        "need": ["fr"] if "lang" in code else "none",
        "offer": ["en"] if "lang" in code else "paid",
        "from": "2027-01-01",
        "until": None,
    }
    sentence = evidence.what_is_missing({"criterion": "x", "code": code, "params": params}, Names())
    assert sentence.endswith(".")
    assert "%" not in sentence


def test_the_party_that_is_not_covered_is_named():
    f.party("FJ")
    assert evidence.lacking(f.MISSING, Names())[0]["detail"] == "The offer does not cover Fiji."


def test_every_criterion_that_can_lack_something_is_known_here():
    assert set(MISSING_BY_CRITERION) == {
        "text", "targets", "subjects", "cooperation_types", "region", "language", "dates", "budget",
    }  # fmt: skip


def test_an_unknown_code_is_left_out():
    assert evidence.lacking([{"criterion": "x", "code": "of the future", "params": {}}], Names()) == []


def test_the_names_of_many_matches_cost_one_query(django_assert_num_queries):
    f.party("FJ"), f.target(6)
    names = Names()
    with django_assert_num_queries(1):
        for _ in range(20):
            evidence.worded(f.EXPLANATION[1:], names)
            evidence.lacking(f.MISSING, names)


# Steps ----------------------------------------------------------------------------------------------------------------


BY_PEOPLE = [
    (noun, step)
    for noun, table in TABLES.items()
    for step in table.values()
    if step.permission is not None or not step.clock
]


@pytest.mark.parametrize(("noun", "step"), BY_PEOPLE)
def test_every_step_of_people_says_what_happens_next(noun, step):
    assert steps.done(noun, step.name) != "Done."


@pytest.mark.parametrize(("noun", "step"), [pair for pair in BY_PEOPLE if {"text", "reason"} & set(pair[1].asks)])
def test_every_step_that_asks_for_words_says_who_reads_them(noun, step):
    assert steps.readers(noun, step.name)


# Audience -------------------------------------------------------------------------------------------------------------


def test_office_centre_and_coordinator_see_everything():
    request = f.request_in("matching")
    people = [f.drafter_of(request.party), f.officer_of(request.centre), f.coordinator()]
    assert [audience(request, person) for person in people] == ["full"] * 3


def test_the_provider_of_an_offered_match_is_the_other_side_and_others_are_the_public():
    match = f.match_in("offered")
    request = match.component.request
    assert audience(request, f.provider_of(match.offer.organization)) == "side"
    others = [AnonymousUser(), f.user(), f.donor_of(f.organization()), f.provider_of(f.organization())]
    assert [audience(request, person) for person in others] == ["public"] * 4


def test_a_former_holder_is_the_public():
    request = f.request_in("submitted")
    former = f.officer_of(request.centre)
    requests.redirect(request, by=former, centre=f.centre(), reason_code="capacity")
    assert audience(request, f.again(former)) == "public"


def test_a_provider_reads_the_contact_person_only_when_the_match_is_agreed():
    offered, agreed = f.match_in("offered"), f.match_in("agreed")
    assert not sees_contact(offered.component.request, f.provider_of(offered.offer.organization), "side")
    assert sees_contact(agreed.component.request, f.provider_of(agreed.offer.organization), "side")


# Timeline -------------------------------------------------------------------------------------------------------------


def visible_matches(request, user):
    """The matches of a request that somebody may see, as the page hands them to the timeline."""
    rows = Match.objects.visible_to(user).filter(component__request=request)
    return rows.select_related("offer__organization", "component")


def told(request, user):
    entries = timeline.of_request(request, user, audience(request, user), Names(), visible_matches(request, user))
    return [str(entry.sentence).replace("<bdi>", "").replace("</bdi>", "") for entry in reversed(entries)]


def test_the_office_reads_the_whole_story_with_its_subjects():
    request = f.request_in("clarification")
    requests.answer(request, by=f.focal_point_of(request.party), text="No herbicides.")
    assert told(request, f.focal_point_of(request.party)) == [
        "Fiji began this draft.",
        "Fiji submitted the request.",
        f"{request.centre} asked: “May herbicides be used?”",
        "Fiji answered: “No herbicides.”",
    ]


def test_after_a_handover_each_centre_stands_by_what_it_did():
    request = f.request_in("submitted")
    first, second = request.centre, f.centre(name="Second Centre")
    requests.redirect(request, by=f.officer_of(first), centre=second, reason_code="capacity")
    requests.accept(request, by=f.officer_of(second))
    request.refresh_from_db()
    assert told(request, f.officer_of(second))[-2:] == [
        f"{first} handed the request to Second Centre: This centre cannot take it on in time.",
        "Second Centre accepted the request.",
    ]


def test_the_public_reads_only_what_is_public():
    request = f.request_in("clarification")
    requests.answer(request, by=f.focal_point_of(request.party), text="No herbicides.")
    requests.accept(request, by=f.officer_of(request.centre))
    assert len(told(request, f.officer_of(request.centre))) == 5
    assert told(request, AnonymousUser()) == [f"{request.centre} accepted the request."]


def test_the_public_reads_of_an_agreed_match_only_if_both_sides_allow_it():
    match = f.match_in("agreed")
    request = match.component.request
    sentence = f"Fiji and {match.offer.organization} agreed on “{match.offer.title}” for need 1."
    assert sentence in told(request, AnonymousUser())
    match.publish_by_party = False
    match.save()
    assert sentence not in told(request, AnonymousUser())
    assert sentence in told(request, f.focal_point_of(request.party))


def test_the_office_does_not_read_of_the_short_list():
    match = f.match_in("shortlisted")
    request = match.component.request
    assert any("short list" in sentence for sentence in told(request, f.officer_of(request.centre)))
    assert not any("short list" in sentence for sentence in told(request, f.focal_point_of(request.party)))


def test_internal_saves_are_not_told():
    request = f.request_in("submitted")
    AuditEvent.objects.filter(object_id=request.pk, action="start").update(action="save")
    assert told(request, f.focal_point_of(request.party)) == ["Fiji submitted the request."]


def test_quoted_words_cannot_bring_markup_along():
    request = f.request_in("submitted")
    requests.ask_clarification(request, by=f.officer_of(request.centre), text="<script>x</script> 100 %")
    office = f.focal_point_of(request.party)
    entries = timeline.of_request(request, office, "full", Names(), visible_matches(request, office))
    assert "&lt;script&gt;x&lt;/script&gt; 100 %" in entries[0].sentence


@pytest.mark.parametrize("state", [state for state in f.REQUEST_PATHS if state != "partly_matched"])
def test_every_state_has_a_story_without_gaps(state):
    request = f.request_in(state)
    acts = AuditEvent.objects.filter(object_type="requests_offers.cooperationrequest").exclude(action="save").count()
    matches = AuditEvent.objects.exclude(object_type="requests_offers.cooperationrequest")
    entries = told(request, f.coordinator() if state != "draft" else f.focal_point_of(request.party))
    ours = matches.filter(object_type__in=["requests_offers.match", "requests_offers.engagement"]).count()
    assert len(entries) == acts + ours
