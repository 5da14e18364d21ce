"""Measuring the matcher on texts that say the same, on judged retrieval sets, and on real requests."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .measures import bm25, listwise, pair_measures, tf_idf
from .pool import documents
from .rank import Index
from .records import Candidate, Need, Text
from .text.calibration import NUMBER
from .text.channel import NEED_TERMS, Channel, Vectors, all_similarities, default_channel
from .text.tokens import LANGUAGES, tokens

Floats = NDArray[np.float64]
Row = Mapping[str, Any]


# Parallel texts ----------------------------------------------------------------


def parallel(rows: Sequence[Row], channel: Channel | None = None) -> dict[str, Any]:
    """Find the translation of each text among all texts of another language, for every ordered pair of languages."""
    channel = channel or default_channel()
    languages = [code for code in LANGUAGES if all(str(row.get(code) or "").strip() for row in rows)]
    vectors = {code: channel.vectors([[Text(str(row[code]), code)] for row in rows]) for code in languages}
    ranks = {
        f"{left}-{right}": _ranks(all_similarities(vectors[left], vectors[right]))
        for left in languages
        for right in languages
        if left != right
    }
    per_pair = {pair: float((1 / found).mean()) for pair, found in ranks.items()}
    everything = np.concatenate(list(ranks.values())) if ranks else np.ones(1)
    worst = min(per_pair, key=lambda pair: per_pair[pair], default="")
    return {
        "rows": len(rows),
        "recall_at_1": float((everything < 1.5).mean()),
        "recall_at_5": float((everything < 5.5).mean()),
        "mrr": float(np.mean(list(per_pair.values()))) if per_pair else 0.0,
        "worst_pair": {"pair": worst, "mrr": per_pair.get(worst, 0.0)},
        "per_pair": per_pair,
        "mixed_pool": mixed_pool(vectors, channel),
    }


def _ranks(similarity: Floats) -> Floats:
    """The place of the true partner in each row; it shares its place with all that score the same."""
    own = np.diag(similarity)[:, None]
    return np.asarray(1.0 + (similarity > own).sum(axis=1) + ((similarity == own).sum(axis=1) - 1) / 2)


def mixed_pool(vectors: Mapping[str, Vectors], channel: Channel) -> dict[str, float]:
    """A pool in which each text stands in one language only, asked in the others; raw and calibrated."""
    languages = list(vectors)
    size = len(vectors[languages[0]]) if languages else 0
    written = np.arange(size) % max(len(languages), 1)
    numbers = np.array([NUMBER[code] for code in languages], dtype=np.int64)
    raw, calibrated = [], []
    for asked, code in enumerate(languages):
        similarity = np.zeros((size, size))
        for number, other in enumerate(languages):
            chosen = written == number
            similarity[:, chosen] = all_similarities(vectors[code], vectors[other])[:, chosen]
        foreign = written != asked
        raw.append(1 / _ranks(similarity)[foreign])
        adjusted = channel.calibration.value(similarity, int(numbers[asked]), numbers[written])
        calibrated.append(1 / _ranks(adjusted)[foreign])
    if not size:
        return {"raw_mrr": 0.0, "calibrated_mrr": 0.0}
    return {
        "raw_mrr": float(np.concatenate(raw).mean()),
        "calibrated_mrr": float(np.concatenate(calibrated).mean()),
    }


# Judged retrieval ----------------------------------------------------------------


def retrieval(
    queries: Sequence[Row],
    profiles: Sequence[Row],
    judgements: Sequence[tuple[str, str, float]],
    *,
    group_by: str = "query",
    channel: Channel | None = None,
    embed: Callable[[Sequence[str]], Floats] | None = None,
) -> dict[str, Any]:
    """Rank profiles for queries by text alone and compare with the judgements."""
    channel = channel or default_channel()
    similarity = text_similarity(queries, profiles, channel)
    if embed is not None:
        similarity = 0.5 * similarity + 0.5 * _embedded(queries, profiles, embed)
    query_at = {str(query["id"]): number for number, query in enumerate(queries)}
    profile_at = {str(profile["id"]): number for number, profile in enumerate(profiles)}
    grades = np.full(similarity.shape, np.nan)
    for query, profile, grade in judgements:
        if query in query_at and profile in profile_at:
            grades[query_at[query], profile_at[profile]] = grade
    if group_by == "profile":
        similarity, grades = similarity.T, grades.T
    names = [str(number) for number in range(len(similarity))]
    judged_only = group_by == "profile"
    lists = {name: _row(similarity, grades, int(name), judged_only) for name in names}
    return {
        "queries": len(queries),
        "profiles": len(profiles),
        **listwise({name: one[0] for name, one in lists.items()}, {name: one[1] for name, one in lists.items()}),
        **pair_measures([_row(similarity, grades, int(name), True) for name in names]),
    }


def _row(similarity: Floats, grades: Floats, number: int, judged_only: bool) -> tuple[Floats, Floats]:
    if judged_only:
        judged = ~np.isnan(grades[number])
        return similarity[number][judged], grades[number][judged]
    return similarity[number], np.nan_to_num(grades[number])


def text_similarity(queries: Sequence[Row], profiles: Sequence[Row], channel: Channel) -> Floats:
    """The text criterion of every query against every profile, as the index computes it."""
    offers = [
        Candidate(
            id=number,
            organization_id=0,
            items=tuple(Text(str(item["text"]), str(item.get("language", ""))) for item in profile["items"]),
        )
        for number, profile in enumerate(profiles)
    ]
    index = Index(offers, channel=channel.counted_on([document for offer in offers for document in documents(offer)]))
    rows = []
    for number, query in enumerate(queries):
        need = Need(id=number, texts=(Text(str(query["text"]), str(query.get("language", ""))),))
        rows.append(index.text_values(need))
    return np.array(rows).reshape(len(queries), len(profiles))


def _embedded(queries: Sequence[Row], profiles: Sequence[Row], embed: Callable[[Sequence[str]], Floats]) -> Floats:
    """Cosines of sentence embeddings, items of a profile joined as the text criterion joins them."""
    asked = embed([str(query["text"]) for query in queries])
    found = np.zeros((len(queries), len(profiles)))
    for number, profile in enumerate(profiles):
        texts = [str(item["text"]) for item in profile["items"] if str(item["text"]).strip()]
        if texts:
            similarity = asked @ embed(texts).T
            found[:, number] = 0.5 * similarity.max(axis=1) + 0.5 * similarity.mean(axis=1)
    return found


# Real requests --------------------------------------------------------------------


def requests(
    request_rows: Sequence[Row],
    offer_rows: Sequence[Row],
    matches: Sequence[Row],
    *,
    channel: Channel | None = None,
) -> dict[str, Any]:
    """Rank offers for real requests with the whole scorer, beside TF-IDF and BM25 in the same run."""
    offers = [offer_of(row, number) for number, row in enumerate(offer_rows)]
    needs = [need_of(row, number) for number, row in enumerate(request_rows)]
    grades = _grades(request_rows, offer_rows, matches)
    channel = fitted_channel(channel or default_channel(), needs, offers)
    index = Index(offers, channel=channel)
    counted = [Counter(_words([Text(offer.title), *offer.items])) for offer in offers]
    scores: dict[str, dict[str, Floats]] = defaultdict(dict)
    same_language = []
    for need, row in zip(needs, request_rows, strict=True):
        name = str(row["id"])
        if not (grades[name] > 0).any():
            continue
        words = _words(need.texts)
        scores["whole"][name] = index.totals(need)
        scores["text"][name] = index.text_values(need)
        scores["tf_idf"][name] = tf_idf(words, counted)
        scores["bm25"][name] = bm25(words, counted)
        first = int(np.argmax(scores["whole"][name]))
        same_language.append(_language(offer_rows[first]) == _language(row))
    judged = {name: grades[name] for name in scores["whole"]}
    return {
        "requests": len(judged),
        **listwise(scores["whole"], judged),
        "text_only": listwise(scores["text"], judged),
        "tf_idf": listwise(scores["tf_idf"], judged),
        "bm25": listwise(scores["bm25"], judged),
        "same_language_first_share": float(np.mean(same_language)) if same_language else 0.0,
    }


def fitted_channel(channel: Channel, needs: Sequence[Need], offers: Sequence[Candidate]) -> Channel:
    """The channel with the idf and the calibration of a pool; it looks at texts only, never at who belongs to whom."""
    items = [document for offer in offers for document in documents(offer)]
    channel = channel.counted_on(items)
    asked = [list(need.texts) for need in needs if need.texts]
    if not asked or not items:
        return channel
    return channel.calibrated_on(channel.vectors(asked, NEED_TERMS), channel.vectors(items))


def _grades(request_rows: Sequence[Row], offer_rows: Sequence[Row], matches: Sequence[Row]) -> dict[str, Floats]:
    place = {str(row["id"]): number for number, row in enumerate(offer_rows)}
    grades = {str(row["id"]): np.zeros(len(offer_rows)) for row in request_rows}
    for match in matches:
        request, offer = str(match["request_id"]), str(match["offer_id"])
        if request in grades and offer in place:
            at = place[offer]
            grades[request][at] = max(grades[request][at], float(match.get("grade", 1)))
    return grades


def _words(texts: Sequence[Text]) -> list[str]:
    return [token.stem for text in texts for token in tokens(text.text, text.language)]


def _language(row: Row) -> str:
    return str(row.get("language") or "en")


def declared_targets(row: Row) -> frozenset[int]:
    """The targets that somebody named; those that a rule guessed from the text are no evidence beside the text."""
    if str(row.get("kmgbf_basis") or "").startswith("OUR judgement"):
        return frozenset()
    return frozenset(int(target) for target in row.get("targets") or row.get("kmgbf_targets") or ())


def need_of(row: Row, number: int) -> Need:
    """A request of the development files as a need."""
    language = _language(row)
    written = [row.get("title"), *(row.get("objectives") or []), row.get("text")]
    return replace(
        Need(id=number, texts=tuple(Text(str(part), language) for part in written if part)),
        targets=declared_targets(row),
        subjects=frozenset(map(str, row.get("subjects") or ())),
        cooperation_types=frozenset(map(str, row.get("cooperation_types") or ())),
        parties=frozenset(map(str, row.get("countries") or ())),
        regions=frozenset(map(str, row.get("regions") or ())),
        languages=frozenset(map(str, row.get("languages") or ())),
    )


def offer_of(row: Row, number: int) -> Candidate:
    """An offer of the development files as a candidate."""
    language = _language(row)
    places = [str(place) for place in row.get("coverage") or ()]
    return replace(
        Candidate(id=number, organization_id=number, title=str(row.get("title") or "")),
        items=(Text(str(row["text"]), language),) if row.get("text") else (),
        targets=declared_targets(row),
        subjects=frozenset(map(str, row.get("subjects") or ())),
        cooperation_types=frozenset(map(str, row.get("cooperation_types") or ())),
        parties=frozenset(place for place in places if len(place) == 2 and place.isupper()),
        regions=frozenset(place for place in places if not (len(place) == 2 and place.isupper())),
        worldwide=any(place.lower() in ("global", "worldwide", "world") for place in places),
        languages=frozenset(map(str, row.get("languages") or ())),
    )
