"""Why an offer matches a need: shares of the score, the evidence behind each, and what is missing.

Codes, not labels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from .criteria import COST_FIT, primary, working_languages
from .records import CRITERIA, Candidate, Missing, Need, Share, Text, Weights
from .text.channel import Channel
from .text.concepts import Mention, concepts_of
from .text.tokens import sentences, tokens

WORD_LINKS = 5
CONCEPTS = 5
_SENTENCES_READ = 60
_SENTENCE_SHOWN = 300
_WORDS_PER_KEY = 3
_LEAST_LINK = 0.004  # of the whole similarity; weaker links explain nothing

Evidence = tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text taken apart for explanation: which words lead to which key, its concepts, its sentences."""

    words: Mapping[int, tuple[tuple[str, float], ...]]
    concepts: Mapping[int, Mention]
    sentences: tuple[str, ...]
    vectors: tuple[dict[int, float], ...]


class Explainer:
    """Explains pairs; remembers what it read of the latest texts."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._concepts = concepts_of(channel.lexicon)
        self._read = lru_cache(maxsize=4096)(self._read_now)

    def explain(
        self, need: Need, offer: Candidate, values: Mapping[str, float], weights: Weights
    ) -> tuple[tuple[Share, ...], tuple[Missing, ...]]:
        """The share of each criterion with its evidence, and what would raise the score."""
        total = sum(weights.of(name) for name in CRITERIA if name in values)
        shares = tuple(
            Share(
                criterion=name,
                value=values[name],
                weight=weights.of(name),
                share=weights.of(name) * values[name] / total if total else 0.0,
                evidence=self._evidence(name, need, offer),
            )
            for name in CRITERIA
            if name in values
        )
        return shares, missing(need, offer, values)

    def _evidence(self, criterion: str, need: Need, offer: Candidate) -> Evidence:
        if criterion == "text":
            return self._text_evidence(need, offer)
        return TAG_EVIDENCE[criterion](need, offer)

    def _text_evidence(self, need: Need, offer: Candidate) -> Evidence:
        asked = self._read(tuple(text for text in need.texts if text.text.strip()))
        offered = self._read((Text(offer.title, offer.items[0].language if offer.items else ""), *offer.items))
        return (
            *self._word_links(asked, offered),
            *self._shared_concepts(asked, offered),
            *_best_sentences(asked, offered),
        )

    def _read_now(self, texts: tuple[Text, ...]) -> Reading:
        words: dict[int, dict[str, float]] = {}
        concepts: dict[int, Mention] = {}
        for text in texts:
            for token in tokens(text.text, text.language):
                if len(token.surface) == 1:
                    continue  # a single Chinese character is evidence for the score, but none for a reader
                for key, weight in self._channel.word_links(token).items():
                    found = words.setdefault(key, {})
                    found[token.surface.lower()] = found.get(token.surface.lower(), 0.0) + weight
            for mention in self._concepts.mentions(text):
                concepts.setdefault(mention.concept, mention)
        parts = [Text(part, text.language) for text in texts for part in sentences(text.text)][:_SENTENCES_READ]
        vectors = self._channel.vectors([[part] for part in parts]) if parts else None
        rows = [] if vectors is None else [vectors.row(number) for number in range(len(vectors))]
        return Reading(
            words={key: _strongest_words(found) for key, found in words.items()},
            concepts=concepts,
            sentences=tuple(part.text for part in parts),
            vectors=tuple(dict(zip(keys.tolist(), values.tolist(), strict=True)) for keys, values in rows),
        )

    def _word_links(self, asked: Reading, offered: Reading) -> Evidence:
        """The pairs of words that carry most of the similarity, no word twice on its side."""
        links: dict[tuple[str, str], float] = {}
        for key, words in asked.words.items():
            for word, weight in words:
                for other, other_weight in offered.words.get(key, ()):
                    links[word, other] = links.get((word, other), 0.0) + weight * other_weight
        whole = sum(links.values())
        chosen: list[tuple[str, str]] = []
        for (word, other), weight in sorted(links.items(), key=lambda link: (-link[1], link[0])):
            if len(chosen) == WORD_LINKS or weight < _LEAST_LINK * whole:
                break
            if all(word != left and other != right for left, right in chosen):
                chosen.append((word, other))
        return tuple({"kind": "word", "need": word, "offer": other} for word, other in chosen)

    def _shared_concepts(self, asked: Reading, offered: Reading) -> Evidence:
        both = [number for number in asked.concepts if number in offered.concepts]
        both.sort(key=lambda number: (-asked.concepts[number].size - offered.concepts[number].size, number))
        return tuple(
            {
                "kind": "concept",
                "concept": number,
                "label": self._concepts.label(number),
                "need": asked.concepts[number].surface,
                "offer": offered.concepts[number].surface,
            }
            for number in both[:CONCEPTS]
        )


def _strongest_words(found: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    order = sorted(found.items(), key=lambda word: (-word[1], word[0]))
    return tuple(order[:_WORDS_PER_KEY])


def _best_sentences(asked: Reading, offered: Reading) -> Evidence:
    """The two sentences that are most alike."""
    best, place = 0.0, None
    for left, vector in enumerate(asked.vectors):
        for right, other in enumerate(offered.vectors):
            small, large = (vector, other) if len(vector) <= len(other) else (other, vector)
            similarity = sum(value * large[key] for key, value in small.items() if key in large)
            if similarity > best + 1e-12:
                best, place = similarity, (left, right)
    if place is None:
        return ()
    need, offer = asked.sentences[place[0]], offered.sentences[place[1]]
    return (
        {
            "kind": "sentence",
            "need": shortened(need),
            "offer": shortened(offer),
            "similarity": float(np.round(best, 4)),
        },
    )


def shortened(sentence: str) -> str:
    """A sentence that fits on a card."""
    if len(sentence) <= _SENTENCE_SHOWN:
        return sentence
    return sentence[: _SENTENCE_SHOWN - 1].rstrip() + "…"


# Evidence of the tags --------------------------------------------------------


def _both(kind: str, name: str, left: Iterable[Any], right: Iterable[Any]) -> Evidence:
    return tuple({"kind": kind, name: member} for member in sorted(set(left) & set(right)))


def _region_evidence(need: Need, offer: Candidate) -> Evidence:
    found = [
        *_both("party", "code", need.parties, offer.parties),
        *_both("region", "code", need.regions, offer.regions),
    ]
    if offer.worldwide and (need.parties or need.regions):
        found.append({"kind": "region", "code": "001"})
    if need.developing and offer.developing and need.modality in ("", "south_south"):
        found.append({"kind": "south_south"})
    if need.modality == "regional":
        found.extend(_both("home_region", "code", need.regions, offer.home_regions))
    return tuple(found)


def _language_evidence(need: Need, offer: Candidate) -> Evidence:
    return _both("language", "code", map(primary, need.languages), working_languages(offer))


def _dates_evidence(need: Need, offer: Candidate) -> Evidence:
    starts = [day for day in (need.starts_on, offer.available_from) if day]
    ends = [day for day in (need.ends_on, offer.available_until) if day]
    first, last = max(starts, default=None), min(ends, default=None)
    if first and last and first > last:
        return ()
    return (
        {
            "kind": "dates",
            "from": first.isoformat() if first else None,
            "until": last.isoformat() if last else None,
        },
    )


def _budget_evidence(need: Need, offer: Candidate) -> Evidence:
    if not COST_FIT.get(need.budget, {}).get(offer.cost_model):
        return ()
    return ({"kind": "budget", "need": need.budget, "offer": offer.cost_model},)


TAG_EVIDENCE: Mapping[str, Callable[[Need, Candidate], Evidence]] = {
    "targets": lambda need, offer: _both("target", "number", need.targets, offer.targets),
    "subjects": lambda need, offer: _both("subject", "code", need.subjects, offer.subjects),
    "cooperation_types": lambda need, offer: _both(
        "cooperation_type", "code", need.cooperation_types, offer.cooperation_types
    ),
    "region": _region_evidence,
    "language": _language_evidence,
    "dates": _dates_evidence,
    "budget": _budget_evidence,
}


# What is missing -------------------------------------------------------------


def missing(need: Need, offer: Candidate, values: Mapping[str, float]) -> tuple[Missing, ...]:
    """Everything that keeps the score down, and whether the offer says otherwise or says nothing."""
    found: list[Missing] = []
    if need.texts and "text" not in values:
        found.append(Missing("text", "need_text_not_understood"))
    for name, read in _MISSING.items():
        if name in values and values[name] < 1.0:
            found.extend(read(need, offer))
    return tuple(found)


def _text_missing(need: Need, offer: Candidate) -> Sequence[Missing]:
    written = offer.title.strip() or any(item.text.strip() for item in offer.items)
    return () if written else (Missing("text", "offer_without_text"),)


def _tags_missing(criterion: str, key: str, wanted: frozenset[Any], named: frozenset[Any]) -> Sequence[Missing]:
    lacking = sorted(wanted - named)
    if not lacking:
        return ()
    code = f"{criterion}_not_covered" if named else f"{criterion}_not_named"
    return (Missing(criterion, code, {key: lacking}),)


def _region_missing(need: Need, offer: Candidate) -> list[Missing]:
    found = []
    reached = offer.worldwide or need.regions & offer.regions
    if not reached and (need.parties or need.regions):
        lacking = sorted(need.parties - offer.parties)
        named = bool(offer.parties or offer.regions)
        params = {"party": lacking[0] if lacking else "", "parties": lacking, "regions": sorted(need.regions)}
        if lacking or not need.parties:
            found.append(Missing("region", "party_not_covered" if named else "coverage_not_named", params))
    if need.modality == "regional" and need.regions and not need.regions & offer.home_regions:
        found.append(Missing("region", "not_from_region", {"regions": sorted(need.regions)}))
    elif need.modality == "north_south" and offer.developing is not False:
        found.append(Missing("region", "not_north_south"))
    elif (need.modality == "south_south" or (not need.modality and need.developing)) and not offer.developing:
        found.append(Missing("region", "not_south_south" if offer.developing is False else "status_not_named"))
    return found


def _language_missing(need: Need, offer: Candidate) -> Sequence[Missing]:
    named = working_languages(offer)
    code = "no_common_language" if named else "languages_not_named"
    return (Missing("language", code, {"need": sorted(need.languages), "offer": sorted(named)}),)


def _dates_missing(need: Need, offer: Candidate) -> Sequence[Missing]:
    params = {
        "from": offer.available_from.isoformat() if offer.available_from else None,
        "until": offer.available_until.isoformat() if offer.available_until else None,
    }
    return (Missing("dates", "dates_do_not_overlap", params),)


def _budget_missing(need: Need, offer: Candidate) -> Sequence[Missing]:
    code = "cost_does_not_fit" if offer.cost_model else "cost_not_named"
    return (Missing("budget", code, {"need": need.budget, "offer": offer.cost_model}),)


_MISSING: Mapping[str, Callable[[Need, Candidate], Sequence[Missing]]] = {
    "text": _text_missing,
    "targets": lambda need, offer: _tags_missing("targets", "numbers", need.targets, offer.targets),
    "subjects": lambda need, offer: _tags_missing("subjects", "codes", need.subjects, offer.subjects),
    "cooperation_types": lambda need, offer: _tags_missing(
        "cooperation_types", "codes", need.cooperation_types, offer.cooperation_types
    ),
    "region": _region_missing,
    "language": _language_missing,
    "dates": _dates_missing,
    "budget": _budget_missing,
}
