"""Ranking, in small written cases."""

from dataclasses import replace
from datetime import date

import pytest

from requests_offers.matching.rank import Index
from requests_offers.matching.records import Candidate, Need, Scored, Text, Weights

TODAY = date(2026, 11, 20)

NEED = Need(
    id=1,
    texts=(
        Text("Lutte contre les espèces exotiques envahissantes dans les îles", "fr"),
        Text("Nous cherchons une formation des agents des douanes et l'éradication des rats.", "fr"),
    ),
    targets=frozenset({6}),
    subjects=frozenset({"ias"}),
    cooperation_types=frozenset({"training"}),
    parties=frozenset({"FJ"}),
    regions=frozenset({"009", "054"}),
    developing=True,
    languages=frozenset({"fr"}),
    starts_on=date(2027, 1, 1),
    ends_on=date(2027, 12, 31),
    budget="none",
)

ISLANDS = Candidate(
    id=10,
    organization_id=100,
    title="Control of invasive alien species on islands",
    items=(Text("Training of customs officers and eradication of rats and invasive plants.", "en"),),
    targets=frozenset({6}),
    subjects=frozenset({"ias"}),
    cooperation_types=frozenset({"training"}),
    regions=frozenset({"009"}),
    developing=True,
    languages=frozenset({"en", "fr"}),
    cost_model="free",
)

WETLANDS = Candidate(
    id=11,
    organization_id=101,
    title="湿地恢复",
    items=(Text("我们提供湿地恢复、红树林保护与水鸟监测的培训。", "zh"),),
    targets=frozenset({2}),
    worldwide=True,
    languages=frozenset({"zh"}),
)


def ids(found: list[Scored]) -> list[int]:
    return [scored.offer_id for scored in found]


def test_an_offer_in_another_language_is_found_and_strong():
    found = Index([WETLANDS, ISLANDS]).rank(NEED, as_of=TODAY)
    assert ids(found) == [10]
    assert found[0].band == "strong"
    assert found[0].rank == 1


def test_the_score_is_the_sum_of_its_shares():
    scored = Index([ISLANDS]).rank(NEED, as_of=TODAY)[0]
    assert sum(share.share for share in scored.explanation) == pytest.approx(scored.score, abs=1e-12)
    assert [share.criterion for share in scored.explanation] == [
        "text",
        "targets",
        "subjects",
        "cooperation_types",
        "region",
        "language",
        "dates",
        "budget",
    ]


@pytest.mark.parametrize(
    ("field", "empty"),
    [
        ("targets", frozenset()),
        ("subjects", frozenset()),
        ("cooperation_types", frozenset()),
        ("languages", frozenset()),
        ("budget", ""),
    ],
)
def test_an_empty_field_of_the_need_is_neutral(field, empty):
    index = Index([ISLANDS])
    scored = index.rank(replace(NEED, **{field: empty}), as_of=TODAY)[0]
    criterion = {"languages": "language"}.get(field, field)
    assert criterion not in [share.criterion for share in scored.explanation]
    weight = sum(share.weight for share in scored.explanation)
    assert scored.score == pytest.approx(sum(share.weight * share.value for share in scored.explanation) / weight)


@pytest.mark.parametrize(
    "change",
    [
        {"places_left": 0},
        {"expires_on": date(2026, 11, 19)},
        {"organization_id": 7},
        {"organization_id": 8},
        {"eligible_parties": frozenset({"KE"})},
        {"eligible_regions": frozenset({"002"})},
        {"eligible_flags": frozenset({"LDC"})},
        {"respects_consent": False},
        {"id": 66},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_hard_filter_shuts_an_offer_out(change):
    need = replace(
        NEED,
        own_organizations=frozenset({7}),
        conflicts=frozenset({8}),
        excluded_offers=frozenset({66}),
        party_flags=frozenset({"SIDS"}),
        consent_required=True,
    )
    assert ids(Index([ISLANDS]).rank(need, as_of=TODAY)) == [10]
    shut = replace(ISLANDS, **change)
    index = Index([shut])
    assert index.rank(need, as_of=TODAY) == []
    assert index.score_pair(need, shut.id, TODAY) is None


@pytest.mark.parametrize(
    "change",
    [
        {"expires_on": TODAY},
        {"eligible_parties": frozenset({"KE", "FJ"})},
        {"eligible_regions": frozenset({"054"})},
        {"eligible_flags": frozenset({"SIDS"})},
        {"eligible_parties": frozenset({"KE"}), "eligible_flags": frozenset({"SIDS"})},
    ],
    ids=lambda change: " and ".join(
        f"{name}={sorted(value) if isinstance(value, frozenset) else value}" for name, value in change.items()
    ),
)
def test_an_offer_that_is_open_to_the_party_stays(change):
    need = replace(NEED, party_flags=frozenset({"SIDS"}))
    assert ids(Index([replace(ISLANDS, **change)]).rank(need, as_of=TODAY)) == [10]


def test_equal_offers_keep_the_lower_id_first():
    twins = [replace(ISLANDS, id=number) for number in (42, 7, 19)]
    assert ids(Index(twins).rank(NEED, as_of=TODAY)) == [7, 19, 42]
    assert ids(Index(twins).rank(NEED, as_of=TODAY, top=2)) == [7, 19]


def test_weights_are_data_and_named_in_the_answer():
    index = Index([ISLANDS], weights=Weights(version=9, values={"targets": 1.0}))
    scored = index.rank(NEED, as_of=TODAY)[0]
    assert scored.score == 1.0
    assert scored.versions["weights"] == 9
    assert {"weights", "lexicon", "idf", "calibration"} == set(scored.versions)


def test_an_unknown_criterion_or_a_negative_weight_is_refused():
    with pytest.raises(ValueError, match="unknown criteria: charm"):
        Weights(values={"charm": 1.0})
    with pytest.raises(ValueError, match="not negative"):
        Weights(values={"text": -0.1})


def test_a_shared_target_alone_makes_an_offer_possible():
    need = Need(id=1, texts=(Text("Assistance", "en"),), targets=frozenset({2}))
    found = Index([WETLANDS]).rank(need, as_of=TODAY)
    assert [(scored.offer_id, scored.band) for scored in found] == [(11, "possible")]


def test_without_a_shared_topic_no_match_is_strong():
    found = Index([replace(ISLANDS, targets=frozenset({9}), subjects=frozenset())]).rank(NEED, as_of=TODAY)
    assert [scored.band for scored in found] == ["possible"]


def test_items_count_half_by_the_best_and_half_by_the_mean():
    good = ISLANDS.items[0]
    other = Text("Accounting of public procurement in urban transport.", "en")
    need = Need(id=1, texts=NEED.texts)
    index = Index(
        [
            replace(ISLANDS, id=1, items=(good,)),
            replace(ISLANDS, id=2, items=(other,)),
            replace(ISLANDS, id=3, items=(good, other)),
        ]
    )
    one, two, three = (index.score_pair(need, number, TODAY) for number in (1, 2, 3))
    assert three == pytest.approx(0.5 * max(one, two) + 0.5 * (one + two) / 2)


def test_the_modality_decides_what_partnership_counts():
    north = replace(ISLANDS, id=2, developing=False, home_regions=frozenset({"150"}))
    south = replace(ISLANDS, id=1, home_regions=frozenset({"009"}))
    index = Index([north, south])
    expected = {"": 1, "south_south": 1, "north_south": 2, "regional": 1}
    for modality, winner in expected.items():
        assert index.rank(replace(NEED, modality=modality), as_of=TODAY)[0].offer_id == winner
    level = index.rank(replace(NEED, modality="triangular"), as_of=TODAY)
    assert level[0].score == level[1].score


def test_of_several_parties_the_share_that_is_covered_counts():
    need = replace(NEED, parties=frozenset({"FJ", "WS"}), regions=frozenset(), developing=None)
    half = replace(ISLANDS, regions=frozenset(), parties=frozenset({"FJ"}))
    shares = {share.criterion: share.value for share in Index([half]).rank(need, as_of=TODAY)[0].explanation}
    assert shares["region"] == 0.5
