"""Reads the texts of the demo world and turns their codes into rows."""

import json
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from centres.models import Constraint, CooperationType, Organization, Party, Region, Subject, Target

from . import intake

FOLDER = Path(__file__).parent / "content"
KINDS = {
    "government": Organization.Kind.GOVERNMENT,
    "intergovernmental": Organization.Kind.IGO,
    "research": Organization.Kind.ACADEMIC,
    "university": Organization.Kind.ACADEMIC,
    "ngo": Organization.Kind.NGO,
    "private": Organization.Kind.PRIVATE,
}


def read(pattern: str) -> list[dict]:
    """All the entries of the files with this pattern, in the order of their names."""
    return [entry for file in sorted(FOLDER.glob(pattern)) for entry in json.loads(file.read_text(encoding="utf-8"))]


class Codes:
    """The reference rows by their codes, read once."""

    @cached_property
    def targets(self):
        return {row.number: row for row in Target.objects.all()}

    @cached_property
    def subjects(self):
        return {row.code: row for row in Subject.objects.all()}

    @cached_property
    def cooperation_types(self):
        return {row.code: row for row in CooperationType.objects.all()}

    @cached_property
    def constraints(self):
        return {row.code: row for row in Constraint.objects.all()}

    @cached_property
    def regions(self):
        return {row.code: row for row in Region.objects.all()}

    @cached_property
    def parties(self):
        return {row.iso2: row for row in Party.objects.all()}

    def rows(self, kind: str, codes) -> list:
        """The rows with these codes; a code that is not there is a fault of the content."""
        known = getattr(self, kind)
        return [known[code] for code in codes]

    def tags(self, entry: dict) -> dict:
        """Targets, subjects and forms of cooperation of a need or an offer."""
        return {kind: self.rows(kind, entry[kind]) for kind in ("targets", "subjects", "cooperation_types")}


def day(today: date, distance: int | None) -> date | None:
    """A day so many days from today."""
    return None if distance is None else today + timedelta(days=distance)


def make_organizations(codes: Codes) -> dict[str, Organization]:
    """The example organizations; real hosts are there already as reference facts."""
    for entry in read("organizations.json"):
        if entry.get("is_host"):
            continue
        Organization.objects.get_or_create(
            slug=entry["slug"],
            defaults={
                "name": entry["name"],
                "acronym": entry["acronym"],
                "kind": KINDS.get(entry["kind"], Organization.Kind.OTHER),
                "party": codes.parties.get(entry["party"]),
                "city": entry["city"],
                "languages": entry["languages"],
                "is_verified": True,
                "is_practice": entry["is_practice"],
                "is_example": True,
                "source": "Example data of the portal",
            },
        )
    return {organization.slug: organization for organization in Organization.objects.select_related("party")}


def request_data(entry: dict, codes: Codes, today: date) -> dict:
    """What `start_request` takes, from one entry."""
    return {
        "title": entry["title"],
        "summary": entry["summary"],
        "language": entry["language"],
        "own_means": entry["own_means"],
        "consent_required": entry["consent_required"],
        "constraints_addressed": codes.rows("constraints", entry["constraints"]),
        "components": [_component(component, codes, today) for component in entry["components"]],
        **intake.later_pages(entry, codes),
    }


def _component(entry: dict, codes: Codes, today: date) -> dict:
    return {
        "title": entry["title"],
        "text": entry["text"],
        "modality": entry["modality"],
        "languages": entry["languages"],
        "starts_on": day(today, entry["starts_in_days"]),
        "ends_on": day(today, entry["ends_in_days"]),
        "means": entry["budget"],
        "partners_wanted": entry["partners_wanted"],
        **codes.tags(entry),
    }


def offer_data(entry: dict, codes: Codes, today: date) -> dict:
    """What `start_offer` takes, from one entry."""
    return {
        "title": entry["title"],
        "text": entry["text"],
        "language": entry["language"],
        "languages": entry["languages"],
        "worldwide": entry["worldwide"],
        "regions": codes.rows("regions", entry["regions"]),
        "parties": codes.rows("parties", entry["parties"]),
        "eligible_flags": entry["eligible_flags"],
        "capacity": entry["capacity"],
        "cost_model": entry["cost_model"],
        "delivery": entry["delivery"],
        "available_from": day(today, entry["available_from_days"]),
        "available_until": day(today, entry["available_until_days"]),
        "expires_on": day(today, entry["expires_in_days"]),
        "respects_consent": True,
        **codes.tags(entry),
    }
