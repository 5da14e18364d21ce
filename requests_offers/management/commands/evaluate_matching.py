"""Measure the matcher: on parallel texts, on judged retrieval sets, on real requests. Prints JSON."""

import csv
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from requests_offers.matching import evaluate
from requests_offers.matching.embeddings import sentence_encoder
from requests_offers.matching.text import lexicon
from requests_offers.matching.text.channel import Channel, channel_of, default_channel


class Command(BaseCommand):
    help = "Measure the matcher and print the figures as JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parts = parser.add_subparsers(dest="what", required=True)
        parallel = parts.add_parser("parallel", help="find translations among texts of other languages")
        parallel.add_argument("file", type=Path, metavar="FILE.jsonl")
        retrieval = parts.add_parser("retrieval", help="rank profiles for queries and compare with judgements")
        retrieval.add_argument("--queries", type=Path, required=True)
        retrieval.add_argument("--profiles", type=Path, required=True)
        retrieval.add_argument("--judgements", type=Path, required=True)
        retrieval.add_argument("--group-by", choices=["query", "profile"], default="query")
        retrieval.add_argument(
            "--embeddings", type=Path, metavar="DIR", help="a sentence-transformer model on this disk"
        )
        requests = parts.add_parser("requests", help="rank offers for real requests with stated partners")
        requests.add_argument("--requests", type=Path, required=True)
        requests.add_argument("--offers", type=Path, required=True)
        requests.add_argument("--matches", type=Path, required=True)
        for part in (parallel, retrieval, requests):
            part.add_argument("--lexicon", type=Path, metavar="FILE", help="another lexicon than the packaged one")

    def handle(self, *, what: str, **options: Any) -> None:
        channel = _channel(options["lexicon"])
        figures = {"parallel": _parallel, "retrieval": _retrieval, "requests": _requests}[what](options, channel)
        self.stdout.write(json.dumps(figures, ensure_ascii=False, indent=2))


def _channel(path: Path | None) -> Channel:
    if path is None:
        return default_channel()
    if not path.is_file():
        raise CommandError(f"There is no lexicon at {path}.")
    return channel_of(lexicon.load(path))


def _parallel(options: dict[str, Any], channel: Channel) -> dict[str, Any]:
    return evaluate.parallel(_rows(options["file"]), channel)


def _retrieval(options: dict[str, Any], channel: Channel) -> dict[str, Any]:
    with options["judgements"].open(encoding="utf-8", newline="") as lines:
        judgements = [(row["query_id"], row["profile_id"], float(row["grade"])) for row in csv.DictReader(lines)]
    return evaluate.retrieval(
        _rows(options["queries"]),
        _rows(options["profiles"]),
        judgements,
        group_by=options["group_by"],
        channel=channel,
        embed=sentence_encoder(options["embeddings"]) if options["embeddings"] else None,
    )


def _requests(options: dict[str, Any], channel: Channel) -> dict[str, Any]:
    return evaluate.requests(
        _rows(options["requests"]), _rows(options["offers"]), _rows(options["matches"]), channel=channel
    )


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines if line.strip()]
    except (OSError, json.JSONDecodeError) as error:
        raise CommandError(f"{path} cannot be read as JSON lines: {error}") from error
