"""What a published plan consists of, read for a few plans at a time in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from centres.models import Coverage, Hosting, Organization
from requests_offers.references import make_reference

from ...actions.gaps import last_activities
from ...lifecycle import CONSULTED, FIRM, PROMISED, Amendment
from ...models import Pledge, Progress, Receipt, Version, Workplan
from ..pdf import django_language
from . import codes

COUNTED = PROMISED | FIRM
CHANGES_OF_MONEY = (Amendment.BUDGET, *CONSULTED)


@dataclass(frozen=True)
class Actor:
    """An organization as a file names it: its names by language, and its type where that is known."""

    names: dict[str, str]
    type: str | None = None
    ref: str | None = None


@dataclass
class PlanFacts:
    """A finalized plan: its document, who takes part, the money given to it, what was reached."""

    workplan: Workplan
    document: dict[str, Any]
    hosts: list[Hosting]
    region: str
    is_revised: bool
    organizations: dict[str, Organization]
    progress: dict[str, dict[int, Progress]]
    pledges: dict[str | None, list[Pledge]]  # by activity; None: given to the whole plan
    changed_at: datetime
    centre: Actor | None = None
    today: date = field(default_factory=lambda: timezone.now().date())

    @property
    def language(self) -> str:
        return self.document["language"]

    @property
    def version(self) -> Version:
        return _current(self.workplan)

    @property
    def practice(self) -> bool:
        """Whether it is played by Parties that no list of countries knows."""
        return self.workplan.centre is not None and self.workplan.centre.is_practice

    @property
    def starts(self) -> date:
        return date(self.document["period"]["starts"], 1, 1)

    @property
    def ends(self) -> date:
        return date(self.document["period"]["ends"], 12, 31)

    @cached_property
    def own_places(self) -> dict[str, dict[str, str]]:
        """Names of places that no list of countries knows, by code: practice Parties and their centre."""
        if not self.practice:
            return {}
        parties = {party["iso2"]: party["names"] for one in self.document["activities"] for party in one["parties"]}
        return parties | {self.document["centre"]["slug"]: self.document["centre"]["names"]}

    @cached_property
    def address(self) -> str:
        return address_of("workplan_detail", self.document["reference"])

    @cached_property
    def office_address(self) -> str:
        """The page of the centre; the helpdesk answers for the network."""
        centre = self.document["centre"]
        return address_of("centre_detail", centre["slug"]) if centre else address_of("helpdesk")


def _current(plan: Workplan) -> Version:
    assert plan.current_version is not None  # plans without one are not published
    return plan.current_version


def address_of(name: str, *arguments: object) -> str:
    """The address of a page in English, the same in every file."""
    with override("en"):
        return settings.SITE_ADDRESS + reverse(name, args=arguments)


def reporter() -> Actor:
    """The organization that reports, as this portal is configured."""
    return Actor({"en": settings.IATI_REPORTING_NAME}, settings.IATI_REPORTING_TYPE, settings.IATI_REPORTING_ORG)


def actor_of(organization: Organization) -> Actor:
    """An organization under its official name, and the one in its own language where there is a name for both."""
    kind = codes.organisation_type(organization.kind, has_seat=organization.party_id is not None)
    return Actor({"": organization.name}, kind)


def load(ids: list[int], regions: dict[int, str]) -> list[PlanFacts]:
    """The facts of these plans, in the order of their ids."""
    rows = Workplan.objects.filter(pk__in=ids, current_version__isnull=False)
    plans = list(rows.select_related("centre", "period", "current_version").order_by("pk"))
    documents: dict[int, Any] = {plan.pk: _current(plan).snapshot for plan in plans}
    pledges = _pledges(ids)
    progress = _progress(ids)
    hosts = _hosts([plan.centre_id for plan in plans if plan.centre_id])
    organizations = _organizations(documents.values())
    revised = set(
        Version.objects.filter(workplan__in=ids, finalized_at__isnull=False, amendment__in=CHANGES_OF_MONEY)
        .values_list("workplan", flat=True)
    )  # fmt: skip
    return [
        PlanFacts(
            workplan=plan,
            document=documents[plan.pk],
            hosts=hosts[plan.centre_id] if plan.centre_id else [],
            region=regions.get(plan.centre_id or 0, codes.WORLD),
            is_revised=plan.pk in revised,
            organizations=organizations,
            progress=progress[plan.pk],
            pledges=_by_activity(documents[plan.pk], pledges[plan.pk]),
            changed_at=_changed_at(plan, pledges[plan.pk], progress[plan.pk]),
            centre=_centre(documents[plan.pk]),
        )
        for plan in plans
    ]


def _centre(document: dict[str, Any]) -> Actor | None:
    """The centre under its name in each language, as that language says it."""
    if document["centre"] is None:
        return None
    names = {}
    for language, name in document["centre"]["names"].items():
        with override(django_language(language)):
            names[language] = _("Support Centre: %(name)s") % {"name": name}
    return Actor(names)


def _hosts(centres: list[int]) -> dict[int, list[Hosting]]:
    found: dict[int, list[Hosting]] = defaultdict(list)
    rows = Hosting.objects.current().filter(centre__in=centres).select_related("organization")
    order = {Hosting.Role.LEAD: 0, Hosting.Role.CO_HOST: 1, Hosting.Role.PARTNER: 2}
    for row in sorted(rows, key=lambda row: (order[Hosting.Role(row.role)], row.pk)):
        found[row.centre_id].append(row)
    return found


def _organizations(documents: Iterable[dict[str, Any]]) -> dict[str, Organization]:
    """Partners and funders that the documents name, by slug."""
    slugs = set()
    for document in documents:
        for activity in document["activities"]:
            slugs |= {one["slug"] for one in activity["partners"]}
            slugs |= {line["funder"]["slug"] for line in activity["budget_lines"] if line["funder"]}
    return {row.slug: row for row in Organization.objects.filter(slug__in=slugs)}


def _progress(ids: list[int]) -> dict[int, dict[str, dict[int, Progress]]]:
    """Progress that counts, by plan, indicator and year."""
    found: dict[int, dict[str, dict[int, Progress]]] = defaultdict(lambda: defaultdict(dict))
    rows = Progress.objects.filter(indicator__workplan__in=ids).counted().select_related("indicator")
    for row in rows:
        found[row.indicator.workplan_id][row.indicator.reference][row.year] = row
    return found


def _pledges(ids: list[int]) -> dict[int, list[Pledge]]:
    """Everything that was once pledged for these plans, what came to nothing included: it tells when a plan changed."""
    here = Q(workplan__in=ids) | Q(activity__workplan__in=ids) | Q(line__workplan__in=ids)
    receipts = Prefetch("receipts", Receipt.objects.order_by("received_on", "pk"))
    rows = Pledge.objects.filter(here, pledged_at__isnull=False).select_related("donor", "activity", "line")
    found: dict[int, list[Pledge]] = defaultdict(list)
    for row in rows.prefetch_related(receipts).order_by("pk"):
        plan = row.line.workplan_id if row.line else row.activity.workplan_id if row.activity else row.workplan_id
        assert plan is not None  # the query asks for those alone
        found[plan].append(row)
    return found


def _by_activity(document: dict[str, Any], pledges: list[Pledge]) -> dict[str | None, list[Pledge]]:
    """Pledges that count, each at its activity; at the whole plan where the public version has no such activity."""
    counted = [row for row in pledges if row.status in COUNTED]
    lines = {line["reference"]: one["reference"] for one in document["activities"] for line in one["budget_lines"]}
    known = {one["reference"] for one in document["activities"]}
    gone = {row.line.pk for row in counted if row.line is not None and row.line.reference not in lines}
    last = {line: make_reference("ACT", number) for line, number in last_activities(gone).items()} if gone else {}
    found: dict[str | None, list[Pledge]] = defaultdict(list)
    for row in counted:
        place = None
        if row.line is not None:
            place = lines.get(row.line.reference) or last.get(row.line.pk)
        elif row.activity is not None:
            place = row.activity.reference
        found[place if place in known else None].append(row)
    return found


def _changed_at(plan: Workplan, pledges: list[Pledge], progress: dict[str, dict[int, Progress]]) -> datetime:
    """When anything changed that a file says of a plan; its first day counts, since it changes the status."""
    moments = [_current(plan).finalized_at, plan.closed_at]
    moments += [row.updated_at for row in pledges]
    moments += [receipt.at for row in pledges for receipt in row.receipts.all()]
    moments += [row.locked_at or row.approved_at for years in progress.values() for row in years.values()]
    begins = datetime.combine(date(plan.period.starts, 1, 1), time(), UTC)
    if begins <= timezone.now():
        moments.append(begins)
    return max(moment for moment in moments if moment)


def regions_of_centres() -> dict[int, str]:
    """For each centre the smallest region of the code list in which all its Parties lie."""
    chains: dict[int, list[list[str]]] = defaultdict(list)
    paths = [f"party__region{'__parent' * depth}__code" for depth in range(3)]
    rows = Coverage.objects.current().filter(party__retired_on__isnull=True).values_list("centre", *paths)
    for centre, *chain in rows.order_by("pk"):
        chains[centre].append([code for code in chain if code])
    return {centre: _common(found) for centre, found in chains.items()}


def _common(chains: list[list[str]]) -> str:
    everywhere = set.intersection(*(set(chain) for chain in chains))
    return next((codes.REGIONS[code] for code in chains[0] if code in everywhere & set(codes.REGIONS)), codes.WORLD)
