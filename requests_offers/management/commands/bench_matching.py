"""Measure the speed of the matcher beside its peers, in one run."""

import json
import sys
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Measure the matcher's speed beside other libraries that are installed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--requests", type=int, default=2_000, metavar="N")
        parser.add_argument("--offers", type=int, default=20_000, metavar="M")
        parser.add_argument(
            "--single", type=int, default=100_000, metavar="K", help="offers for one need alone; 0 for none"
        )
        parser.add_argument("--peers", default="sparse_dot_topn,sklearn,bm25s,scipy_csr,duckdb,naive")
        parser.add_argument(
            "--parts", default="", help="more to measure: scaling, workers, allocation, with commas between them"
        )
        parser.add_argument("--json", action="store_true", help="print JSON, nothing else")

    def handle(self, *, requests: int, offers: int, single: int, peers: str, parts: str, **options: Any) -> None:
        root = str(Path(settings.BASE_DIR))
        if root not in sys.path:
            sys.path.insert(0, root)
        # The bench lies beside the product, not in it, and calls libraries that only a bench installs.
        measure = import_module("benchmarks.matching.measure")
        more = [name for name in parts.split(",") if name]
        if unknown := set(more) - set(measure.PARTS):
            raise CommandError(f"no part named {sorted(unknown)[0]}; there are {', '.join(measure.PARTS)}")
        report = measure.bench(requests, offers, single, [name for name in peers.split(",") if name], more)
        if options["json"]:
            self.stdout.write(json.dumps(report))
            return
        for part in ("batch", "single"):
            if part in report:
                self.stdout.write(f"{part}: {report[part]['seconds']} s")
                for name, ratio in report[part]["peer_times_ours"].items():
                    self.stdout.write(f"  {name}: {ratio} times our time")
        for part in more:
            self.stdout.write(f"{part}: {json.dumps(report[part])}")
        self.stdout.write(f"peak memory: {report['peak_memory_mb']} MB")
