"""Compile the lexicon of the matcher from its sources. The product ships the result, not the sources."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from requests_offers.matching import build
from requests_offers.matching.text import lexicon


class Command(BaseCommand):
    help = "Compile the matcher's lexicon from thesaurus concepts and parallel strings (JSON lines)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sources", nargs="+", type=Path, metavar="SOURCE.jsonl")
        parser.add_argument("--without", action="append", default=[], metavar="NAME", help="leave out one source")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")

    def handle(self, *, sources: list[Path], without: list[str], out: Path, **options: Any) -> None:
        known = {path.stem for path in sources}
        if unknown := set(without) - known:
            raise CommandError(
                f"There is no source named {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}."
            )
        chosen = [path for path in sources if path.stem not in without]
        rows = {path.stem: _rows(path) for path in sorted(chosen, key=lambda path: path.stem)}
        compiled = build.build(build.read_sources(rows))
        version = lexicon.save(compiled, out)
        report = {
            "version": version,
            "sources": list(compiled.sources),
            "english_stems": len(compiled.english),
            "words": {code: len(words) for code, words in compiled.words.items()},
            "bytes": out.stat().st_size,
            "file": str(out),
        }
        self.stdout.write(json.dumps(report, ensure_ascii=False))


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines if line.strip()]
    except (OSError, json.JSONDecodeError) as error:
        raise CommandError(f"{path} cannot be read as JSON lines: {error}") from error
