"""From "accept" to matches on the page: a real worker, ten thousand offers, one request after the other.

python -m benchmarks.waiting [--offers 10000] [--requests 30]

Prints JSON. Everything is made in a temporary folder and ends with it.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.web.measure import begin, fill

WARM_UP = 2
LONGEST = 60.0
NEEDS = (
    "Floating plants close the landing places of fishing boats; we look for control without herbicides.",
    "Nous cherchons à suivre la santé des récifs avec les communautés et à garder les relevés.",
    "Capacitación en monitoreo de manglares y restauración con las comunidades costeras.",
    "نحتاج إلى تدريب على رصد الأراضي الرطبة والأنواع الغازية.",
)


def submitted(count: int) -> list[int]:
    """Requests that a centre is about to accept, with one need each."""
    from django.utils import timezone

    from centres.models import Party, SupportCentre, Target
    from requests_offers.models import Component, CooperationRequest

    centre, party = SupportCentre.objects.order_by("pk").first(), Party.objects.order_by("pk").first()
    targets, made = list(Target.objects.order_by("pk")), []
    for number in range(count):
        words = NEEDS[number % len(NEEDS)]
        request = CooperationRequest.objects.create(
            party=party, centre=centre, title=words[:60], summary=words, status="submitted",
            submitted_at=timezone.now(), language="en",
        )  # fmt: skip
        need = Component.objects.create(request=request, number=1, title=words[:60], text=words, languages=["en"])
        need.targets.add(targets[number % len(targets)])
        made.append(request.pk)
    return made


def officer():
    """Somebody of the centre, who accepts and looks at the matches."""
    from accounts.models import Membership, User
    from accounts.permissions import Role
    from centres.models import SupportCentre

    person = User.objects.create(email="officer@bench.example", name="Officer")
    Membership.objects.create(user=person, role=Role.OFFICER, centre=SupportCentre.objects.order_by("pk").first())
    return User.objects.get(pk=person.pk)


def worker() -> subprocess.Popen:
    """The worker of the quick queue, as the portal starts it."""
    command = [sys.executable, "-m", "celery", "--quiet", "--app", "tsc_portal.celery", "worker"]
    command += ["--queues", "quick", "--concurrency", "1", "--loglevel", "ERROR", "--without-gossip"]
    surroundings = os.environ | {"TSC_PROCESS": "worker"}
    # What it says of itself is no part of what this prints.
    return subprocess.Popen([*command, "--without-mingle"], env=surroundings, stdout=subprocess.DEVNULL)


def waited(pk: int, by, client) -> float:
    """Seconds from the acceptance of one request to the page that shows its matches."""
    from django.urls import reverse

    from requests_offers.actions import requests
    from requests_offers.models import CooperationRequest, Match

    request = CooperationRequest.objects.get(pk=pk)
    begun = time.perf_counter()
    requests.accept(request, by=by)
    while not Match.objects.filter(component__request=pk).exists():
        if time.perf_counter() - begun > LONGEST:
            raise TimeoutError(f"No match for request {pk} within {LONGEST} s.")
        time.sleep(0.02)
    page = client.get(reverse("request_matches", args=[request.reference]))
    if page.status_code != 200 or b"OFF-" not in page.content:
        raise RuntimeError("The page shows no match.")
    return time.perf_counter() - begun


def memory_mb(process: subprocess.Popen) -> int:
    """What the largest process of the worker holds."""
    held = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            facts = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue  # it ended meanwhile
        if process.pid in (int(facts["Pid"]), int(facts["PPid"])):
            held.append(int(facts.get("VmRSS", "0").split()[0]) // 1024)
    return max(held, default=0)


def measured(offers: int, requests: int) -> dict[str, object]:
    """Everything in a folder of its own."""
    from django.test import Client

    fill(offers, 0)
    rows, by, client = submitted(WARM_UP + requests), officer(), Client()
    client.force_login(by)
    process = worker()
    try:
        times = [waited(pk, by, client) for pk in rows][WARM_UP:]
        held = memory_mb(process)
    finally:
        process.terminate()
        process.wait(timeout=30)
    times.sort()
    return {
        "offers": offers,
        "requests": requests,
        "median_s": round(statistics.median(times), 3),
        "p95_s": round(times[int(0.95 * (len(times) - 1))], 3),
        "worker_mb": held,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--offers", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        begin(folder)
        from django.conf import settings

        settings.ROOT_URLCONF = "tsc_portal.urls"
        sys.stdout.write(f"{json.dumps(measured(options.offers, options.requests))}\n")


if __name__ == "__main__":
    main()
