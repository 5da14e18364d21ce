"""A plan as a printed document: everything that one version says, in the active language."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_offers.letters.typesetting import script

from ..wording import values as v
from . import blocks as b
from . import facts
from .blocks import Block

Document = dict[str, Any]


def disclaimer() -> list[str]:
    """What every printed plan says about names and borders."""
    return [
        _(
            "The designations employed and the presentation of material do not imply the expression of any opinion "
            "whatsoever concerning the legal status of any country, territory, city or area or of its authorities, "
            "or concerning the delimitation of its frontiers or boundaries."
        ),
    ]


def example_mark(document: Document) -> str:
    return _("EXAMPLE: this plan is example data. It stands for no real plan.") if document["is_example"] else ""


def shell(document: Document, *, title: str, eyebrow: str, standing: str, address: str) -> dict[str, Any]:
    """What every document has: script, marks, header, footer. The sections follow."""
    return {
        **script(),
        "title": b.said(title),
        "reference": document["reference"],
        "address": address,
        "page": _("Page %(page)s of %(pages)s"),
        "mark": example_mark(document),
        "short_mark": _("EXAMPLE"),
        "eyebrow": eyebrow,
        "standing": standing,
        "disclaimer": disclaimer(),
        "facts": [],
        "sections": [],
    }


def words_of(
    document: Document, *, standing: str, address: str, counts: list[tuple[str, str]] | None = None
) -> dict[str, Any]:
    """Everything that the printed plan says; `counts` are the sums of the consultation, label by label."""
    eyebrow = _("%(reference)s, version %(number)s") % {
        "reference": document["reference"],
        "number": document["number"],
    }
    said = shell(document, title=document["title"], eyebrow=eyebrow, standing=standing, address=address)
    said["facts"] = b.facts_rows(_head(document))
    said["sections"] = [
        *_summary(document),
        *_money(document),
        *_timeline(document),
        b.section(_("Activities"), [one for row in _activities(document) for one in row]),
        *_budget(document),
        *_countries(document),
        *_targets(document),
    ]
    if counts:
        said["sections"].append(b.section(_("Consultation"), [b.facts(counts)]))
    return said


def _head(document: Document) -> list[tuple[str, str]]:
    period = document["period"]
    years = f"{period['starts']}" if period["starts"] == period["ends"] else f"{period['starts']}–{period['ends']}"
    n = len(document["activities"])
    return [
        (_("Centre"), v.name_of(document["centre"]["names"]) if document["centre"] else _("The whole network")),
        (_("Period"), years),
        (_("Activities"), ngettext("%(n)s activity", "%(n)s activities", n) % {"n": n} if n else ""),
    ]


def _summary(document: Document) -> list[dict[str, Any]]:
    return [b.section(_("Summary"), b.texts(document["summary"]))] if document["summary"].strip() else []


# Money ----------------------------------------------------------------------------------------------------------------


def _money(document: Document) -> list[dict[str, Any]]:
    totals = document["totals"]
    if not totals["by_currency"]:
        return []
    share = facts.secured_of(document)
    found: list[Block] = [b.figures([(v.sums(totals["by_currency"]), _("asked for in all years"))])]
    if share.total:
        words = {
            "percent": share.percent, "there": v.money(share.there, "USD"), "total": v.money(share.total, "USD"),
        }  # fmt: skip
        text = _("%(percent)s %% of the essential budget is secured: %(there)s of %(total)s.") % words
        parts = [
            {"width": float(share.widths["core"]), "firm": True},
            {"width": float(share.widths["secured"]), "firm": False},
        ]
        found.append({"kind": "share", "parts": parts, "text": text})
        found.append(b.note(_("Dark: core budget of the host. Light: secured from others. The rest is sought.")))
    return [b.section(_("The budget at a glance"), [*found, *_rate_notes(totals)])]


def _rate_notes(totals: dict[str, Any]) -> list[Block]:
    found = []
    for rate in totals["rates"]:
        words = {
            "currency": rate["currency"],
            "rate": v.number(rate["rate_to_usd"]),
            "day": v.day_text(rate["rate_on"], "long"),
            "source": rate["rate_source"],
        }
        found.append(b.note(_("1 %(currency)s = USD %(rate)s on %(day)s (%(source)s).") % words))
    if not totals["usd_is_complete"]:
        found.append(b.note(_("Lines in other currencies without a rate are not in the sums in dollars.")))
    return found


def _budget(document: Document) -> list[dict[str, Any]]:
    totals = document["totals"]
    currencies = sorted(totals["by_currency"], key=lambda one: (one != "USD", one))
    if not currencies:
        return []
    sums = [("by_year", _("Year"), {}), ("by_category", _("Category"), v.CHOICES["category"])]
    sums.append(("by_funding", _("Funding source"), v.CHOICES["funding"]))
    found = [_sums_table(totals, name, label, kinds, currencies) for name, label, kinds in sums]
    return [b.section(_("Budget"), [*found, *_rate_notes(totals)])]


def _sums_table(totals: dict[str, Any], name: str, label: str, kinds: Any, currencies: list[str]) -> Block:
    words = dict(kinds.choices) if kinds else {}
    rows = [
        [str(words.get(key, key)), *(v.exact(row[one]) if one in row else "" for one in currencies)]
        for key, row in totals[name].items()
    ]
    foot = [[_("Total"), *(v.exact(totals["by_currency"][one]) for one in currencies)]]
    widths, numbers = [2, *([1] * len(currencies))], range(1, len(currencies) + 1)
    return b.table("", [label, *currencies], rows, widths=widths, numbers=numbers, foot=foot)


# Activities -----------------------------------------------------------------------------------------------------------


def _timeline(document: Document) -> list[dict[str, Any]]:
    drawn = facts.timeline_of(document)
    if not drawn.bars:
        return []
    rows = [
        {
            "number": bar.stretch.number,
            "title": b.said(bar.stretch.title),
            "at": bar.at,
            "width": max(bar.width, 0.4),
            "essential": bar.stretch.is_essential,
        }
        for bar in drawn.bars
    ]
    years = [{"label": year.label, "at": year.at} for year in drawn.years]
    legend = _("Filled: essential. Outlined: nice to have.")
    found: list[Block] = [{"kind": "timeline", "years": years, "rows": rows, "legend": legend}]
    if without := facts.undated(document):
        sentence = ngettext("%(n)s activity has no days yet.", "%(n)s activities have no days yet.", without)
        found.append(b.note(sentence % {"n": without}))
    return [b.section(_("Timeline"), found)]


def _activities(document: Document) -> list[list[Block]]:
    return [_activity(place, activity) for place, activity in enumerate(document["activities"], 1)]


def _activity(place: int, activity: dict[str, Any]) -> list[Block]:
    title = f"{place}. {activity['title']}"
    return [
        b.heading(title, v.essential_word(activity["is_essential"])),
        b.facts(_activity_facts(activity)),
        *b.texts(activity["description"]),
        *_results(activity),
        *_lines(activity),
    ]


def _activity_facts(activity: dict[str, Any]) -> list[tuple[str, str]]:
    partners = [v.things(activity["partners"]), " ".join(activity["other_partners"].split())]
    return [
        (_("Reference"), activity["reference"]),
        (_("Time"), v.days_text(activity["starts_on"], activity["ends_on"])),
        *((v.label_of(name), v.things(activity[name])) for name in ("functions", "targets", "parties", "priorities")),
        (_("Needs of requests"), v.things(activity["components"])),
        (_("Engagements"), v.things(activity["engagements"])),
        (_("Partners"), "; ".join(one for one in partners if one)),
    ]


def _results(activity: dict[str, Any]) -> list[Block]:
    rows = []
    for result in activity["results"]:
        kind = v.shown("kind", result["kind"])
        rows.append([kind, result["title"], "", ""])
        for indicator in result["indicators"]:
            base = [
                v.number(indicator["baseline"]) if indicator["baseline"] else "",
                str(indicator["baseline_year"] or ""),
            ]
            words = [indicator["title"], f"({indicator['unit']})" if indicator["unit"] else ""]
            rows.append(
                ["", " ".join(filter(None, words)), " · ".join(filter(None, base)), v.things(indicator["targets"])]
            )
    if not rows:
        return []
    head = [_("Result"), _("Title and indicators"), _("Baseline"), _("Targets")]
    return [b.table("", head, rows, widths=[1.1, 3, 1, 1.6])]


def _lines(activity: dict[str, Any]) -> list[Block]:
    lines = activity["budget_lines"]
    if not lines:
        return []
    rows = [_line(line) for line in lines]
    sums: dict[str, Decimal] = {}
    for line in lines:
        sums[line["currency"]] = sums.get(line["currency"], Decimal(0)) + Decimal(line["amount"])
    foot = [
        ["", _("Total") if not place else "", "", v.exact_money(sums[currency], currency)]
        for place, currency in enumerate(sorted(sums, key=lambda one: (one != "USD", one)))
    ]
    head = [_("Year"), _("What for"), _("Funding source"), _("Amount")]
    return [b.table("", head, rows, widths=[0.6, 3, 1.8, 1.6], numbers=[3], foot=foot)]


def _line(line: dict[str, Any]) -> list[str]:
    what = [v.shown("category", line["category"]), line["description"]]
    who = [v.shown("funding", line["funding"]), line["funder"]["name"] if line["funder"] else ""]
    return [
        str(line["year"]),
        ": ".join(one for one in what if one),
        ": ".join(one for one in who if one),
        v.exact_money(line["amount"], line["currency"]),
    ]


# Who and what is served -----------------------------------------------------------------------------------------------


def _countries(document: Document) -> list[dict[str, Any]]:
    names = facts.names(document, "parties", "iso2")
    order = sorted(names, key=lambda code: v.name_of(names[code]))
    columns = facts.matrix_of(document, order).columns
    rows = [[v.name_of(names[one.country]), v.runs(deed.number for deed in one.deeds)] for one in columns]
    if not rows:
        return []
    head = [_("Country"), _("Numbers of the activities")]
    return [b.section(_("Countries and activities"), [b.table("", head, rows, widths=[1, 2.5])])]


def _targets(document: Document) -> list[dict[str, Any]]:
    names = facts.names(document, "targets", "number")
    covers = facts.coverage_of(document, sorted(names, key=int))
    if not covers:
        return []
    rows = [
        [
            f"{one.target} {v.name_of(names[one.target])}",
            str(len(one.deeds)),
            str(one.essential),
            v.money(one.amount, "USD"),
        ]
        for one in covers
    ]
    head = [_("Target"), _("Activities"), _("of these essential"), _("Budgets of these activities")]
    table = b.table("", head, rows, widths=[3, 0.8, 0.8, 1.4], numbers=[1, 2, 3])
    note = b.note(_("An activity with several targets counts for each of them."))
    return [b.section(_("Targets of the Framework"), [table, note])]
