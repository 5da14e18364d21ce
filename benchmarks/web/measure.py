"""Pages and API of the portal beside their floors, in turns in one process, and whole lists as files.

python -m benchmarks.web.measure [--rows 5000] [--rounds 40] [--bulk 50000]

Prints JSON. Without DATABASE_URL it makes a database of its own in a temporary folder; with one, it fills that
database, which has to be empty.
"""

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress

AT_ONCE = 2000
LIST, DETAIL, API = "floor: list page of 50", "floor: detail page", "floor: plain DRF list of 100"
# By the work of the processor: other programs of the machine do not change it.
FLOOR_OF = {
    "offers, page": LIST, "requests, page": LIST, "offers, page, searched": LIST, "offer, page": DETAIL,
    "request, page": DETAIL, "API, 100 offers": API, "API, 100 requests with components": API,
    "API, offer, not changed (304)": "API, offer",
}  # fmt: skip
LOOK_EVERY = 200  # pieces of an answer between two looks at the memory


class NoMigrations:
    """Every app's tables are made at once, as its models say."""

    def __contains__(self, _app: str) -> bool:
        return True

    def __getitem__(self, _app: str) -> None:
        return None


def begin(folder: str) -> None:
    """Django with the portal's settings, on a database in the folder."""
    os.environ |= {
        "TSC_MODE": "test",
        "TSC_DATA_DIR": folder,
        "SECRET_KEY": "only-for-benches",
        "DJANGO_SETTINGS_MODULE": "tsc_portal.settings",
    }
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
    import django
    from django.conf import settings

    settings.MIGRATION_MODULES = NoMigrations()
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.ROOT_URLCONF = "benchmarks.web.floor"
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    rates = {"token": "100000000/s", "address": "100000000/s"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    django.setup()


# The world ------------------------------------------------------------------------------------------------------------


def fill(offers: int, requests: int) -> None:
    """Published offers and public requests in matching, with what lists show of them."""
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("load_reference", verbosity=0, stdout=io.StringIO())
    _offers(offers)
    _requests(requests)


def _offers(count: int) -> None:
    from django.utils import timezone

    from centres.models import CooperationType, Organization, Party, Region, Subject, Target
    from requests_offers.models import Offer, OfferItem

    now = timezone.now()
    seats = list(Party.objects.order_by("pk")[:50])
    homes = [
        Organization.objects.create(slug=f"bench-{number}", name=f"Organization {number}", party=seats[number % 50])
        for number in range(100)
    ]
    words = "We train those who look after lagoons and forests, and bring what they need. " * 6
    rows = (
        Offer(
            organization=homes[number % 100], title=f"Offer {number} of training", text=words, status="published",
            published_at=now, languages=["en", "fr"], search_text=f"offer {number} of training", capacity=3,
        )
        for number in range(count)
    )  # fmt: skip
    made = _stored(Offer, rows)
    for name, model in (("targets", Target), ("subjects", Subject), ("cooperation_types", CooperationType)):
        _tie(Offer, name, made, list(model.objects.order_by("pk")), 2)
    _tie(Offer, "regions", made, list(Region.objects.order_by("pk")), 1)
    _stored(OfferItem, (OfferItem(offer_id=pk, text="A course held before.", language="en") for pk in made))


def _requests(count: int) -> None:
    from django.utils import timezone

    from centres.models import CooperationType, Party, Subject, SupportCentre, Target
    from requests_offers.models import Component, CooperationRequest

    now, parties = timezone.now(), list(Party.objects.order_by("pk"))
    centres = list(SupportCentre.objects.order_by("pk"))
    rows = (
        CooperationRequest(
            party=parties[number % len(parties)], centre=centres[number % len(centres)], title=f"Request {number}",
            summary="Floating plants close the landing places. " * 5, status="matching", visibility="public",
            submitted_at=now, accepted_at=now, matching_since=now, search_text=f"request {number}",
        )
        for number in range(count)
    )  # fmt: skip
    made = _stored(CooperationRequest, rows)
    needs = (
        Component(request_id=pk, number=number, title="Training", text="For fishing groups. " * 5, languages=["en"])
        for pk in made
        for number in (1, 2)
    )
    parts = _stored(Component, needs)
    for name, model in (("targets", Target), ("subjects", Subject), ("cooperation_types", CooperationType)):
        _tie(Component, name, parts, list(model.objects.order_by("pk")), 2)


def _stored(model, rows) -> list[int]:
    """Rows made some at a time; their keys."""
    made, piece = [], []
    for row in rows:
        piece.append(row)
        if len(piece) == AT_ONCE:
            made += [one.pk for one in model.objects.bulk_create(piece)]
            piece = []
    return made + [one.pk for one in model.objects.bulk_create(piece)]


def _tie(model, name: str, owners: list[int], tags: list, each: int) -> None:
    field = model._meta.get_field(name)
    through, owner, tag = field.remote_field.through, field.m2m_field_name(), field.m2m_reverse_field_name()
    rows = (
        through(**{f"{owner}_id": pk, f"{tag}_id": tags[(place * each + number) % len(tags)].pk})
        for place, pk in enumerate(owners)
        for number in range(each)
    )
    _stored(through, rows)


# Time -----------------------------------------------------------------------------------------------------------------


def compare(rounds: int) -> dict:
    """Each page and list in turns with its floor: medians, the 95th part, queries, ratios."""
    from django.test import Client, override_settings

    from benchmarks.web.floor import MIDDLEWARE
    from requests_offers.models import CooperationRequest, Offer

    offer, request = Offer.objects.order_by("pk").first(), CooperationRequest.objects.order_by("pk").first()
    floor, ours = Client(), Client()
    with override_settings(MIDDLEWARE=MIDDLEWARE):
        floor.get("/floor/list")  # it keeps the middleware that it began with
    tag = ours.get(f"/api/v1/offers/{offer.reference}/").headers["ETag"]
    calls = {
        LIST: (floor, "/floor/list", {}),
        DETAIL: (floor, f"/floor/detail/{offer.pk}", {}),
        API: (floor, "/floor/api", {}),
        "offers, page": (ours, "/offers/", {}),
        "requests, page": (ours, "/requests/", {}),
        "offers, page, searched": (ours, "/offers/?search=training&target=6", {}),
        "offer, page": (ours, offer.get_absolute_url(), {}),
        "request, page": (ours, request.get_absolute_url(), {}),
        "API, 100 offers": (ours, "/api/v1/offers/?page_size=100", {}),
        "API, 100 requests with components": (ours, "/api/v1/requests/?page_size=100", {}),
        "API, offer": (ours, f"/api/v1/offers/{offer.reference}/", {}),
        "API, offer, not changed (304)": (ours, f"/api/v1/offers/{offer.reference}/", {"If-None-Match": tag}),
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    for number in range(rounds + 3):
        for name, (client, address, headers) in calls.items():
            began, worked = time.perf_counter(), time.process_time()
            answer = client.get(address, headers=headers)
            _body = answer.content
            if number >= 3:  # the first ones fill caches
                times[name].append((time.perf_counter() - began, time.process_time() - worked))
            assert answer.status_code in {200, 304}, (name, answer.status_code)
    found = {name: _figures(times[name], *calls[name]) for name in calls}
    for name, row in found.items():
        row["times_the_floor"] = round(row["cpu_ms"] / found[FLOOR_OF.get(name, name)]["cpu_ms"], 2)
    return found


def _figures(times: list[tuple[float, float]], client, address: str, headers: dict) -> dict:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address, headers=headers)
    clock = sorted(one for one, _work in times)
    return {
        "p50_ms": round(statistics.median(clock) * 1000, 2),
        "p95_ms": round(clock[int(len(clock) * 0.95)] * 1000, 2),
        "cpu_ms": round(statistics.median(work for _one, work in times) * 1000, 2),
        "queries": len(asked),
        "kB": round(len(answer.content) / 1000, 1),
    }


# Memory ---------------------------------------------------------------------------------------------------------------


def resident() -> float:
    """The memory of this process now, in MB."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def take_whole_list(kind: str) -> dict:
    """A whole list as a file: how long until its first byte, how long in all, and how much memory it took at most."""
    from django.test import Client

    client = Client()
    for line in client.get("/api/v1/parties/", {"format": kind}).streaming_content:  # what is loaded once is loaded
        assert line
    before = most = resident()
    began, first, size, lines = time.perf_counter(), 0.0, 0, 0
    answer = client.get("/api/v1/offers/", {"format": kind})
    for number, piece in enumerate(answer.streaming_content):
        first = first or time.perf_counter() - began
        size, lines = size + len(piece), lines + 1
        if number % LOOK_EVERY == 0:
            most = max(most, resident())
    return {
        "lines": lines, "MB": round(size / 1e6, 1), "first_byte_s": round(first, 3),
        "seconds": round(time.perf_counter() - began, 1), "extra_memory_MB": round(most - before, 1),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--bulk", type=int, default=50000)
    parser.add_argument("--take", nargs=2, metavar=("FOLDER", "KIND"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.take:
        begin(options.take[0])
        sys.stdout.write(json.dumps(take_whole_list(options.take[1])))
        return
    with tempfile.TemporaryDirectory() as folder:
        begin(folder)
        fill(options.rows, options.rows)
        found: dict = {"rows": options.rows, "rounds": options.rounds, "calls": compare(options.rounds), "bulk": {}}
        if options.bulk > options.rows:
            _more(options.bulk - options.rows)
        for kind in ("jsonl", "csv"):  # each in a process of its own, whose memory nobody used before
            command = [sys.executable, "-m", "benchmarks.web.measure", "--take", folder, kind]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                raise SystemExit(done.stderr)
            found["bulk"][kind] = json.loads(done.stdout)
        sys.stdout.write(json.dumps(found, indent=1) + "\n")


def _more(count: int) -> None:
    """So many more offers, copies of the first ones under other titles."""
    from centres.models import Target
    from requests_offers.models import Offer

    patterns = list(Offer.objects.order_by("pk")[:100])
    rows = (
        Offer(**{field.attname: getattr(patterns[number % 100], field.attname) for field in _plain(Offer)})
        for number in range(count)
    )
    _tie(Offer, "targets", _stored(Offer, rows), list(Target.objects.order_by("pk")), 2)


def _plain(model) -> list:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main()
