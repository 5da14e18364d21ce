"""Work for trials with real processes: `python -m tests.workload prepare 200` files requests, `accept` accepts them
all.

It runs in a process of its own with the surroundings of the trial, as a web server would.
"""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import django

OFFERS = 12


def prepare(count: int) -> None:
    """File `count` requests and publish a few offers; nothing is scored yet."""
    from accounts.models import User
    from accounts.models.user import NoticeFrequency
    from tests import factories as f

    laboratory = f.organization(f.party("FJ"))
    f.centre_serving(f.party("FJ"))
    for number in range(OFFERS):
        f.offer_in("published", laboratory, title=f"Weevils, part {number}")
    for number in range(count):
        f.request_in("submitted", f.party("FJ"), title=f"Lagoon {number}")
    User.objects.update(notice_frequency=NoticeFrequency.NONE)  # what they are told stays on the portal


def accept() -> None:
    """Accept every submitted request, each in its own transaction, as an officer does."""
    from requests_offers.actions import requests
    from requests_offers.models import CooperationRequest
    from tests import factories as f

    for request in CooperationRequest.objects.filter(status="submitted").order_by("pk"):
        requests.accept(request, by=f.officer_of(request.centre))


@contextlib.contextmanager
def broken_folder() -> Iterator[None]:
    """The folder of the file broker is in the way of every message."""
    from django.conf import settings

    folder = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"])
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.write_text("")
    yield
    folder.unlink()
    aside.rename(folder)


def main(name: str, *options: str) -> None:
    django.setup()
    if name == "prepare":
        prepare(int(options[0]))
    elif name == "accept":
        with broken_folder() if "--broken-folder" in options else contextlib.nullcontext():
            accept()


if __name__ == "__main__":
    main(*sys.argv[1:])
