"""Texts and records as people really hand them in."""

from datetime import date

import pytest

from requests_offers.matching.rank import Index
from requests_offers.matching.records import Candidate, Need, Text, Weights
from requests_offers.matching.suggest import suggest_tags

TODAY = date(2026, 11, 20)

OFFERS = [
    Candidate(id=1, organization_id=1),
    Candidate(id=2, organization_id=1, title="Restoration of mangroves", targets=frozenset({2})),
    Candidate(id=3, organization_id=1, items=(Text("", "en"), Text("   ", ""))),
    Candidate(id=4, organization_id=1, items=(Text("Restauração de manguezais e zonas úmidas", "pt"),)),
    Candidate(id=5, organization_id=1, items=(Text("การฟื้นฟูป่าชายเลน", "th"),)),
]

TEXTS = {
    "empty": "",
    "blank": " \n\t ",
    "punctuation": "— … !!! ؟ 。",
    "numbers": "2030 30 % 1,5",
    "long": "Restoration of mangroves and wetlands. " * 1300,
    "one long word": "x" * 50_000,
    "mixed scripts": "Restoration восстановление 恢复 استعادة мангров mangroves 红树林",
    "mixed languages": "Restauration des mangroves. We need training. Necesitamos apoyo técnico.",
    "unknown language": "Mikoko ni muhimu sana kwa pwani",
    "unknown script": "การฟื้นฟูป่าชายเลน",
    "control characters": "man\x00grove \ufeff\u202e restoration \ud7ff",
    "decomposed accents": "Re\u0301habilitation des e\u0301cosyste\u0300mes",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("tag", ["en", "zh", "sw", "xx-Unknown", "", "pt_BR"])
def test_any_text_gets_an_answer(text, tag):
    need = Need(id=1, texts=(Text(text, tag),), targets=frozenset({2}))
    found = Index(OFFERS).rank(need, as_of=TODAY)
    assert 2 in [scored.offer_id for scored in found]
    assert all(0.0 <= scored.score <= 1.0 for scored in found)
    suggest_tags([Text(text, tag)])


@pytest.mark.parametrize("name", ["empty", "blank", "punctuation", "numbers"])
def test_a_text_without_words_is_neutral_and_says_so(name):
    need = Need(id=1, texts=(Text(TEXTS[name], "en"),), targets=frozenset({2}))
    scored = Index(OFFERS).rank(need, as_of=TODAY)[0]
    assert [share.criterion for share in scored.explanation] == ["targets"]
    assert scored.score == 1.0
    assert [missing.code for missing in scored.missing] == ["need_text_not_understood"]


def test_what_an_offer_does_not_say_is_named_as_missing():
    need = Need(
        id=1,
        texts=(Text("Restoration of mangroves", "en"),),
        targets=frozenset({2}),
        subjects=frozenset({"mar"}),
        parties=frozenset({"FJ"}),
        developing=True,
        languages=frozenset({"fr"}),
        budget="none",
    )
    scored = next(one for one in Index(OFFERS).rank(need, as_of=TODAY) if one.offer_id == 2)
    zero = {share.criterion for share in scored.explanation if share.value == 0.0}
    assert zero == {"subjects", "region", "language", "budget"}
    assert {missing.code for missing in scored.missing} == {
        "subjects_not_named",
        "coverage_not_named",
        "status_not_named",
        "languages_not_named",
        "cost_not_named",
    }


def test_an_offer_without_text_is_judged_by_its_tags():
    need = Need(id=1, texts=(Text("Mangroves", "en"),), targets=frozenset({2, 3}))
    bare = Candidate(id=9, organization_id=1, targets=frozenset({2}))
    scored = Index([bare]).rank(need, as_of=TODAY)[0]
    assert [missing.code for missing in scored.missing] == ["offer_without_text", "targets_not_covered"]


def test_no_offers_and_an_empty_need_give_an_empty_list():
    assert Index([]).rank(Need(id=1, texts=(Text("Mangroves", "en"),)), as_of=TODAY) == []
    assert Index(OFFERS).rank(Need(id=1), as_of=TODAY) == []
    assert Index([]).score_pair(Need(id=1), 1, TODAY) is None


def test_a_need_with_subjects_only_is_judged_by_them():
    offer = Candidate(id=1, organization_id=1, subjects=frozenset({"mar"}))
    found = Index([offer]).rank(Need(id=1, subjects=frozenset({"mar"})), as_of=TODAY)
    assert [(scored.band, scored.score) for scored in found] == [("possible", 1.0)]


def test_texts_in_a_language_outside_the_six_still_find_each_other():
    need = Need(id=1, texts=(Text("การฟื้นฟูป่าชายเลน", "th"),))
    assert Index(OFFERS).rank(need, as_of=TODAY)[0].offer_id == 5


def test_portuguese_is_read_by_its_relative():
    need = Need(id=1, texts=(Text("Mangrove restoration", "en"),))
    index = Index(OFFERS)
    assert index.score_pair(need, 4, TODAY) > index.score_pair(need, 5, TODAY) == 0.0


def test_a_wrong_language_tag_costs_nothing_where_the_script_is_clear():
    right = Need(id=1, texts=(Text("红树林恢复", "zh"),))
    wrong = Need(id=1, texts=(Text("红树林恢复", "en"),))
    index = Index(OFFERS)
    assert index.rank(right, as_of=TODAY) == index.rank(wrong, as_of=TODAY)


def test_odd_texts_asked_together_get_the_answers_of_each_alone():
    wanted = [
        Need(id=number, texts=(Text(text, tag),), targets=frozenset({2}) if number % 2 else frozenset())
        for number, (text, tag) in enumerate((text, tag) for text in TEXTS.values() for tag in ("en", "zh", ""))
    ]
    index = Index(OFFERS)
    assert index.rank_many(wanted, as_of=TODAY) == [index.rank(need, as_of=TODAY) for need in wanted]


def test_nobody_asks_or_nothing_is_offered():
    assert Index(OFFERS).rank_many([], as_of=TODAY) == []
    assert Index([]).rank_many([Need(id=1), Need(id=2)], as_of=TODAY) == [[], []]
    emptied = Index(OFFERS)
    emptied.remove([offer.id for offer in OFFERS])
    assert emptied.rank(Need(id=1, targets=frozenset({2})), as_of=TODAY) == []


def test_without_any_weight_an_offer_is_still_shown_with_no_score():
    index = Index(OFFERS, weights=Weights(values=dict.fromkeys(("text", "targets"), 0.0)))
    found = index.rank(Need(id=1, targets=frozenset({2})), as_of=TODAY)
    assert [(scored.offer_id, scored.score) for scored in found] == [(2, 0.0)]
