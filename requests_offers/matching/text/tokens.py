"""From text to stems, in six languages and sensibly in any other.

A text is cut into runs of one script. Han, Arabic and Cyrillic runs are read as Chinese, Arabic and Russian whatever the
tag says; Latin runs are read in the tagged language if that is written in Latin letters, else in the language whose
function words they contain. So a wrong or missing tag, a quotation or a mixed text costs little.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from snowballstemmer import stemmer

LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh")
OTHER = "und"
NUMBERS = "num"  # figures are read alike in every language: "Target 6", "Article 15", "2030"
LONGEST_TEXT = 60_000  # characters; what lies beyond is not read, so that one paste cannot stall a worker

_STEMMERS = {
    language: stemmer(name)
    for language, name in {"en": "english", "fr": "french", "es": "spanish", "ru": "russian"}.items()
}

# Function words carry no topic. They also tell the Latin languages apart.
STOPWORDS = {
    "en": (
        "a an the of and or to in on for by with at from as is are be been was were that this these those which their "
        "its it into through including include other such has have any not no per than also more all will can may should "
        "between under within where when who how what if your you we our they them do does did please each both upon use used"
    ),
    "fr": (
        "le la les l un une des de du d et ou a au aux en dans par pour sur avec sans sous ce cet cette ces qui que qu dont "
        "leur leurs son sa ses est sont ete etre ont il elle ils se ne pas plus y compris notamment entre ainsi comme tout "
        "tous toute toutes votre vous nous si s n chaque autres autre afin"
    ),
    "es": (
        "el la los las un una unos unas de del y e o u a al en por para con sin sobre que se su sus es son ha han ser lo como "
        "mas entre incluidos incluidas incluido este esta estos estas cuando si no todo todos toda todas cada otros otras "
        "otro otra le les"
    ),
    "ru": (
        "и в во не на с со по для из за от до к ко о об при а или что как это их его ее который которые которых которая "
        "также том числе между под через все всех вашей страны ли у"
    ),
    "ar": (
        "في من على الى إلى عن مع أو او و أن ان إن التي الذي التى هذا هذه ذلك تلك بما كما قد لا ما هو هي كل بين عند حتى ثم لم "
        "لن غير أي اي وفي ومن وعلى"
    ),
    "zh": "",
}

# Languages outside the six are read as their nearest relative; anything else by its function words.
_RELATIVES = {"pt": "es", "gl": "es", "ca": "es", "it": "es", "ast": "es", "oc": "fr", "ht": "fr", "ro": "fr"}

_ARABIC_MARKS = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670]")
_ARABIC_ALEF = re.compile("[إأآٱ]")
_ARABIC_FOLD = str.maketrans({"ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ک": "ك", "ی": "ي"})
_ARABIC_WEAK = str.maketrans("", "", "اوي")
_ARABIC_ARTICLES = ("وال", "بال", "كال", "فال", "ولل", "لل", "ال")
_ARABIC_ENDINGS = ("هما", "ها", "ات", "ان", "ون", "ين", "يه", "هم", "ه", "ي")

_HAN = "\u3400-\u9fff\uf900-\ufaff"
_CHINESE_PARTICLES = frozenset("的和与及或等在对为以之其是了将由于并中")
_LONGEST_NUMBER = 6  # digits; longer ones are telephone numbers and the like
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff"  # Thai, Lao, Burmese, Khmer, kana
_RUN = re.compile(
    rf"(?P<num>\d+)|(?P<zh>[{_HAN}]+)|(?P<ar>[\u0610-\u061a\u0620-\u065f\u066e-\u06d3\u06d5-\u06dc\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f]+)|(?P<ru>[\u0400-\u0481\u048a-\u052f]+)"
    rf"|(?P<latin>[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]+)|(?P<pairs>[{_UNSPACED}]+)|(?P<other>(?:[^\W\d_]|[\u0900-\u0dff])+)"
)
_GLANCE = 1_000  # characters that show in which language a text is written
_LATIN_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"(?<=[.!?؟])\s+|(?<=[。！？；])|[\n\r\u2028\u2029•]+")


class Token(NamedTuple):
    """One word as it was read: language it was read in, stem, surface and where the surface lies in the text."""

    language: str
    stem: str
    surface: str
    start: int
    end: int


def fold(text: str, language: str) -> str:
    """Lower case without the differences of spelling that carry no meaning in this language."""
    text = unicodedata.normalize("NFKC", text.lower())
    if language == "ar":
        text = _ARABIC_ALEF.sub("ا", _ARABIC_MARKS.sub("", text))
        return text.translate(_ARABIC_FOLD)
    if language == "ru":
        return text.replace("ё", "е")
    if language == "zh" or text.isascii():
        return text
    text = text.replace("œ", "oe").replace("æ", "ae")
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


_FOLDED_STOPWORDS = {
    language: frozenset(fold(word, language) for word in words.split()) for language, words in STOPWORDS.items()
}
# Words that only one of the Latin languages uses as a function word: they decide between the three.
_TELLTALES = {
    language: _FOLDED_STOPWORDS[language]
    - frozenset().union(*(_FOLDED_STOPWORDS[other] for other in ("en", "fr", "es") if other != language))
    for language in ("en", "fr", "es")
}


def _arabic_stem(word: str) -> str:
    """A light stem: conjunction, article or preposition, up to two endings, and the weak letters inside go.

    It joins some words that are not akin, as `و` may belong to the root; measured, it joins far more that are.
    """
    word = _without_arabic_prefix(word)
    for _ in range(2):
        ending = next((one for one in _ARABIC_ENDINGS if word.endswith(one) and len(word) - len(one) >= 3), "")
        if not ending:
            break
        word = word[: -len(ending)]
    return word[0] + word[1:].translate(_ARABIC_WEAK) if len(word) > 4 else word


def _without_arabic_prefix(word: str) -> str:
    if word[0] in "وف" and len(word) >= 5 and not word.startswith("وال"):
        word = word[1:]
    for article in _ARABIC_ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= 3:
            return word[len(article) :]
    return word[1:] if word[0] in "بلك" and len(word) >= 5 else word


@lru_cache(1 << 17)
def stem(word: str, language: str) -> str:
    """The stem of a folded word."""
    if language == "ar":
        return _arabic_stem(word)
    if language in _STEMMERS:
        return str(_STEMMERS[language].stemWord(word))
    return word


@lru_cache(1 << 17)
def _read(surface: str, language: str) -> str:
    """The stem of a word as written, or nothing for function words and single letters."""
    word = fold(surface, language)
    if len(word) < 2 or word in _FOLDED_STOPWORDS.get(language, ()):
        return ""
    return stem(word, language)


def sentences(text: str) -> list[str]:
    """The sentences of a text, without empty ones."""
    return [part for part in (piece.strip() for piece in _SENTENCE_END.split(text)) if part]


def latin_language(text: str, tag: str) -> str:
    """In which Latin language to read a text: the tagged one unless its function words say clearly otherwise."""
    primary = tag.lower().replace("_", "-").split("-")[0]
    tagged = _RELATIVES.get(primary, primary)
    words = Counter(_LATIN_WORD.findall(clean(text[:_GLANCE]).lower()))
    votes = {
        language: sum(words[word] for word in telltales if word in words) for language, telltales in _TELLTALES.items()
    }
    best = max(votes, key=lambda language: (votes[language], language == tagged, language == "en"))
    if tagged not in votes:
        return best if votes[best] else "en"
    return best if votes[best] >= 3 and votes[best] > 3 * votes[tagged] else tagged


def language_of(text: str, tag: str) -> str:
    """The language most letters of a text are read in; `und` when no letter belongs to one of the six."""
    letters: dict[str, int] = {}
    for match in _RUN.finditer(clean(text[:_GLANCE])):
        kind = match.lastgroup or "other"
        if kind == NUMBERS:
            continue
        weight = 2 if kind == "zh" else 1
        letters[kind] = letters.get(kind, 0) + weight * (match.end() - match.start())
    if not letters:
        return OTHER
    kind = max(letters, key=lambda name: (letters[name], name))
    if kind == "latin":
        return latin_language(text, tag)
    return kind if kind in LANGUAGES else OTHER


def _pairs(surface: str, start: int, language: str) -> Iterator[Token]:
    """Overlapping pairs of characters, for scripts without spaces; in Chinese, where most words are pairs, also single ones."""
    run = fold(surface, "zh")
    if len(run) != len(surface) or len(run) == 1:
        yield Token(language, run, surface, start, start + len(surface))
        return
    for at in range(len(run) - 1):
        yield Token(language, run[at : at + 2], surface[at : at + 2], start + at, start + at + 2)
    if language == "zh":
        for at, character in enumerate(run):
            if character not in _CHINESE_PARTICLES:
                yield Token(language, character, surface[at], start + at, start + at + 1)


def clean(text: str) -> str:
    """The text as it is read: accents composed with their letters, not longer than can be read in a moment."""
    return unicodedata.normalize("NFKC", text[:LONGEST_TEXT])


def tokens(text: str, tag: str = "") -> list[Token]:
    """The words of a text that carry meaning, in order; places refer to the cleaned text."""
    text = clean(text)
    latin = latin_language(text, tag)
    found: list[Token] = []
    for match in _RUN.finditer(text):
        kind = match.lastgroup or "other"
        surface, start = match.group(), match.start()
        if kind == NUMBERS:
            if len(surface) <= _LONGEST_NUMBER:
                found.append(Token(NUMBERS, str(int(surface)), surface, start, match.end()))
            continue
        language = latin if kind == "latin" else kind if kind in LANGUAGES else OTHER
        if kind in ("zh", "pairs"):
            found.extend(_pairs(surface, start, language))
            continue
        word = _read(surface, language)
        if word:
            found.append(Token(language, word, surface, start, match.end()))
    return found
