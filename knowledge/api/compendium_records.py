"""What sources, practices and cells of coverage look like in the API, and what calls about them take."""

from typing import Any

from rest_framework import serializers

from accounts.api import fields as f
from accounts.api.inputs import CodesField, Input
from accounts.texts import validate_line
from centres.models import Constraint, CooperationType, Region, Subject, Target

from ..coverage import FEW, Cell
from ..lifecycle import PracticeStatus, SourceStatus
from ..models import Access, Convention, Freshness, Kind, Practice, Rhythm, Source

OPEN_STEPS = "In a single record: the steps that you may take now."


class SourceRecord(serializers.Serializer):
    """A source of knowledge. The portal lists it; its owner decides how it may be used."""

    reference = f.text("Such as SRC-000042.")
    url = f.text("The address of this record.")
    status = f.choice("Its state.", SourceStatus.choices)
    kind = f.choice("What it is.", Kind.choices)
    name = f.text("The name that its owner uses.")
    owner = f.text("The organization that keeps it.")
    address = f.text("Where it is found.")
    description = f.text("What one finds there.")
    language = f.text("The language of the description.")
    access = f.choice("What somebody needs in order to use it.", Access.choices)
    languages = f.texts("The languages of the source itself.")
    targets = f.numbers("Numbers of targets.")
    subjects = f.texts("Codes of subjects.")
    worldwide = f.flag("It covers the whole world.")
    regions = f.texts("M49 codes of the regions that it covers.")
    update_rhythm = f.choice("How often it is updated.", Rhythm.choices)
    fair_notes = f.text("How well it can be found, opened, combined and reused.")
    care_notes = f.text("How it respects the rights of Indigenous Peoples and local communities in data.")
    conventions = f.texts("Codes of other agreements for which it is of use.")
    checked_on = f.day("When it was last found as described.")
    freshness = f.choice("How long ago that is, beside how often it changes.", Freshness.choices)
    facts_from = f.text("Where these facts come from.")
    external_id = f.text("The identifier of the system that it came from, or empty.")
    published_at = f.moment("When it was published.")
    updated_at = f.moment("When it last changed.", allow_null=False)
    is_example = f.flag("Example data.")
    open_steps = f.texts(OPEN_STEPS, required=False)


def source_record(row: Source, prefix: str) -> dict[str, Any]:
    """One source; its words have been fetched."""
    plain = (
        "reference", "status", "kind", "name", "owner", "description", "language", "access", "languages", "worldwide",
        "update_rhythm", "fair_notes", "care_notes", "conventions", "checked_on", "freshness", "external_id",
        "published_at", "updated_at", "is_example",
    )  # fmt: skip
    return {name: getattr(row, name) for name in plain} | {
        "url": f"{prefix}{row.reference}/",
        "address": row.url,
        "targets": sorted(target.number for target in row.targets.all()),
        "subjects": sorted(subject.code for subject in row.subjects.all()),
        "regions": sorted(region.code for region in row.regions.all()),
        "facts_from": row.source,
    }


class PracticeRecord(serializers.Serializer):
    """What was done where, and what others should know before they do the same."""

    reference = f.text("Such as PRA-000007.")
    url = f.text("The address of this record.")
    status = f.choice("Its state.", PracticeStatus.choices)
    title = f.text("The title.")
    summary = f.text("What was done, and what came of it.")
    lessons = f.text("What others should know.")
    language = f.text("The language of these texts.")
    constraints = f.texts("Codes of what it helps against.")
    targets = f.numbers("Numbers of targets.")
    subjects = f.texts("Codes of subjects.")
    cooperation_types = f.texts("Codes of forms of cooperation.")
    sources = f.texts("References of sources that were used.")
    party = f.text("The code of the country.", allow_null=True)
    organization = f.text("The address of the organization.", allow_null=True)
    centre = f.text("The address of the centre.", allow_null=True)
    published_at = f.moment("When it was published.")
    updated_at = f.moment("When it last changed.", allow_null=False)
    is_example = f.flag("Example data.")
    open_steps = f.texts(OPEN_STEPS, required=False)


def practice_record(row: Practice, prefix: str) -> dict[str, Any]:
    """One practice; its words have been fetched."""
    plain = ("reference", "status", "title", "summary", "lessons", "language", "published_at", "updated_at")
    return {name: getattr(row, name) for name in (*plain, "is_example")} | {
        "url": f"{prefix}{row.reference}/",
        "constraints": sorted(one.code for one in row.constraints.all()),
        "targets": sorted(target.number for target in row.targets.all()),
        "subjects": sorted(subject.code for subject in row.subjects.all()),
        "cooperation_types": sorted(one.code for one in row.cooperation_types.all()),
        "sources": sorted(source.reference for source in row.sources.all() if source.is_listed),
        "party": row.party.iso2 if row.party else None,
        "organization": row.organization.slug if row.organization else None,
        "centre": row.centre.slug if row.centre else None,
    }


class CellRecord(serializers.Serializer):
    """One cell of the coverage: a target, and a region or a kind of source."""

    code = f.text("Its address here: the target, what the column is, and the column.")
    url = f.text("The address of this record.")
    target = f.number("The number of the target.")
    by = f.choice("What the column is.", [("region", "region"), ("kind", "kind of source")])
    column = f.text("The M49 code of the region, or the kind.")
    name = f.text("The column in words.")
    sources = f.number("How many sources.")
    own = f.number("Of these, those that do not cover the whole world.")
    is_gap = f.flag("Whether these are fewer than three.")


def cell_record(by: str, place: tuple[int, str], cell: Cell, names: dict[str, str]) -> dict[str, Any]:
    """One cell, but for its address."""
    return {
        "code": f"{place[0]}.{by}.{place[1]}",
        "target": place[0],
        "by": by,
        "column": place[1],
        "name": names[place[1]],
        "sources": cell.sources,
        "own": cell.own,
        "is_gap": cell.sources < FEW,
    }


# What calls take ------------------------------------------------------------------------------------------------------


def _line(words: str, longest: int, **more: Any) -> serializers.CharField:
    return serializers.CharField(max_length=longest, validators=[validate_line], help_text=words, **more)


def _text(words: str, longest: int = 5000, **more: Any) -> serializers.CharField:
    return serializers.CharField(max_length=longest, help_text=words, **more)


def _choice(words: str, choices: Any, **more: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=choices, help_text=words, **more)


def _codes(words: str) -> serializers.ListField:
    child = serializers.CharField(max_length=35, validators=[validate_line])
    return serializers.ListField(child=child, max_length=40, required=False, help_text=words)


def _words(model: Any, key: str, words: str) -> CodesField:
    child = serializers.IntegerField(min_value=1, max_value=23) if key == "number" else None
    return CodesField(lambda: model.objects.current(), key, child=child, help_text=words)


OPTIONAL: dict[str, Any] = {"required": False, "allow_blank": True}


class SourceInput(Input):
    """A source as somebody suggests it."""

    name = _line("The name that its owner uses.", 250)
    owner = _line("The organization that keeps it.", 250)
    address = serializers.URLField(max_length=500, help_text="Where it is found.")
    kind = _choice("What it is.", Kind.choices)
    description = _text("What one finds there, in your own words.")
    language = _line("The language of the description.", 35, required=False)
    access = _choice("What somebody needs in order to use it.", Access.choices, required=False)
    languages = _codes("The languages of the source itself.")
    targets = _words(Target, "number", "Numbers of targets.")
    subjects = _words(Subject, "code", "Codes of subjects.")
    worldwide = serializers.BooleanField(required=False, help_text="It covers the whole world.")
    regions = _words(Region, "code", "M49 codes of regions.")
    update_rhythm = _choice("How often it is updated.", Rhythm.choices, required=False)
    fair_notes = _text("Notes on FAIR.", **OPTIONAL)
    care_notes = _text("Notes on CARE.", **OPTIONAL)
    conventions = serializers.ListField(
        child=serializers.ChoiceField(choices=Convention.choices), required=False, help_text="Other agreements."
    )
    facts_from = _line("Where these facts come from.", 500, **OPTIONAL)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The names of the columns."""
        renamed = {"address": "url", "facts_from": "source"}
        return {renamed.get(name, name): value for name, value in attrs.items()}


class SourceChange(SourceInput):
    """Fields of a source to be changed."""

    def get_fields(self) -> Any:
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


class SourceReasonInput(Input):
    """Why a source is refused or taken out."""

    reason = _text("The reason, in a sentence.", 1000)


class PracticeInput(Input):
    """A practice as somebody writes it."""

    title = _line("The title.", 200)
    summary = _text("What was done, and what came of it.", 20000, **OPTIONAL)
    lessons = _text("What others should know.", 20000, **OPTIONAL)
    language = _line("The language of these texts.", 35, required=False)
    constraints = _words(Constraint, "code", "Codes of what it helps against.")
    targets = _words(Target, "number", "Numbers of targets.")
    subjects = _words(Subject, "code", "Codes of subjects.")
    cooperation_types = _words(CooperationType, "code", "Codes of forms of cooperation.")


class PracticeChange(PracticeInput):
    """Fields of a draft to be changed."""

    title = _line("The title.", 200, required=False)


class PracticeReturnInput(Input):
    """What should be changed before a practice is published."""

    text = _text("What should be changed.", 2000)
