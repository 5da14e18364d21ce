"""Reading texts and learning the lexicon."""

import pytest

from requests_offers.matching import build
from requests_offers.matching.records import Text
from requests_offers.matching.text import lexicon
from requests_offers.matching.text.channel import all_similarities, channel_of, default_channel
from requests_offers.matching.text.tokens import NUMBERS, language_of, tokens

ROWS = [
    {
        "en": "red house",
        "fr": "maison rouge",
        "es": "casa roja",
        "ru": "красный дом",
        "ar": "بيت أحمر",
        "zh": "红色房屋",
    },
    {
        "en": "red boat",
        "fr": "bateau rouge",
        "es": "barco rojo",
        "ru": "красная лодка",
        "ar": "قارب أحمر",
        "zh": "红色小船",
    },
    {
        "en": "old house",
        "fr": "maison ancienne",
        "es": "casa vieja",
        "ru": "старый дом",
        "ar": "بيت قديم",
        "zh": "古老房屋",
    },
    {"en": "target 6", "fr": "cible 6", "es": "meta 6", "ru": "цель 6", "ar": "هدف 6", "zh": "目标6"},
]


@pytest.mark.parametrize(
    ("text", "tag", "expected"),
    [
        ("Lutte contre les espèces envahissantes", "fr", "fr"),
        ("Lutte contre les espèces envahissantes dans les îles", "", "fr"),
        ("Las especies exóticas invasoras y los bosques", "xx", "es"),
        ("Контроль", "en", "ru"),
        ("湿地", "", "zh"),
        ("الأنواع الغريبة", "fr", "ar"),
        ("Controle de espécies", "pt-BR", "es"),
        ("", "fr", "und"),
        ("การอนุรักษ์", "th", "und"),
    ],
)
def test_the_language_is_read_from_the_script_then_the_tag_then_the_words(text, tag, expected):
    assert language_of(text, tag) == expected


def test_decomposed_accents_are_the_same_letters():
    assert [token.stem for token in tokens("Re\u0301habilitation", "fr")] == [
        token.stem for token in tokens("Réhabilitation", "fr")
    ]


def test_figures_are_read_alike_in_every_script():
    found = [token for text in ("Target 6", "目标6", "الهدف ٦") for token in tokens(text) if token.language == NUMBERS]
    assert [token.stem for token in found] == ["6", "6", "6"]


def test_a_lexicon_learns_words_that_go_together():
    compiled = build.build(build.read_sources({"tiny": ROWS}))
    channel = channel_of(compiled)
    vectors = {code: channel.vectors([[Text(row[code], code)] for row in ROWS]) for code in ROWS[0]}
    for code in ("fr", "es", "ru", "ar", "zh"):
        assert all_similarities(vectors[code], vectors["en"]).argmax(axis=1).tolist() == [0, 1, 2, 3]


def test_the_same_sources_give_the_same_file_bit_for_bit(tmp_path):
    first, second = tmp_path / "first.npz", tmp_path / "second.npz"
    versions = {lexicon.save(build.build(build.read_sources({"tiny": ROWS})), path) for path in (first, second)}
    assert len(versions) == 1
    assert first.read_bytes() == second.read_bytes()
    assert lexicon.load(first).version in versions


def test_the_packaged_lexicon_is_small_and_says_where_it_comes_from():
    assert lexicon.PACKAGED.stat().st_size < 6_000_000
    assert lexicon.packaged().sources == ("absch", "gemet", "sdg")


def test_a_vector_does_not_depend_on_its_neighbours():
    channel = default_channel()
    alone = channel.vectors([[Text("Restauration des mangroves et xylophagidae", "fr")]])
    among = channel.vectors([[Text("Water", "en")], [Text("Restauration des mangroves et xylophagidae", "fr")]])
    assert alone.row(0)[0].tolist() == among.row(1)[0].tolist()
    assert alone.row(0)[1].tolist() == among.row(1)[1].tolist()


def test_what_every_offer_says_tells_little_once_the_pool_is_counted():
    channel = default_channel()
    pool = [[Text(f"training on {word}", "en")] for word in ("mangroves", "taxonomy", "fisheries", "soil", "birds")]
    counted = channel.counted_on(pool)

    def share(one):
        keys, values = one.vectors([[Text("training mangroves", "en")]]).row(0)
        return float(values[keys == one.numbers("en")["train"]].sum() / values.sum())

    assert share(counted) < share(channel)
    assert counted.versions["idf"] != channel.versions["idf"]
