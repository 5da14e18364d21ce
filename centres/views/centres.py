"""Support Centres: the directory, the page of each centre and of each institution that hosts one."""

from datetime import date
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from centres.maps import near_map
from centres.models import CentreFunction, Hosting, Organization, Party
from centres.models.centre import STEPS
from centres.views.directory import Directory, by_name, centres_in_full, lead_first, tile
from centres.views.parties import More, with_centres

STEP_WORDS = {
    "selected_on": _("Selected"),
    "invited_on": _("Invited"),
    "accepted_on": _("Accepted"),
    "agreement_signed_on": _("Agreement signed"),
    "operating_on": _("Operating"),
}
FOUND_AT_MOST = 8


class Stage(NamedTuple):
    """A step by which a centre comes into being, as components/steps.html shows it."""

    word: Any
    state: str
    on: date | None
    note: str = ""


@login_not_required
def centre_list(request: HttpRequest) -> HttpResponse:
    directory = Directory.load()
    asked = request.GET.get("party", "").replace("\x00", "").strip()
    context = {"directory": directory, "asked": asked, "found": _find_parties(asked) if asked else []}
    return render(request, "centres/centre_list.html", context)


def _find_parties(words: str) -> list[Party]:
    found = Party.objects.current().search(words).prefetch_related(with_centres()).by_name()
    exact = [party for party in found if words.casefold() in (party.iso2.casefold(), party.name.casefold())]
    return exact or list(found)[:FOUND_AT_MOST]


@login_not_required
def centre_detail(
    request: HttpRequest, slug: str, template_name: str = "centres/centre_detail.html", more: More | None = None
) -> HttpResponse:
    """The page of a centre; `more` adds what the apps above know of it, for a template that extends this one."""
    centre = get_object_or_404(centres_in_full(), slug=slug)
    hostings = lead_first(centre)
    served = by_name([row.party for row in centre.coverages.all()])
    seats = [row.organization.party for row in hostings if row.organization.party]
    context = {
        "centre": centre,
        "hostings": hostings,
        "stages": stages(hostings),
        "served": served,
        "tiles": [tile(party) for party in served],
        "map": near_map(Party.objects.current().real().order_by("pk"), served=served, seats=seats),
        "functions": CentreFunction.objects.current().in_order(),
        **(more(request, centre) if more else {}),
    }
    return render(request, template_name, context)


def stages(hostings: list[Hosting]) -> list[Stage]:
    """The steps of a centre; a step before one that is known to be done is done, even if its day is not known."""
    days = {name: _first_day(hostings, name) for name in STEPS}
    reached = max((number for number, name in enumerate(STEPS) if days[name]), default=0)
    selected_by = next((row.selected_by for row in hostings if row.selected_by), "")
    notes = {"selected_on": selected_by}
    return [
        Stage(STEP_WORDS[name], _state(number, reached), days[name], notes.get(name, ""))
        for number, name in enumerate(STEPS)
    ]


def _first_day(hostings: list[Hosting], name: str) -> date | None:
    return next((getattr(row, name) for row in hostings if getattr(row, name)), None)


def _state(number: int, reached: int) -> str:
    if number == reached:
        return "now"
    return "past" if number < reached else ""


@login_not_required
def institution_detail(request: HttpRequest, slug: str) -> HttpResponse:
    hostings = Hosting.objects.current().select_related("centre").prefetch_related("centre__hostings__organization")
    organizations = Organization.objects.current().visible_to(request.user).select_related("party").hosts()
    organization = get_object_or_404(organizations.prefetch_related(Prefetch("hostings", hostings)), slug=slug)
    return render(request, "centres/institution_detail.html", {"organization": organization})
