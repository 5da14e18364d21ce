"""Runs the benches and writes docs/benchmarks.md: every figure there was printed by a command named beside it.

python -m benchmarks.write [--data FOLDER] [--only PART] [--keep PART]

FOLDER holds development data in the formats of `manage.py evaluate_matching`: lexicon/*.jsonl and eval/*; without it
only the speed is measured. --only measures one part alone and puts it in the place of the last one; --keep leaves a
part as it was measured last.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.texts import manage, tables

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Written by `make bench` on {when} on {cores} cores ({machine}). Times are ratios within one run; a ratio above 1 means \
that
the portal's matcher was faster than the peer.
"""


def speed(peers: str) -> str:
    """The tables of `bench_matching`."""
    arguments = ["bench_matching", "--peers", peers, "--parts", "scaling,workers,allocation", "--json"]
    report = manage(*arguments)
    lines = ["\n## Speed of the matcher\n", f"`manage.py {' '.join(arguments)}`\n"]
    for part, title in (("batch", "2,000 needs × 20,000 offers"), ("single", "one need × 100,000 offers")):
        lines += _beside_peers(report[part], title)
    batch, found = report["batch"], report["allocation"]
    lines += [
        f"\nThe batch takes {batch['times_the_limit']} times the processor time of its arithmetic alone (one matrix "
        f"product for "
        f"tags and frequent terms, posting lists for the rest: {batch['limit_cpu_seconds']} s).",
        f"Peak memory of this process, peers included: {report['peak_memory_mb']} MB.\n",
        "\n### How it grows\n\n| pairs | seconds | processor seconds | peak memory, MB |\n|--:|--:|--:|--:|",
        *(
            f"| {row['pairs']:,} | {row['seconds']} | {row['cpu_seconds']} | {row['peak_memory_mb']} |"
            for row in report["scaling"]["sizes"]
        ),
        f"\nProcessor time grows with the pairs to the power {report['scaling']['exponent']}.\n",
        "\n### Workers\n\n| workers | seconds for 1,000 needs × 20,000 offers, claimed one by one |\n|--:|--:|",
        *(f"| {row['workers']} | {row['seconds']} |" for row in report["workers"]),
        f"\n### Allocation of {found['needs']:,} needs × {found['offers']:,} offers, "
        f"{found['candidates']} candidates each\n",
        f"{found['seconds']} s; HiGHS as a linear program {found['highs_lp_seconds']} s, "
        f"{found['highs_lp_times_ours']} times ours; {found['share_of_optimum']} of the optimum.\n",
    ]
    return "\n".join(lines)


def _beside_peers(found: dict, title: str) -> list[str]:
    """One table: wall clock and processor time of every peer, divided by ours of the same run."""
    heads = "| peer | its time ÷ ours | its processor time ÷ ours | its seconds |\n|---|--:|--:|--:|"
    rows = [
        f"| {name}{'*' if name in found['scaled_up'] else ''} | {ratio} | {found['peer_cpu_times_ours'][name]} "
        f"| {found['peers_seconds'][name]} |"
        for name, ratio in found["peer_times_ours"].items()
    ]
    note = "\n\\* measured on some of the needs and scaled up.\n" if found["scaled_up"] else ""
    title = f"\n### {title}: {found['seconds']} s, {found['cpu_seconds']} s of processor time\n"
    return [title, heads, *rows, note]


def retrieval(data: Path, name: str, title: str, *more: str) -> str:
    """One retrieval set."""
    files = [str(data / "eval" / f"{name}_{part}") for part in ("queries.jsonl", "profiles.jsonl", "judgements.csv")]
    arguments = ["--queries", files[0], "--profiles", files[1], "--judgements", files[2], *more]
    found = manage("evaluate_matching", "retrieval", *arguments)
    wanted = ("ndcg_at_10", "recall_at_10", "mrr", "pairwise_loss", "easy_accuracy", "hard_accuracy")
    rows = {key: found[key] for key in wanted if found.get(key) is not None}
    return _table(title, f"`evaluate_matching retrieval --queries {name}_queries.jsonl … {' '.join(more)}`", rows)


IATI_TITLE = "Workplans as IATI"


def iati() -> str:
    """The network's file of finalized plans, beside lxml writing the same elements from memory."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.iati"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    return _table(
        IATI_TITLE,
        f"`python -m benchmarks.iati`: {found['plans']} plans with {found['activities']:,} activities, from the "
        "database to the last byte; the floor is lxml writing the same elements from memory.",
        {
            "elements": f"{found['elements']:,}",
            "size, MB": str(found["megabytes"]),
            "queries": str(found["queries"]),
            "processor seconds": str(found["cpu_seconds"]),
            "processor seconds of the floor": str(found["floor_cpu_seconds"]),
            "times the floor": str(found["times_the_floor"]),
            "most memory held at a time, MB": str(found["peak_memory_mb"]),
        },
    )


WAITING_TITLE = "From “accept” to matches on the page"


def waiting() -> str:
    """How long an officer waits for matches, with a real worker."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.waiting"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    return _table(
        WAITING_TITLE,
        f"`python -m benchmarks.waiting`: {found['offers']:,} published offers in the database, a warm worker, "
        f"{found['requests']} requests one after the other, until the page of matches shows them.",
        {
            "median, s": found["median_s"],
            "95 of 100 within, s": found["p95_s"],
            "memory of the worker, MB": str(found["worker_mb"]),
        },
    )


WEB_TITLE = "Pages and API"


def web() -> str:
    """Pages and lists beside what Django and DRF need at the least, and whole lists as files."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.web.measure"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    heads = "| call | p50, ms | p95, ms | processor, ms | ÷ floor | SQL | kB |\n|---|--:|--:|--:|--:|--:|--:|"
    calls = [
        f"| {name} | {row['p50_ms']} | {row['p95_ms']} | {row['cpu_ms']} | {row['times_the_floor']} | {row['queries']} "
        f"| {row['kB']} |"
        for name, row in found["calls"].items()
    ]
    files = [
        f"| {kind} | {row['lines']:,} | {row['MB']} | {row['first_byte_s']} | {row['seconds']} "
        f"| {row['extra_memory_MB']} |"
        for kind, row in found["bulk"].items()
    ]
    note = (
        f"`python -m benchmarks.web.measure`: {found['rows']:,} offers and as many requests, {found['rounds']} "
        "rounds in turns in one process, without a server before it. ÷ floor is by the work of the processor: of pages "
        "and lists against the same of Django and DRF alone, of a conditional request against the whole record."
    )
    bulk = "| file | lines | MB | first byte, s | whole, s | extra memory, MB |\n|---|--:|--:|--:|--:|--:|"
    lines = [f"\n## {WEB_TITLE}\n", note, "", heads, *calls, "\n### Whole lists as files\n", bulk, *files, ""]
    return "\n".join(lines)


ALONE = {"waiting": (WAITING_TITLE, waiting), "iati": (IATI_TITLE, iati), "web": (WEB_TITLE, web)}


def kept(title: str) -> str:
    """A section as it stands in the page, with all figures of its last measurement."""
    _before, head, rest = PAGE.read_text(encoding="utf-8").partition(f"\n## {title}\n")
    return head + rest.partition("\n## ")[0]


def replaced(page: str, title: str, section: str) -> str:
    """A page with a section in the place of the one with the same title; at the end where there is none."""
    before, head, rest = page.partition(f"\n## {title}\n")
    after = rest.partition("\n## ")
    return before + section + (f"\n## {after[2]}" if head and after[1] else "")


def _table(title: str, command: str, rows: dict) -> str:
    body = "\n".join(
        f"| {name} | {value:.3f} |" if isinstance(value, float) else f"| {name} | {value} |"
        for name, value in rows.items()
    )
    return f"\n## {title}\n\n{command}\n\n| figure | value |\n|---|--:|\n{body}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--peers", default="sparse_dot_topn,sklearn,bm25s,scipy_csr,duckdb,naive")
    parser.add_argument("--only", choices=[*ALONE])
    parser.add_argument("--keep", choices=[*ALONE], action="append", default=[])
    options = parser.parse_args()
    if options.only:
        title, part = ALONE[options.only]
        PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), title, part()), encoding="utf-8")
        sys.stdout.write(f"{PAGE.relative_to(ROOT)}: {options.only} written.\n")
        return
    when = datetime.now(tz=UTC).strftime("%-d %B %Y, %H:%M UTC")
    parts = [HEAD.format(when=when, cores=os.cpu_count(), machine=platform.machine()), speed(options.peers)]
    if options.data:
        parts.append(tables(options.data))
        parts.append(
            retrieval(options.data, "expert", "Expert–paper gold standard, development half", "--group-by", "profile")
        )
        parts.append(retrieval(options.data, "cran", "Cranfield, development half of the queries"))
    for name, (title, part) in ALONE.items():
        parts.append(kept(title) if name in options.keep else part())
    PAGE.write_text("".join(parts), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} written.\n")


if __name__ == "__main__":
    main()
