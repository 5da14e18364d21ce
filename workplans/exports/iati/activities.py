"""A finalized plan and its activities as `iati-activity` elements, in the order of the schema."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings

from ...models import Progress
from . import codes, money
from .facts import Actor, PlanFacts, actor_of, address_of, reporter
from .places import (
    markers,
    of_plan,
    places,
    places_of,
    sectors,
    sectors_of,
    tags,
    targets_of,
)
from .xml import lines, narrative, tag, text

LONGEST_PARTNER = 200
EXAMPLE = "EXAMPLE: "


def identifier(reference: str) -> str:
    """The identifier of a plan or an activity in all files: it outlives every version and every name."""
    return f"{settings.IATI_REPORTING_ORG}-{reference}"


def of_facts(plan: PlanFacts) -> Iterator[str]:
    """The element of the plan, then one for each of its activities."""
    yield _plan(plan)
    for activity in plan.document["activities"]:
        yield _activity(plan, activity)


def _element(plan: PlanFacts, hierarchy: int, parts: list[str]) -> str:
    return (
        tag(
            "iati-activity",
            "\n" + lines(parts),
            lang=plan.language,
            default_currency="USD",
            last_updated_datetime=moment(plan.changed_at),
            humanitarian="0",
            hierarchy=hierarchy,
        )
        + "\n"
    )


def moment(at: Any) -> str:
    """A moment to the second, in UTC."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _head(plan: PlanFacts, reference: str, title: str) -> list[str]:
    shown = EXAMPLE + title if plan.workplan.is_example or settings.DEMO else title
    return [
        tag("iati-identifier", text(identifier(reference))),
        reporting(),
        tag("title", narrative(shown, plan.language)),
    ]


def reporting() -> str:
    """Who reports: the organization that the network has charged with it, so at first hand."""
    who = reporter()
    return tag("reporting-org", money.named(who), ref=who.ref, type=who.type, secondary_reporter="0")


# The plan -------------------------------------------------------------------------------------------------------------


def _plan(plan: PlanFacts) -> str:
    """Texts, sums of parts, and what was given to the whole. Its budget stands at its activities."""
    document, reference = plan.document, plan.document["reference"]
    activities = document["activities"]
    given = plan.pledges.get(None, [])
    parts = [
        *_head(plan, reference, document["title"] or reference),
        _description("1", document["summary"] or document["title"] or reference, plan),
        *participants(plan, activities, [pledge for found in plan.pledges.values() for pledge in found]),
        _other_identifier(reference),
        *_standing(plan, plan.starts, plan.ends),
        _contact(plan),
        places(plan, of_plan(plan, places_of)),
        sectors(of_plan(plan, sectors_of)),
        tags(targets_of(activities)),
        markers(),
        _defaults(),
        money.planned(plan, [], given, receiver(plan)),
        money.transactions(plan, given, receiver(plan)),
        *_documents(plan),
        *(_related(one["reference"], codes.Related.CHILD) for one in activities),
    ]
    return _element(plan, 1, parts)


def _documents(plan: PlanFacts) -> Iterator[str]:
    reference = plan.document["reference"]
    pdf = address_of("workplan_pdf", reference, plan.version.number)
    yield _document(plan, plan.address, "text/html", plan.document["title"] or reference, codes.Document.PAGE)
    yield _document(plan, pdf, "application/pdf", f"{reference}.pdf", codes.Document.OBJECTIVES)
    if plan.workplan.is_closed:
        report = address_of("workplan_report", reference)
        yield _document(plan, report, "text/html", f"{reference}: report", codes.Document.RESULTS)


def _document(plan: PlanFacts, url: str, kind: str, title: str, category: str) -> str:
    return tag(
        "document-link",
        tag("title", narrative(title, plan.language)),
        tag("category", code=category),
        tag("language", code=plan.language),
        format=kind,
        url=url,
    )


# An activity ----------------------------------------------------------------------------------------------------------


def _activity(plan: PlanFacts, one: dict[str, Any]) -> str:
    reference, budget = one["reference"], one["budget_lines"]
    given = plan.pledges.get(reference, [])
    starts = date.fromisoformat(one["starts_on"]) if one["starts_on"] else plan.starts
    ends = date.fromisoformat(one["ends_on"]) if one["ends_on"] else plan.ends
    parts = [
        *_head(plan, reference, one["title"] or reference),
        _description("1", one["description"] or one["title"] or reference, plan),
        _objectives(plan, one),
        *participants(plan, [one], given),
        _other_identifier(reference),
        *_standing(plan, starts, max(starts, ends)),
        _contact(plan),
        places(plan, places_of(plan, one)),
        sectors(sectors_of(plan, one)),
        tags(targets_of([one])),
        markers(),
        _defaults(),
        money.budgets(plan, budget),
        money.planned(plan, budget, given, receiver(plan)),
        money.transactions(plan, given, receiver(plan)),
        _document(plan, f"{plan.address}#{reference}", "text/html", one["title"] or reference, codes.Document.PAGE),
        _related(plan.document["reference"], codes.Related.PARENT),
        *_results(plan, one),
    ]
    return _element(plan, 2, parts)


def _description(kind: str, words: str, plan: PlanFacts) -> str:
    return tag("description", narrative(words, plan.language), type=kind)


def _objectives(plan: PlanFacts, one: dict[str, Any]) -> str:
    """What is to come of it, results that nothing measures yet included."""
    words = "\n".join(result["title"] for result in one["results"] if result["title"])
    return _description("2", words, plan) if words else ""


def _other_identifier(reference: str) -> str:
    return tag("other-identifier", ref=reference, type="A1")


def _contact(plan: PlanFacts) -> str:
    """The office that answers, never a person."""
    who = plan.centre or reporter()
    website = tag("website", text(plan.office_address))
    return tag("contact-info", tag("organisation", money.named(who)), website, type="1")


def _defaults() -> str:
    """Grants for technical cooperation. Whether money is official assistance, and tied, only its donor can say."""
    return (
        tag("default-finance-type", code=codes.GRANT) + "\n" + tag("default-aid-type", code=codes.TECHNICAL_ASSISTANCE)
    )


def _related(reference: str, kind: str) -> str:
    return tag("related-activity", ref=identifier(reference), type=kind)


# Who takes part -------------------------------------------------------------------------------------------------------


def receiver(plan: PlanFacts) -> Actor:
    """Who receives the money: the institution that leads the centre; the reporting organization for the network."""
    return actor_of(plan.hosts[0].organization) if plan.hosts else plan.centre or reporter()


def participants(plan: PlanFacts, activities: list[dict[str, Any]], pledges: list[Any]) -> list[str]:
    """Who funds, who answers for it, and who does it; each once in a role."""
    found: dict[tuple[str, str], str] = {}
    for role, who in _roles(plan, activities, pledges):
        names = money.named(who)
        found.setdefault((role, names), tag("participating-org", names, ref=who.ref, type=who.type, role=role))
    return list(found.values())


def _roles(plan: PlanFacts, activities: list[dict[str, Any]], pledges: list[Any]) -> Iterator[tuple[str, Actor]]:
    funders = [line["funder"] for one in activities for line in one["budget_lines"] if line["funder"]]
    for actor in [_known(plan, one) for one in funders] + [money.donor_of(pledge) for pledge in pledges]:
        if actor is not None:
            yield codes.Role.FUNDING, actor
    yield codes.Role.ACCOUNTABLE, receiver(plan)
    yield codes.Role.IMPLEMENTING, plan.centre or reporter()
    for host in plan.hosts[1:]:
        yield codes.Role.IMPLEMENTING, actor_of(host.organization)
    for one in activities:
        for partner in one["partners"]:
            yield codes.Role.IMPLEMENTING, _known(plan, partner)
        for name in one["other_partners"].replace(";", "\n").splitlines():
            if name.strip():
                yield codes.Role.IMPLEMENTING, Actor({"": name.strip()[:LONGEST_PARTNER]})


def _known(plan: PlanFacts, said: dict[str, Any]) -> Actor:
    """An organization that the document names; by its name there where it is no longer known."""
    row = plan.organizations.get(said["slug"])
    return actor_of(row) if row else Actor({"": said["name"]})


# How far it is --------------------------------------------------------------------------------------------------------


def _standing(plan: PlanFacts, starts: date, ends: date) -> list[str]:
    """Status and dates: by the days of the plan, and closed once the plan is."""
    dates = [tag("activity-date", iso_date=starts, type="1"), tag("activity-date", iso_date=ends, type="3")]
    closed = plan.workplan.closed_at
    if closed is not None:
        status = codes.Status.CLOSED
        dates.append(tag("activity-date", iso_date=max(closed.date(), starts), type="4"))
    else:
        status = codes.Status.IMPLEMENTATION if starts <= plan.today else codes.Status.PIPELINE
    return [tag("activity-status", code=status), *dates]


def _results(plan: PlanFacts, one: dict[str, Any]) -> Iterator[str]:
    """Results that something measures, with what was reached and approved."""
    for result in one["results"]:
        indicators = "".join(_indicator(plan, indicator) for indicator in result["indicators"])
        if indicators:
            yield tag(
                "result",
                tag("title", narrative(result["title"], plan.language)),
                tag("description", narrative(result["description"], plan.language)) if result["description"] else "",
                indicators,
                type=codes.RESULT_TYPES.get(result["kind"], "9"),
                aggregation_status="0",
            )


def _indicator(plan: PlanFacts, one: dict[str, Any]) -> str:
    reached = plan.progress.get(one["reference"], {})
    wanted = {target["year"]: target["value"] for target in one["targets"]}
    title = f"{one['title']} ({one['unit']})" if one["unit"] else one["title"]
    percent = one["unit"].strip() == "%"
    baseline = ""
    if one["baseline"] is not None:
        baseline = tag("baseline", year=one["baseline_year"] or plan.starts.year - 1, value=one["baseline"])
    return tag(
        "indicator",
        tag("title", narrative(title, plan.language)),
        tag("description", narrative(one["source"], plan.language)) if one["source"] else "",
        baseline,
        *(_year(plan, year, wanted.get(year), reached.get(year)) for year in sorted({*wanted, *reached})),
        measure=codes.PERCENTAGE if percent else codes.UNIT,
        ascending="1",
    )


def _year(plan: PlanFacts, year: int, wanted: str | None, reached: Progress | None) -> str:
    actual = ""
    if reached is not None:
        words = tag("comment", narrative(reached.text, plan.language)) if reached.text else ""
        actual = tag("actual", words, value=_plain(reached.value))
    target = tag("target", value=wanted) if wanted is not None else ""
    return tag("period", money.year_of(year), target, actual)


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")
