"""Fifteen finalized plans with 5,010 activities as one IATI file: from the database to the last byte, beside lxml
writing the same elements from memory.

python -m benchmarks.iati

Prints JSON. It makes a database of its own in a temporary folder.
"""

import json
import os
import sys
import tempfile
import time
import tracemalloc

PLANS, ACTIVITIES, LINES, RUNS = 15, 334, 3, 3


class NoMigrations:
    """Every app's tables are made at once, as its models say."""

    def __contains__(self, _app: str) -> bool:
        return True

    def __getitem__(self, _app: str) -> None:
        return None


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "TSC_MODE": "test",
            "TSC_DATA_DIR": folder,
            "DATABASE_URL": "",
            "SECRET_KEY": "only-for-benches",
            "DJANGO_SETTINGS_MODULE": "tsc_portal.settings",
            "IATI_REPORTING_ORG": "XM-BENCH-1",
        }
        import django

        django.setup()
        sys.stdout.write(json.dumps(measure(), indent=1) + "\n")


def measure() -> dict:
    """All figures of one run."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    settings.MIGRATION_MODULES = NoMigrations()
    call_command("migrate", run_syncdb=True, verbosity=0)
    world()
    with CaptureQueriesContext(connection) as asked:
        content = b"".join(written())
    peak = memory()
    elements = taken_apart(content)
    ours, floor = [], []
    for _run in range(RUNS):  # in turns, so that both meet the same machine
        ours.append(timed(lambda: sum(len(piece) for piece in written())))
        floor.append(timed(lambda: len(put_together(elements))))
    return {
        "plans": PLANS,
        "activities": PLANS * ACTIVITIES,
        "elements": sum(name is not None for name, _attributes, _text in elements),
        "megabytes": round(len(content) / 1e6, 1),
        "queries": len(asked),
        "seconds": round(min(ours)[0], 2),
        "cpu_seconds": round(min(busy for _clock, busy in ours), 2),
        "floor_cpu_seconds": round(min(busy for _clock, busy in floor), 2),
        "times_the_floor": round(min(busy for _clock, busy in ours) / min(busy for _clock, busy in floor), 1),
        "peak_memory_mb": peak,
    }


def world() -> None:
    """Finalized plans of as many centres, written straight into the tables."""
    from django.utils import timezone

    from tests import factories as f
    from tests.workplans import plans
    from workplans.actions import snapshots
    from workplans.models import Version, Workplan

    parties = [f.party("FJ"), f.party("WS", name_en="Samoa")]
    for number in range(PLANS):
        centre = f.centre(*parties, name=f"Centre {number}")
        version = plans.large(ACTIVITIES, LINES, version=plans.draft(centre=centre, by=f.officer_of(centre)))
        now = timezone.now()
        document = snapshots.build(version)
        frozen = {"snapshot": document, "digest": snapshots.digest(document), "frozen_at": now, "finalized_at": now}
        Version.objects.filter(pk=version.pk).update(status="finalized", **frozen)
        Workplan.objects.filter(pk=version.workplan_id).update(current_version=version)


def written():
    """The file as the portal sends it, piece by piece."""
    from workplans.exports.iati import feed

    return (piece.encode() for piece in feed.stream(feed.published()))


def memory() -> float:
    """The most that writing the file holds at a time, in megabytes."""
    tracemalloc.start()
    for _piece in written():
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return round(peak / 1e6, 1)


def timed(act) -> tuple[float, float]:
    """Seconds on the clock and of the processor."""
    begun, busy = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - begun, time.process_time() - busy


# The floor ------------------------------------------------------------------------------------------------------------


def taken_apart(content: bytes) -> list:
    """Every element in its order, ready in memory; (None, …) closes the one that is open."""
    from lxml import etree

    found = []
    for event, element in etree.iterwalk(etree.fromstring(content), events=("start", "end")):
        if event == "start":
            found.append((element.tag, dict(element.attrib), element.text))
        else:
            found.append((None, None, None))
    return found


def put_together(elements: list) -> bytes:
    """The same elements as a document, by lxml."""
    from lxml import etree

    (name, attributes, text), *others = elements
    root = here = etree.Element(name, attributes)
    for name, attributes, text in others:
        if name is None:
            here = here.getparent()
        else:
            here = etree.SubElement(here, name, attributes)
            here.text = text
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


if __name__ == "__main__":
    main()
