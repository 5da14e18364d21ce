"""Builds the demo world through the actions: what happens here is what people could have done at the browser."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Notice, User
from accounts.outbox import quietly
from centres.actions.hosting import record_operating
from centres.actions.practice import build_practice_network
from centres.models import SupportCentre
from requests_offers.actions import offers as offer_steps
from requests_offers.actions.drafts import start_offer
from requests_offers.actions.scoring import perform_match_run
from requests_offers.models import CooperationRequest, Match, MatchRun, Offer, OfferRun

from . import (
    compendium,
    content,
    delivery,
    desk,
    intake,
    meeting,
    money,
    papers,
    people,
    plans,
    registry,
    stories,
    timing,
)

EXAMPLE_SOURCE = "Example data of the portal: the centre is shown as operating so that the examples can run"
OPENED_DAYS_AGO = 150
STEPS: dict[str, Any] = dict(offer_steps.STEPS)


def is_there() -> bool:
    """Whether the example world has been built."""
    return User.objects.filter(email="focalpoint@demo.tsc").exists()


def has_people() -> bool:
    """Whether anybody is in the database."""
    return User.objects.exists()


def build() -> dict[str, int]:
    """Build everything; returns how many of each were made. Call it inside a transaction."""
    now = timezone.now()
    with quietly():
        build_practice_network(now.date())
        _open_centres(now.date())
        codes = content.Codes()
        intake.make_priorities(codes)
        organizations = content.make_organizations(codes)
        accounts = people.make_people()
        offers = {
            entry["key"]: _make_offer(entry, codes, organizations, accounts, now)
            for entry in content.read("offers*.json")
        }
        for entry in content.read("requests*.json"):
            _make_request(entry, codes, offers, accounts, now)
        desk.furnish(accounts)
        made = plans.make_workplans(accounts, organizations)
        delivery.furnish(codes, organizations, accounts, now)
        meeting.furnish(accounts, now)
        papers.make_papers(accounts, now.year)
        money.tell(accounts)
        compendium.furnish(accounts, now)
        listed = registry.furnish(codes, organizations, accounts, now)
        _settle(now)
    return {
        "Parties with requests": CooperationRequest.objects.values("party").distinct().count(),
        "Requests": CooperationRequest.objects.count(),
        "Offers": Offer.objects.count(),
        "Matches": Match.objects.count(),
        "Workplans": made,
        **listed,
        "People": User.objects.count(),
    }


def _open_centres(today) -> None:
    """In the example world every centre receives requests; the source of the date says that it is an example."""
    for centre in SupportCentre.objects.current().real().order_by("pk"):
        if not centre.operates:
            record_operating(centre, today - timedelta(days=OPENED_DAYS_AGO), source=EXAMPLE_SOURCE)


# Offers ---------------------------------------------------------------------------------------------------------------


def _make_offer(entry, codes, organizations, accounts, now) -> Offer:
    """One offer, taken to its state by the steps."""
    today = now.date()
    organization = organizations[entry["organization"]]
    data = content.offer_data(entry, codes, today)
    state, expires_on = entry["state"], data["expires_on"]
    if state == "expired":
        data["expires_on"] = today + timedelta(days=30)
    offer = start_offer(organization, by=None, data=data, is_example=True)
    for step in STEPS_TO[state]:
        _take_offer_step(offer, step, accounts)
    if state == "expired":
        Offer.objects.filter(pk=offer.pk).update(expires_on=min(expires_on, today - timedelta(days=3)))
        offer_steps.expire(offer)
    offer.refresh_from_db()
    timing.publish_earlier(offer, offer.pk, now)
    return offer


STEPS_TO = {
    "draft": (),
    "in_verification": ("submit",),
    "published": ("submit", "publish"),
    "paused": ("submit", "publish", "pause"),
    "expired": ("submit", "publish"),
    "withdrawn": ("submit", "publish", "withdraw"),
    "refused": ("submit", "refuse"),
}


def _take_offer_step(offer: Offer, step: str, accounts) -> None:
    if step == "refuse":
        offer_steps.refuse(offer, by=accounts["head"], reason_code="outside_scope")
    else:
        STEPS[step](offer, by=None)


# Requests -------------------------------------------------------------------------------------------------------------


def _make_request(entry, codes, offers, accounts, now) -> None:
    """One request, told as its story says, then moved into the past."""
    is_practice = codes.parties[entry["party"]].is_practice
    told = stories.Story(entry, codes, offers, accounts if is_practice else {}, now)
    request = told.tell()
    timing.into_the_past(request, entry["days_ago"] or 1, now, late=is_practice and entry["twist"] == "late")


def _settle(now) -> None:
    """Score what still waits, and count the notices of the past as read by mail: nobody is flooded at first sign-in."""
    OfferRun.objects.filter(state="queued").update(state="done", finished_at=now)
    for pk in MatchRun.objects.filter(state="queued").order_by("pk").values_list("pk", flat=True):
        perform_match_run(pk)
    Notice.objects.filter(state="queued").update(state="done", finished_at=now)
