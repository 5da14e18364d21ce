"""The reasons that come with a match."""

from datetime import date

from requests_offers.matching.rank import Index
from requests_offers.matching.records import Candidate, Need, Text
from requests_offers.matching.suggest import suggest_tags
from requests_offers.matching.text.concepts import default_concepts

TODAY = date(2026, 11, 20)

NEED = Need(
    id=1,
    texts=(Text("Restauration des zones humides. Formation au suivi des oiseaux d'eau.", "fr"),),
    targets=frozenset({2, 3}),
    parties=frozenset({"FJ"}),
    regions=frozenset({"054"}),
    developing=True,
    languages=frozenset({"fr"}),
    starts_on=date(2027, 3, 1),
    ends_on=date(2027, 6, 30),
    budget="none",
)

OFFER = Candidate(
    id=5,
    organization_id=1,
    title="湿地恢复",
    items=(Text("我们提供湿地恢复与水鸟监测的培训。", "zh"),),
    targets=frozenset({2}),
    regions=frozenset({"009"}),
    developing=True,
    languages=frozenset({"zh"}),
    available_from=date(2027, 5, 1),
    cost_model="paid",
)


def evidence(scored, criterion):
    return next(share.evidence for share in scored.explanation if share.criterion == criterion)


def test_words_and_concepts_are_linked_across_languages():
    found = evidence(Index([OFFER]).rank(NEED, as_of=TODAY)[0], "text")
    words = {(one["need"], one["offer"]) for one in found if one["kind"] == "word"}
    concepts = {(one["need"], one["offer"]) for one in found if one["kind"] == "concept"}
    assert ("humides", "湿地") in words
    assert ("zones humides", "湿地") in concepts
    assert sum(one["kind"] == "word" for one in found) <= 5
    (sentence,) = [one for one in found if one["kind"] == "sentence"]
    assert sentence["need"] == "Restauration des zones humides."


def test_tags_are_named_by_code():
    scored = Index([OFFER]).rank(NEED, as_of=TODAY)[0]
    assert evidence(scored, "targets") == ({"kind": "target", "number": 2},)
    assert evidence(scored, "region") == ({"kind": "south_south"},)
    assert evidence(scored, "dates") == ({"kind": "dates", "from": "2027-05-01", "until": "2027-06-30"},)
    assert evidence(scored, "budget") == ()


def test_what_is_missing_is_named_with_what_would_change_it():
    scored = Index([OFFER]).rank(NEED, as_of=TODAY)[0]
    assert {one.code: one.params for one in scored.missing} == {
        "targets_not_covered": {"numbers": [3]},
        "party_not_covered": {"party": "FJ", "parties": ["FJ"], "regions": ["054"]},
        "no_common_language": {"need": ["fr"], "offer": ["zh"]},
        "cost_does_not_fit": {"need": "none", "offer": "paid"},
    }


def test_concepts_have_labels_in_the_reader_language():
    concepts = default_concepts()
    (wetland,) = concepts.concepts([Text("湿地", "zh")])
    assert concepts.label(wetland) == "wetland"
    assert concepts.label(wetland, "es") == "humedal"
    assert concepts.label(wetland, "xx") == "wetland"


def test_the_longest_label_wins():
    found = default_concepts().mentions(Text("control of invasive species and of water pollution", "en"))
    assert "water pollution" in [mention.surface for mention in found]
    assert "pollution" not in [mention.surface for mention in found]


def test_tags_are_suggested_with_the_words_that_caused_them():
    found = suggest_tags([Text("Lutte contre les espèces exotiques envahissantes", "fr")])
    assert found.targets[0].code == 6
    assert found.subjects[0].code == "ias"
    assert "envahissantes" in found.targets[0].words
    assert suggest_tags([Text("", "fr")]).targets == ()
