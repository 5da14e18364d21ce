"""The final report of a plan as a printed document: what was promised, what was reached, what came of it."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_offers.lifecycle import EngagementStatus

from ..models import Measure
from ..wording import values as v
from . import blocks as b
from .blocks import Block
from .plan_words import shell

Report = dict[str, Any]


def report_words(report: Report, *, address: str) -> dict[str, Any]:
    """Everything that the report says, in the active language. A plan that goes on has a report on its way."""
    eyebrow = _("%(reference)s, version %(number)s") % {"reference": report["reference"], "number": report["number"]}
    said = shell(report, title=report["title"], eyebrow=eyebrow, standing=standing(report), address=address)
    said["facts"] = b.facts_rows(
        [
            (_("Centre"), v.name_of(report["centre"]["names"]) if report["centre"] else _("The whole network")),
            (_("Period"), f"{report['period']['starts']}–{report['period']['ends']}"),
        ]
    )
    if report["words"].strip():
        said["sections"].append(b.section(_("What came of the plan"), b.texts(report["words"])))
    said["sections"] += _measures(report)
    said["sections"] += _money(report)
    activities = [block for place, one in enumerate(report["activities"], 1) for block in _activity(place, one)]
    said["sections"].append(b.section(_("Activities"), activities))
    return said


def standing(report: Report) -> str:
    """Whether it is the final report, or one on its way."""
    if report["closed_on"]:
        return _("Final report of %(day)s") % {"day": v.day_text(report["closed_on"], "long")}
    return _("Report on the way: the plan is not closed yet.")


def pages(report: Report) -> list[dict[str, Any]]:
    """The activities of a report for its page."""
    return [
        {
            "number": place,
            "reference": one["reference"],
            "title": one["title"],
            "essential": v.essential_word(one["is_essential"]),
            "rows": [row for result in one["results"] for row in _result(result)],
            "years": [
                {"sentence": sentence}
                for result in one["results"]
                for i in result["indicators"]
                for sentence in year_sentences(i)
            ],
            "engagements": [(link, engagement_word(link["status"])) for link in one["engagements"]],
        }
        for place, one in enumerate(report["activities"], 1)
    ]


def _measures(report: Report) -> list[dict[str, Any]]:
    """What is counted alike in all plans."""
    rows = [[measure_word(row["measure"]), figure(row["target"]), figure(row["reached"])] for row in report["roll_up"]]
    if not rows:
        return []
    head = [_("Counted as"), _("Promised"), _("Reached")]
    return [b.section(_("Results in sum"), [b.table("", head, rows, widths=[3, 1, 1], numbers=[1, 2])])]


MONEY = {
    "asked": gettext_lazy("Asked of donors"),
    "received": gettext_lazy("Received"),
    "committed": gettext_lazy("Committed, not received"),
    "firm_gap": gettext_lazy("Never found"),
}


def money_rows(report: Report) -> list[list[str]]:
    """What was asked and what came, for the whole plan and each activity; reports kept before this have none."""
    parts = [(_("The whole plan"), report.get("money", []))]
    parts += [(f"{place}. {one['title']}", one.get("money", [])) for place, one in enumerate(report["activities"], 1)]
    return [
        [name, *(v.exact_money(row[column], row["currency"]) for column in MONEY)]
        for name, rows in parts
        for row in rows
    ]


def _money(report: Report) -> list[dict[str, Any]]:
    rows = money_rows(report)
    if not rows:
        return []
    head = [_("Money"), *(str(label) for label in MONEY.values())]
    return [
        b.section(
            _("What was asked, and what came"),
            [b.table("", head, rows, widths=[3, 1.3, 1.3, 1.3, 1.3], numbers=[1, 2, 3, 4])],
        )
    ]


def measure_word(measure: str) -> str:
    return str(dict(Measure.choices).get(measure, measure))


def figure(value: Any) -> str:
    """A value that was promised or reached; a dash where there is none."""
    return "–" if value is None else v.number(value)


def percent(share: str | None) -> str:
    return "" if share is None else _("%(percent)s %%") % {"percent": v.number(str(int(100 * Decimal(share))))}


def _activity(place: int, activity: dict[str, Any]) -> list[Block]:
    found: list[Block] = [b.heading(f"{place}. {activity['title']}", v.essential_word(activity["is_essential"]))]
    rows = [row for result in activity["results"] for row in _result(result)]
    if rows:
        head = [_("Result and indicators"), _("Promised"), _("Reached"), _("Share")]
        found.append(b.table("", head, rows, widths=[4, 1, 1, 0.8], numbers=[1, 2, 3]))
    for result in activity["results"]:
        for indicator in result["indicators"]:
            found += [b.note(sentence) for sentence in year_sentences(indicator)]
    if activity["engagements"]:
        words = [
            f"{one['reference']} {one['title']} ({engagement_word(one['status'])})" for one in activity["engagements"]
        ]
        found.append(b.facts([(_("Cooperation that came of it"), "; ".join(words))]))
    return found


def engagement_word(status: str) -> str:
    return str(dict(EngagementStatus.choices).get(status, status))


def _result(result: dict[str, Any]) -> list[list[str]]:
    rows = [[f"{v.shown('kind', result['kind'])}: {result['title']}", "", "", ""]]
    for one in result["indicators"]:
        name = f"{one['title']} ({one['unit']})" if one["unit"] else one["title"]
        rows.append([name, figure(one["target"]), figure(one["reached"]), percent(one["share"])])
    return rows


def year_sentences(indicator: dict[str, Any]) -> list[str]:
    """What was reported in each year, with its words."""
    found = []
    for year in indicator["years"]:
        if year["reached"] is None:
            continue
        words = {
            "year": year["year"], "indicator": indicator["title"], "value": v.number(year["reached"]),
            "text": " ".join(year["text"].split()),
        }  # fmt: skip
        sentence = (
            _("%(year)s, %(indicator)s: %(value)s. %(text)s")
            if words["text"]
            else _("%(year)s, %(indicator)s: %(value)s.")
        )
        found.append(sentence % words)
    return found
