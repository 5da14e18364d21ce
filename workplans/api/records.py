"""What workplans, versions, activities, budget lines and comments look like in the API, field by field,
for the schema.
"""

from typing import Any

from rest_framework import serializers

from accounts.api import fields as f

from ..lifecycle import Amendment, VersionStatus
from ..models import Category, CommentKind, Disposition, Funding, Measure
from ..models.activity import Result

OPTIONAL: dict[str, Any] = {"required": False}
OPEN_STEPS = "In a single record, when you are signed in: the steps that you may take now."
EXAMPLE = "Example data."


class PeriodPart(serializers.Serializer):
    """The years of a plan."""

    starts = f.number("The first year.")
    ends = f.number("The last year.")


class LedgerPart(serializers.Serializer):
    """How many comments there are, and what became of them."""

    comments = f.number("All comments.")
    without_answer = f.number("Comments without a disposition.")
    accepted = f.number("Accepted.")
    partly = f.number("Accepted in part.")
    not_accepted = f.number("Not accepted.")
    noted = f.number("Noted.")


class GapPart(serializers.Serializer):
    """How the money of what it is for stands, in one currency."""

    currency = f.text("The currency of these sums.")
    asked = f.text("Asked.")
    received = f.text("Received.")
    committed = f.text("Committed, not yet received.")
    pledged = f.text("Pledged, not yet committed.")
    firm_gap = f.text("What nobody has committed or paid.")
    indicative_gap = f.text("What would be left if every pledge held.")


def _gaps():
    return GapPart(
        many=True, help_text="How its money stands, by currency, dollars first; of the public version alone."
    )


class WorkplanRecord(serializers.Serializer):
    """The workplan of a centre, or of the network, for a period."""

    reference = f.text("Such as WP-2025-pacific or WP-2025-network.")
    url = f.text("The address of this record.")
    centre = f.text("The slug of the centre; null: the whole network.", allow_null=True)
    period = PeriodPart(help_text="Its years.")
    language = f.text("The language it is written in.")
    title = f.text("The title in the version that you see.")
    summary = f.text("What it is about.")
    status = f.choice("The state of the newest version that you may see.", VersionStatus.choices)
    current_version = f.text("The reference of the finalized, public version, or null.", allow_null=True)
    versions = f.texts("References of the versions that you may see, oldest first.")
    gaps = _gaps()
    closed_at = f.moment("When it was closed with its final report.")
    is_example = f.flag(EXAMPLE)
    updated_at = f.moment("When it last changed.", allow_null=False)


class VersionRecord(serializers.Serializer):
    """One version of a workplan. Past draft it never changes."""

    reference = f.text("Such as WP-2025-pacific/versions/2.")
    url = f.text("The address of this record.")
    workplan = f.text("The workplan's reference.")
    number = f.number("Its number, from 1.")
    status = f.choice("Its state; the steps lead from one to another.", VersionStatus.choices)
    amendment = f.choice("What it changes of the version before it; empty in a first version.", ["", *Amendment.values])
    title = f.text("The title.")
    summary = f.text("What it is about.")
    due_on = f.day("The last day of the consultation, while it is open.")
    consulted_at = f.moment("When the offices were asked.")
    finalized_at = f.moment("When it became the public one.")
    superseded_at = f.moment("When another took its place.")
    digest = f.text("SHA-256 of the frozen document; empty for a draft.")
    revision = f.number("Counts the edits of title and summary: send it with a change to be told of a newer one.")
    is_example = f.flag(EXAMPLE)
    updated_at = f.moment("When it last changed.", allow_null=False)
    ledger = LedgerPart(help_text="In a single record: its comments, counted.", **OPTIONAL)
    document = serializers.JSONField(help_text="In a single record: the whole plan with its totals.", **OPTIONAL)
    silent = f.texts("Codes of Parties from whom nothing came; for the centre and the coordinator alone.", **OPTIONAL)
    open_steps = f.texts(OPEN_STEPS, **OPTIONAL)


class TargetPart(serializers.Serializer):
    """What an indicator should reach in a year."""

    year = f.number("The year.")
    value = f.text("The value, as a decimal number.")


class IndicatorPart(serializers.Serializer):
    """What is measured."""

    reference = f.text("Such as IND-000012; the same in all versions.")
    title = f.text("The indicator.")
    measure = f.choice("What is counted alike in all plans; empty: a measure of this plan.", Measure.choices)
    unit = f.text("The unit.")
    is_cumulative = f.flag("Each year adds to the years before.")
    baseline = f.text("Where it stood before, as a decimal number.", allow_null=True)
    baseline_year = f.number("The year of the baseline.", allow_null=True)
    source = f.text("The means of verification.")  # type: ignore[assignment]  # a name that serializers have too
    targets = TargetPart(many=True, help_text="What it should reach, by year.")


class ResultPart(serializers.Serializer):
    """An output or outcome."""

    reference = f.text("Such as ACT-000123-R1.")
    number = f.number("Its number within the activity.")
    kind = f.choice("Output or outcome.", Result.Kind.choices)
    title = f.text("The result.")
    description = f.text("More about it.")
    indicators = IndicatorPart(many=True, help_text="How it is measured.")


class ActivityRecord(serializers.Serializer):
    """An activity as the newest version that you may see has it."""

    reference = f.text("Such as ACT-000123; the same in all versions.")
    url = f.text("The address of this record.")
    workplan = f.text("The workplan's reference.")
    version = f.text("The reference of the version.")
    status = f.choice("The state of the version.", VersionStatus.choices)
    position = f.number("Its place in the plan.")
    title = f.text("The title.")
    description = f.text("What will be done.")
    functions = f.texts("Codes of the functions of the centre that it serves.")
    targets = f.numbers("Numbers of targets.")
    parties = f.texts("Codes of the Parties that it serves.")
    priorities = f.numbers("National priorities that it serves, by their id in `parties/<iso2>/priorities/`.")
    components = f.texts("References of the needs that it answers; those that are public, for the centre all.")
    engagements = f.texts("References of engagements; those that are public, for the centre all.")
    partners = f.texts("Slugs of partner organizations.")
    other_partners = f.text("Partners without a profile.")
    is_essential = f.flag("Essential; false: nice to have.")
    starts_on = f.day("From when.")
    ends_on = f.day("Until when.")
    results = ResultPart(many=True, help_text="Outputs and outcomes.")
    budget_lines = f.texts("References of its budget lines.")
    gaps = _gaps()
    revision = f.number("Counts the edits: send it with a change to be told of a newer one.")
    is_example = f.flag(EXAMPLE)


class BudgetLineRecord(serializers.Serializer):
    """Money for an activity in a year, as the newest version that you may see has it."""

    reference = f.text("Such as BL-000456; the same in all versions.")
    url = f.text("The address of this record.")
    workplan = f.text("The workplan's reference.")
    version = f.text("The reference of the version.")
    activity = f.text("The activity's reference.")
    status = f.choice("The state of the version.", VersionStatus.choices)
    year = f.number("The year.")
    category = f.choice("What kind of cost.", Category.choices)
    description = f.text("What for.")
    amount = f.text("The amount, to the cent.")
    currency = f.text("The ISO code of the currency.")
    rate_to_usd = f.text("Dollars for one unit, or null.", allow_null=True)
    rate_on = f.day("The day of the rate.")
    rate_source = f.text("The source of the rate.")
    amount_usd = f.text("The amount in dollars by that rate; null without one.", allow_null=True)
    funding = f.choice("Who pays: core budget, secured, or still sought.", Funding.choices)
    funder = f.text("The slug of the organization that pays, or null.", allow_null=True)
    staff_months = f.text("Staff time in months, or null.", allow_null=True)
    notes = f.text("Notes.")
    gaps = _gaps()
    is_essential = f.flag("Whether its activity is essential.")
    revision = f.number("Counts the edits: send it with a change to be told of a newer one.")
    is_example = f.flag(EXAMPLE)


class CommentRecord(serializers.Serializer):
    """What an office said in a consultation, and what became of it. Public only where the Party ticked that."""

    reference = f.text("Such as COM-000042.")
    url = f.text("The address of this record.")
    workplan = f.text("The workplan's reference.")
    version = f.text("The reference of the version that was commented on.")
    party = f.text("The code of the Party.")
    office_kind = f.text("The kind of focal point that spoke.")
    kind = f.choice("What it is.", CommentKind.choices)
    activity = f.text("The activity that it is about, or null.", allow_null=True)
    field = f.text("The part that it is about, or empty.")
    text = f.text("The words.")
    priorities = f.numbers("Priorities that it adds, by id.")
    publish = f.flag("Whether the Party publishes its words.")
    disposition = f.choice("What became of it; empty while it waits.", ["", *Disposition.values])
    answer = f.text("The answer.")
    created_at = f.moment("When it was said.", allow_null=False)
    answered_at = f.moment("When it was answered.")
    revision = f.number("Counts the edits: send it with a change to be told of a newer one.")
    is_example = f.flag(EXAMPLE)
    open_steps = f.texts(OPEN_STEPS, **OPTIONAL)
