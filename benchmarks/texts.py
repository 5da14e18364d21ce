"""The rows of quality that texts decide: translations found, mixed pools, real requests. Each with its command."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh")
TOGETHER = 4  # short texts that make one of about 80 words
Rows = list[dict[str, str]]


def manage(*arguments: str) -> dict[str, Any]:
    """What a command of the portal prints as JSON."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def tables(data: Path) -> str:
    """Both tables."""
    with tempfile.TemporaryDirectory() as folder:
        found = [_parallel(name, *made) for name, made in _tried(data, Path(folder))]
    heads = "| texts | rows | MRR | worst pair | mixed pool: raw → calibrated |\n|---|--:|--:|--:|--:|"
    note = (
        "`build_lexicon` without these texts, then `evaluate_matching parallel`; 30 ordered pairs of 6 languages. "
        f"Composites are {TOGETHER} texts joined, about 80 words."
    )
    return "\n".join(["\n## Find the translation\n", note, "", heads, *found, ""]) + _real(data)


def _tried(data: Path, folder: Path) -> Iterable[tuple[str, tuple[Path, Path]]]:
    """Sets of texts, each with a lexicon that has not seen them."""
    gemet, absch, sdg = (data / "lexicon" / f"{name}.jsonl" for name in ("gemet", "absch", "sdg"))
    rows = _read(absch)
    seen, unseen = _write(folder / "seen.jsonl", rows[::2]), _write(folder / "unseen.jsonl", _whole(rows[1::2]))
    without_sdg = _lexicon(folder / "a.npz", gemet, absch)
    half = _lexicon(folder / "b.npz", gemet, sdg, seen)
    yield "SDG targets and indicators", (sdg, without_sdg)
    yield "SDG, composites", (_write(folder / "sdg4.jsonl", _joined(_whole(_read(sdg)))), without_sdg)
    yield "the other half of the ABS clearing-house’s strings", (unseen, half)
    yield "the same, composites", (_write(folder / "absch4.jsonl", _joined(_read(unseen))), half)
    targets = json.loads((data / "domain" / "targets.json").read_text(encoding="utf-8"))["targets"]
    titles = [target["titles_unofficial_bioland"] for target in targets]
    whole = _lexicon(folder / "c.npz", gemet, absch, sdg)
    yield "titles of the 23 targets", (_write(folder / "titles.jsonl", titles), whole)


def _parallel(name: str, texts: Path, lexicon: Path) -> str:
    found = manage("evaluate_matching", "parallel", str(texts), "--lexicon", str(lexicon))
    worst, pool = found["worst_pair"], found["mixed_pool"]
    return (
        f"| {name} | {found['rows']} | {found['mrr']:.3f} | {worst['mrr']:.3f} ({worst['pair']}) "
        f"| {pool['raw_mrr']:.3f} → {pool['calibrated_mrr']:.3f} |"
    )


def _real(data: Path) -> str:
    files = {name: str(data / "real" / f"{name}.jsonl") for name in ("requests", "offers", "matches")}
    arguments = [part for name, file in files.items() for part in (f"--{name}", file)]
    found = manage("evaluate_matching", "requests", *arguments)
    lines = [
        f"| {name} | {row['ndcg_at_10']:.3f} | {row['recall_at_10']:.3f} | {row['mrr']:.3f} |"
        for name, row in (("the portal", found), ("TF-IDF", found["tf_idf"]), ("BM25", found["bm25"]))
    ]
    note = f"`evaluate_matching requests`: {found['requests']} requests with stated funders among 742 offers."
    heads = "| method | nDCG@10 | recall@10 | MRR |\n|---|--:|--:|--:|"
    return "\n".join(["\n## Real requests\n", note, "", heads, *lines, ""])


def _lexicon(out: Path, *sources: Path) -> Path:
    command = [sys.executable, "manage.py", "build_lexicon", *map(str, sources), "--out", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return out


def _read(file: Path) -> Rows:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def _write(file: Path, rows: Rows) -> Path:
    file.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
    return file


def _whole(rows: Rows) -> Rows:
    """Rows with a text in every language, each text once: two that say the same cannot be told apart."""
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        if all(len(str(row.get(code) or "").split()) > 3 or code == "zh" for code in LANGUAGES) and row.get("zh"):
            found.setdefault(row["en"], row)
    return list(found.values())


def _joined(rows: Rows) -> Rows:
    pieces = [rows[first : first + TOGETHER] for first in range(0, len(rows) - TOGETHER + 1, TOGETHER)]
    join: Callable[[Rows, str], str] = lambda piece, code: " ".join(row[code] for row in piece)  # noqa: E731
    return [{code: join(piece, code) for code in LANGUAGES} for piece in pieces]
