"""Parties, words, centres and organizations in the API: facts that everybody may read."""

import django_filters
from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.api import fields as f
from accounts.api.resource import Resource
from centres.api_offices import RESOURCES as OFFICES
from centres.api_offices import PriorityRecord, priority_records
from centres.api_profiles import (
    SINGLE,
    ExpertiseRecord,
    ExpertRecord,
    LanguageSkillRecord,
    PastWorkRecord,
    TieRecord,
    profile_of,
)
from centres.filters import OrganizationFilter, PartyFilter, parties
from centres.models import (
    Confidence,
    CooperationType,
    Coverage,
    Hosting,
    Organization,
    Party,
    PartyFlag,
    Subject,
    SupportCentre,
    Target,
)
from centres.models.centre import STEPS

# What the records look like -------------------------------------------------------------------------------------------


class Named(serializers.Serializer):
    """Names in the language of the request and in all languages that are known."""

    name = f.text("The name in the language of the request, else in English.")
    names = serializers.DictField(child=serializers.CharField(), help_text="All names, by language.")


class PartyFlagRecord(serializers.Serializer):
    """A status of a Party from a day to a day."""

    kind = f.choice("LDC, SIDS, LLDC or DEVELOPING.", PartyFlag.Kind.choices)
    valid_from = f.day("The first day with it, where known.")
    valid_to = f.day("The first day without it.")
    confirmed = f.flag("Whether the last date set is certain.")


class PartyRecord(Named):
    """A Party to the Convention."""

    iso2 = f.text("The ISO code of two letters: its address here.")
    url = f.text("The address of this record.")
    iso3 = f.text("The ISO code of three letters.")
    m49 = f.text("The code of the United Nations standard M49.")
    kind = f.choice("A State, or a regional economic integration organization.", Party.Kind.choices)
    un_group = f.text("The regional group in the United Nations; empty where there is none.")
    regions = f.texts("M49 codes of the regions it lies in, from the nearest to the widest.")
    flags = PartyFlagRecord(many=True, help_text="Its flags in force today.")
    income_group = f.text("low, lower_middle, upper_middle, high, or empty.")
    languages = f.texts("Official languages among the six of the United Nations.")
    time_zone = f.text("The time zone of its capital.")
    centres = f.texts("The Support Centres that serve it, by slug.")
    is_practice = f.flag("A practice Party, for training.")
    is_example = f.flag("Example data.")


class TargetRecord(Named):
    """A target of the Kunming-Montreal Global Biodiversity Framework, by its heading."""

    number = f.number("1 to 23: its address here.")
    url = f.text("The address of this record.")
    identifier = f.text("Its identifier in the thesaurus.")
    section = f.choice("The section of the Framework.", Target.Section.choices)
    names_official = f.texts("Languages in which the heading is the Convention's own.")


class SubjectRecord(Named):
    """A subject of the Convention's thesaurus."""

    code = f.text("Its code: its address here.")
    url = f.text("The address of this record.")
    identifier = f.text("Its identifier in the thesaurus.")
    broader = f.text("The code of the broader subject.", allow_null=True)
    is_offered = f.flag("Whether the forms offer it.")


class CooperationTypeRecord(Named):
    """A form of cooperation."""

    code = f.text("Its code: its address here.")
    url = f.text("The address of this record.")
    number = f.number("Its place in the list.")


class HostingRecord(serializers.Serializer):
    """An institution that runs a centre, and the steps by which it came to."""

    centre = f.text("The centre's slug.")
    organization = f.text("The institution's slug.")
    role = f.choice("Lead host, joint host or partner.", Hosting.Role.choices)
    confidence = f.choice("How sure this is.", Confidence.choices)
    selected_on = f.day("When it was selected.")
    invited_on = f.day("When it was invited.")
    accepted_on = f.day("When it accepted.")
    agreement_signed_on = f.day("When the agreement was signed.")
    operating_on = f.day("Since when the centre operates.")


class CoverageRecord(serializers.Serializer):
    """A Party that a centre serves, and how sure that is."""

    party = f.text("The Party's code.")
    confidence = f.choice("How sure this is.", Confidence.choices)
    is_provisional = f.flag("Derived from other lists, to be confirmed.")


class CentreRecord(Named):
    """A Support Centre of the mechanism."""

    slug = f.text("Its address here.")
    url = f.text("The address of this record.")
    status = f.choice("How far it has come.", SupportCentre.Status.choices)
    is_provisional = f.flag("Its list of Parties is derived and must be confirmed.")
    coverage_confidence = f.choice("How sure the list of Parties is.", Confidence.choices)
    coverage_basis = f.text("Where the list of Parties comes from.")
    languages = f.texts("Working languages.")
    expertise = f.texts("What it is good at.")
    hosts = HostingRecord(many=True, help_text="Who runs it.")
    parties = CoverageRecord(many=True, help_text="Whom it serves.")
    is_practice = f.flag("The practice centre, for training.")
    is_example = f.flag("Example data.")


class OrganizationRecord(serializers.Serializer):
    """An organization under its one official name."""

    slug = f.text("Its address here.")
    url = f.text("The address of this record.")
    name = f.text("The official name.")
    acronym = f.text("The acronym, or empty.")
    name_local = f.text("The name in the organization's own language, or empty.")
    kind = f.choice("What kind of organization.", Organization.Kind.choices)
    party = f.text("The code of the Party it is seated in.", allow_null=True)
    city = f.text("The city of its seat.")
    website = f.text("Its website.")
    languages = f.texts("Working languages.")
    about = f.text("What it says of itself.")
    is_verified = f.flag("Verified by a centre or the coordinator.")
    verified_until = f.day("Until when.")
    hosts = HostingRecord(many=True, help_text="The Support Centres that it runs.")
    expertise = ExpertiseRecord(many=True, required=False, help_text=f"Fields of work, with evidence. {SINGLE}")
    experts = ExpertRecord(many=True, required=False, help_text=f"Its experts. {SINGLE}")
    language_skills = LanguageSkillRecord(many=True, required=False, help_text=f"Languages by level. {SINGLE}")
    references = PastWorkRecord(many=True, required=False, help_text=f"Past work. {SINGLE}")
    networks = TieRecord(many=True, required=False, help_text=f"Ties to networks and platforms. {SINGLE}")
    is_practice = f.flag("A practice organization, for training.")
    is_example = f.flag("Example data.")


# Filters --------------------------------------------------------------------------------------------------------------


class TermFilter(django_filters.FilterSet):
    """Words of a vocabulary, by their names."""

    search = django_filters.CharFilter(label="Words in one of the names", method="with_words")

    def with_words(self, rows, name, value):
        return rows.named_like(value)


class SubjectFilter(TermFilter):
    """Subjects, by their names and their place in the thesaurus."""

    broader = django_filters.CharFilter(label="Code of the broader subject", field_name="broader__code")
    is_offered = django_filters.BooleanFilter(label="Offered in forms")


class CentreFilter(TermFilter):
    """Centres, by name and by whom they serve."""

    party = django_filters.ModelChoiceFilter(
        label="Serves this Party", queryset=parties, to_field_name="iso2", method="serving"
    )

    def serving(self, rows, name, value):
        return rows.filter(coverages__party=value, coverages__retired_on__isnull=True)


# Resources ------------------------------------------------------------------------------------------------------------


def names_of(row) -> dict:
    """The two fields of whatever has names in six languages."""
    return {"name": row.name, "names": row.names}


class PartyResource(Resource):
    """Parties to the Convention, with their regions, flags and centres."""

    plural, key, key_pattern = "parties", "iso2", "[A-Z0-9]{2}"
    record_class, filterset_class = PartyRecord, PartyFilter
    orderings = {"iso2": "iso2", "name": "name_en"}
    default_order = ("iso2",)
    worded = ("name",)

    def rows(self):
        served = Coverage.objects.current().filter(centre__retired_on__isnull=True).select_related("centre")
        flags = PartyFlag.objects.current()
        return (
            Party.objects.current()
            .select_related("region__parent__parent")
            .prefetch_related(Prefetch("flags", flags), Prefetch("coverages", served))
        )

    def present(self, rows):
        prefix = self.address_of(self.plural)
        return [_party(row, prefix) for row in rows]

    @extend_schema(responses={200: PriorityRecord(many=True)})
    @action(detail=True, methods=["get"], url_path="priorities")
    def priorities(self, request, **kwargs):
        """The national priorities of a Party: those in force, then those that have ended."""
        rows = self.row().priorities.select_related("party").prefetch_related("targets").in_order()
        in_turn = sorted(rows, key=lambda row: row.has_ended)
        return Response(priority_records(in_turn, self.address_of("priorities")))


def _party(row: Party, prefix: str) -> dict:
    return names_of(row) | {
        "iso2": row.iso2,
        "url": f"{prefix}{row.iso2}/",
        "iso3": row.iso3,
        "m49": row.m49,
        "kind": row.kind,
        "un_group": row.un_group,
        "regions": _regions(row),
        "flags": [
            {"kind": flag.kind, "valid_from": flag.valid_from, "valid_to": flag.valid_to, "confirmed": flag.confirmed}
            for flag in row.flags_on()
        ],
        "income_group": row.income_group,
        "languages": row.languages,
        "time_zone": row.time_zone,
        "centres": sorted(coverage.centre.slug for coverage in row.coverages.all()),
        "is_practice": row.is_practice,
        "is_example": row.is_example,
    }


def _regions(row: Party) -> list[str]:
    codes, region = [], row.region
    while region is not None:
        codes.append(region.code)
        region = region.parent
    return codes


class TargetResource(Resource):
    """The 23 targets."""

    plural, key, key_pattern = "targets", "number", "[0-9]{1,2}"
    record_class, filterset_class = TargetRecord, TermFilter
    orderings = {"number": "number"}
    default_order = ("number",)
    worded = ("name",)

    def rows(self):
        return Target.objects.current()

    def present(self, rows):
        prefix = self.address_of(self.plural)
        return [
            names_of(row)
            | {
                "number": row.number,
                "url": f"{prefix}{row.number}/",
                "identifier": row.identifier,
                "section": row.section,
                "names_official": row.names_official,
            }
            for row in rows
        ]


class SubjectResource(Resource):
    """The subjects of the Convention's thesaurus."""

    plural, key = "subjects", "code"
    record_class, filterset_class = SubjectRecord, SubjectFilter
    orderings = {"code": "code", "name": "name_en", "number": "number"}
    default_order = ("number", "pk")
    worded = ("name",)

    def rows(self):
        return Subject.objects.current().select_related("broader")

    def present(self, rows):
        prefix = self.address_of(self.plural)
        return [
            names_of(row)
            | {
                "code": row.code,
                "url": f"{prefix}{row.code}/",
                "identifier": row.identifier,
                "broader": row.broader.code if row.broader else None,
                "is_offered": row.is_offered,
            }
            for row in rows
        ]


class CooperationTypeResource(Resource):
    """The forms of cooperation."""

    plural, key = "cooperation-types", "code"
    record_class, filterset_class = CooperationTypeRecord, TermFilter
    orderings = {"code": "code", "number": "number"}
    default_order = ("number", "pk")
    worded = ("name",)

    def rows(self):
        return CooperationType.objects.current()

    def present(self, rows):
        prefix = self.address_of(self.plural)
        return [names_of(row) | {"code": row.code, "url": f"{prefix}{row.code}/", "number": row.number} for row in rows]


def _hosting(row: Hosting) -> dict:
    words = {"centre": row.centre.slug, "organization": row.organization.slug}
    return words | {"role": row.role, "confidence": row.confidence} | {step: getattr(row, step) for step in STEPS}


def with_hostings() -> Prefetch:
    """Hostings in force, with both of their ends."""
    rows = Hosting.objects.current().filter(centre__retired_on__isnull=True)
    return Prefetch("hostings", rows.select_related("centre", "organization").order_by("pk"))


class CentreResource(Resource):
    """Support Centres, with who runs them and whom they serve."""

    plural, key = "centres", "slug"
    record_class, filterset_class = CentreRecord, CentreFilter
    orderings = {"slug": "slug", "name": "name_en"}
    default_order = ("slug",)
    worded = ("name",)

    def rows(self):
        served = Coverage.objects.current().select_related("party")
        return SupportCentre.objects.current().prefetch_related(with_hostings(), Prefetch("coverages", served))

    def present(self, rows):
        prefix = self.address_of(self.plural)
        return [_centre(row, prefix) for row in rows]


def _centre(row: SupportCentre, prefix: str) -> dict:
    served = sorted(row.coverages.all(), key=lambda coverage: coverage.party.iso2)
    return names_of(row) | {
        "slug": row.slug,
        "url": f"{prefix}{row.slug}/",
        "status": row.status,
        "is_provisional": row.is_provisional,
        "coverage_confidence": row.coverage_confidence,
        "coverage_basis": row.coverage_basis,
        "languages": row.languages,
        "expertise": row.expertise,
        "hosts": [_hosting(hosting) for hosting in row.hostings.all()],
        "parties": [
            {"party": item.party.iso2, "confidence": item.confidence, "is_provisional": item.is_provisional}
            for item in served
        ],
        "is_practice": row.is_practice,
        "is_example": row.is_example,
    }


class OrganizationResource(Resource):
    """Organizations of the network that are verified; their own people and those who verify see the others, too."""

    plural, key = "organizations", "slug"
    record_class, filterset_class = OrganizationRecord, OrganizationFilter
    orderings = {"slug": "slug", "name": "name"}
    default_order = ("slug",)

    def rows(self):
        return Organization.objects.current().select_related("party").prefetch_related(with_hostings())

    def visible(self, rows):
        return rows.visible_to(self.request.user)

    def present(self, rows):
        prefix = self.address_of(self.plural)
        return [_organization(row, prefix) for row in rows]

    def more(self, row):
        return profile_of(row, self.request.user)


def _organization(row: Organization, prefix: str) -> dict:
    return {
        "slug": row.slug,
        "url": f"{prefix}{row.slug}/",
        "name": row.name,
        "acronym": row.acronym,
        "name_local": row.name_local,
        "kind": row.kind,
        "party": row.party.iso2 if row.party else None,
        "city": row.city,
        "website": row.website,
        "languages": row.languages,
        "about": row.about,
        "is_verified": row.is_verified,
        "verified_until": row.verified_until,
        "hosts": [_hosting(hosting) for hosting in row.hostings.all()],
        "is_practice": row.is_practice,
        "is_example": row.is_example,
    }


class InstitutionResource(OrganizationResource):
    """The institutions that run Support Centres."""

    plural = "institutions"

    def rows(self):
        return super().rows().hosts()


RESOURCES = [
    PartyResource,
    TargetResource,
    SubjectResource,
    CooperationTypeResource,
    CentreResource,
    InstitutionResource,
    OrganizationResource,
    *OFFICES,
]
