"""What projects, programmes and opportunities look like in the API, field by field."""

from rest_framework import serializers

from accounts.api import fields as f
from centres.models import Confidence, Region

from ..lifecycle import OpportunityStatus, ProjectStatus
from ..models import Opportunity, Phase, Programme, Project
from ..models.project import Funding

OPEN_STEPS = "In a single record: the steps that you may take now."


class FundingRecord(serializers.Serializer):
    """Who pays for a project."""

    funder = f.text("Who pays.")
    amount = f.text("How much, where it is known.", allow_null=True)
    currency = f.text("Its currency, or empty.")


class ProjectRecord(serializers.Serializer):
    """A project in one or several countries, as its office has published it."""

    reference = f.text("Such as PRJ-000012.")
    url = f.text("The address of this record.")
    title = f.text("The title.")
    summary = f.text("What it does.")
    language = f.text("The language of both.")
    party = f.text("The code of the country whose office decides.")
    co_parties = f.texts("Codes of the other countries.")
    territories = f.text("Territories or places where it is carried out.")
    targets = f.numbers("Numbers of targets.")
    subjects = f.texts("Codes of subjects.")
    partners = f.text("Partners, one to a line.")
    funding = FundingRecord(many=True, help_text="Who pays; amounts of different currencies are not added.")
    starts_on = f.day("The first day.")
    ends_on = f.day("The last day.")
    phase = f.choice("Where it is in time, or empty.", [("", ""), *Phase.choices])
    website = f.text("The address of its own page, or empty.")
    source = f.text("Where this can be checked, or empty.")  # type: ignore[assignment]
    status = f.choice("Its state; the steps lead from one to another.", ProjectStatus.choices)
    published_at = f.moment("When its office published it first.")
    confirmed_at = f.moment("When somebody last said that all of it is right.")
    due_on = f.day("Until when the office decides; for those concerned.", required=False)
    change_asked = f.text("What the office asks for; for those concerned.", required=False)
    contact = f.text("The contact person; for the office.", required=False)
    is_example = f.flag("Example data.")
    updated_at = f.moment("When it last changed.", allow_null=False)
    open_steps = f.texts(OPEN_STEPS, required=False)


class ProgrammeRecord(serializers.Serializer):
    """A programme, fund or partner, with the day and the source of what is said of it. Texts are in English."""

    slug = f.text("Its address here.")
    url = f.text("The address of this record.")
    name = f.text("The name.")
    acronym = f.text("The acronym, or empty.")
    kind = f.choice("What it is.", Programme.Kind.choices)
    held_by = f.text("Who runs it.")
    about = f.text("What it is, in words.")
    standing = f.choice("How it stands.", Programme.Standing.choices)
    standing_note = f.text("How it stands, in words.")
    as_of = f.day("The day of the information.")
    confidence = f.choice("How sure it is.", Confidence.choices)
    eligibility = f.text("Who may apply.")
    how_to_apply = f.text("How to apply.")
    website = f.text("Its own page.")
    mechanism = f.text("The code under which requests say that they were filed there too; or empty.")
    source = f.text("Where the information comes from.")  # type: ignore[assignment]


class OpportunityRecord(serializers.Serializer):
    """Something that a third party offers until a deadline."""

    reference = f.text("Such as OPP-000012.")
    url = f.text("The address of this record.")
    kind = f.choice("What it is.", Opportunity.Kind.choices)
    title = f.text("The title.")
    summary = f.text("What it offers.")
    language = f.text("The language of both.")
    organizer = f.text("Who offers it.")
    programme = f.text("The slug of its programme, or null.", allow_null=True)
    website = f.text("The page of whoever offers it.")
    status = f.choice("Its state as of now.", OpportunityStatus.choices)
    has_deadline = f.flag("false: applications at any time.")
    closes_on = f.day("The deadline.")
    closes_at = f.moment("The moment of the deadline.", allow_null=False)
    time_zone = f.text("The time zone of the deadline.")
    worldwide = f.flag("Whether all countries may apply.")
    regions = f.texts("M49 codes of regions whose countries may apply.")
    parties = f.texts("Codes of countries that may apply.")
    flags = f.texts("Only for countries with one of these.")
    languages = f.texts("Languages of applications.")
    targets = f.numbers("Numbers of targets.")
    subjects = f.texts("Codes of subjects.")
    cooperation_types = f.texts("Codes of forms of cooperation.")
    amount = f.text("Up to how much, or null.", allow_null=True)
    currency = f.text("Its currency, or empty.")
    starts_on = f.day("The first day of a training or a fair.")
    ends_on = f.day("The last day.")
    place = f.text("Where.")
    published_at = f.moment("When it was published.")
    is_example = f.flag("Example data.")
    updated_at = f.moment("When it last changed.", allow_null=False)
    open_steps = f.texts(OPEN_STEPS, required=False)


def project_record(row: Project, address: str, inside: bool) -> dict:
    """A project; what its office and its submitter alone see, for them."""
    plain = (
        "reference", "title", "summary", "language", "territories", "partners", "starts_on", "ends_on", "phase",
        "source", "status", "published_at", "confirmed_at", "is_example", "updated_at",
    )  # fmt: skip
    record = {name: getattr(row, name) for name in plain} | {
        "url": f"{address}{row.reference}/",
        "party": row.party.iso2,
        "co_parties": sorted(party.iso2 for party in row.co_parties.all()),
        "targets": sorted(target.number for target in row.targets.all()),
        "subjects": sorted(subject.code for subject in row.subjects.all()),
        "funding": [_funding(one) for one in sorted(row.funding.all(), key=lambda one: one.pk)],
        "website": row.url,
    }
    record["status"] = row.status if inside else row.public_status
    if inside:
        record |= {"due_on": row.due_on, "change_asked": row.change_asked, "contact": row.contact}
    return record


def _funding(row: Funding) -> dict:
    amount = str(row.amount) if row.amount is not None else None
    return {"funder": row.funder, "amount": amount, "currency": row.currency}


def programme_record(row: Programme, address: str) -> dict:
    plain = (
        "slug", "name", "acronym", "kind", "held_by", "about", "standing", "standing_note", "as_of", "confidence",
        "eligibility", "how_to_apply", "mechanism", "source",
    )  # fmt: skip
    return {name: getattr(row, name) for name in plain} | {"url": f"{address}{row.slug}/", "website": row.url}


def opportunity_record(row: Opportunity, address: str) -> dict:
    plain = (
        "reference", "kind", "title", "summary", "language", "organizer", "has_deadline", "closes_on", "closes_at",
        "time_zone", "worldwide", "languages", "currency", "starts_on", "ends_on", "place", "published_at",
        "is_example", "updated_at",
    )  # fmt: skip
    return {name: getattr(row, name) for name in plain} | {
        "url": f"{address}{row.reference}/",
        "website": row.url,
        "programme": row.programme.slug if row.programme else None,
        "status": row.shown_status,
        "regions": sorted(_code(region) for region in row.regions.all()),
        "parties": sorted(party.iso2 for party in row.parties.all()),
        "flags": row.flag_list,
        "targets": sorted(target.number for target in row.targets.all()),
        "subjects": sorted(subject.code for subject in row.subjects.all()),
        "cooperation_types": sorted(kind.code for kind in row.cooperation_types.all()),
        "amount": str(row.amount) if row.amount is not None else None,
    }


def _code(region: Region) -> str:
    return region.code
