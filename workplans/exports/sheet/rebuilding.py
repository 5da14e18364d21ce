"""From merged rows back to a plan: the document that would come of them, and the contents that actions take."""

from decimal import Decimal
from typing import Any

from ...actions.sheets import SheetChanges
from ...actions.totals import totals
from ...models.budget import in_dollars
from . import columns as c
from .lists import Lists
from .merging import Merged
from .rows import Cells, Rows, flag, split

THINGS = ("functions", "targets", "parties", "priorities", "components", "engagements", "partners")
KEYS = {
    "functions": lambda one: one["code"],
    "targets": lambda one: str(one["number"]),
    "parties": lambda one: one["iso2"],
    "priorities": lambda one: f"{one['party']}:{one['code']}",
    "components": lambda one: one["reference"],
    "engagements": lambda one: one["reference"],
    "partners": lambda one: one["slug"],
}
LIST_OF = {"partners": "organizations"}
ACTIVITY_TEXTS = ("title", "description", "other_partners")
LINE_TEXTS = ("category", "description", "amount", "currency", "rate_source", "funding", "notes")
EMPTY_ACTIVITY: dict[str, Any] = {name: [] for name in THINGS}


def order_of(merged: Merged, current: Rows) -> list[str]:
    """The activities in their new order: the file moves those whose place it changed, new ones stand at the end."""
    activities = merged.rows[c.ACTIVITIES]
    placed = [
        reference
        for reference, cells in activities.items()
        if cells.get("position")
        and (reference not in current[c.ACTIVITIES] or "position" in merged.changed.get((c.ACTIVITIES, reference), ()))
    ]
    order = [reference for reference in activities if reference not in placed]
    for reference in sorted(placed, key=lambda one: int(activities[one]["position"])):
        order.insert(max(0, int(activities[reference]["position"]) - 1), reference)
    return order


class Rebuilder:
    """Makes documents and contents of merged rows; `document` is the plan as it is now."""

    def __init__(self, merged: Merged, current: Rows, document: dict[str, Any], lists: Lists):
        self.merged, self.current, self.document, self.lists = merged, current, document, lists
        self.known = {one["reference"]: one for one in document["activities"]}
        self.order = order_of(merged, current)

    # The document that would come of it -----------------------------------------------------------------------------

    def rebuilt(self) -> dict[str, Any]:
        """The document, for the comparison that a person reads before saying yes."""
        activities = [self._activity(one) for one in self.order]
        return self.document | self.merged.plan | {"activities": activities, "totals": totals(activities)}

    def _activity(self, reference: str) -> dict[str, Any]:
        cells, old = self.merged.rows[c.ACTIVITIES][reference], self.known.get(reference, EMPTY_ACTIVITY)
        activity = old | {"reference": reference} | self._plain(cells)
        for name in THINGS:
            activity[name] = self._things(name, cells.get(name, ""), old[name])
        activity["results"] = [self._result(one) for one in self._children(c.RESULTS, reference)]
        activity["budget_lines"] = [self._line(one, old) for one in self._children(c.BUDGET, reference)]
        return activity

    def _plain(self, cells: Cells) -> dict[str, Any]:
        texts = {name: cells.get(name, "") for name in ACTIVITY_TEXTS}
        days = {name: cells.get(name) or None for name in ("starts_on", "ends_on")}
        return {**texts, **days, "is_essential": cells.get("is_essential") == "yes"}

    def _things(self, name: str, text: str, old: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The things of a list: as they stand in the document, new ones at the end with their names."""
        codes = split(text)
        kept = [one for one in old if KEYS[name](one) in codes]
        there = {KEYS[name](one) for one in kept}
        return kept + [self._thing(name, code) for code in codes if code not in there]

    def _thing(self, name: str, code: str) -> dict[str, Any]:
        if name == "priorities":
            party, _colon, rest = code.partition(":")
            return {"party": party, "code": rest, "title": ""}
        if name in {"components", "engagements"}:
            return {"reference": code, "title": ""}
        label = self.lists.label(LIST_OF.get(name, name), code)
        if name == "partners":
            return {"slug": code, "name": label}
        key = {"functions": "code", "targets": "number", "parties": "iso2"}[name]
        return {key: int(code) if name == "targets" else code, "names": {"en": label}}

    def _children(self, name: str, reference: str) -> list[str]:
        column = "result" if name == c.INDICATORS else "activity"
        return [one for one, cells in self.merged.rows[name].items() if cells.get(column) == reference]

    def _result(self, reference: str) -> dict[str, Any]:
        cells = self.merged.rows[c.RESULTS][reference]
        said = {name: cells.get(name, "") for name in ("kind", "title", "description")}
        indicators = [self._indicator(one) for one in self._children(c.INDICATORS, reference)]
        return {"reference": reference, "number": _number(reference), **said, "indicators": indicators}

    def _indicator(self, reference: str) -> dict[str, Any]:
        cells = self.merged.rows[c.INDICATORS][reference]
        said: dict[str, Any] = {name: cells.get(name, "") for name in ("title", "measure", "unit", "source")}
        said |= {"baseline": cells.get("baseline") or None, "is_cumulative": cells.get("is_cumulative") != flag(False)}
        said["baseline_year"] = int(cells["baseline_year"]) if cells.get("baseline_year") else None
        targets = [
            {"year": int(code.removeprefix("target_")), "value": text}
            for code, text in sorted(cells.items())
            if code.startswith("target_") and text
        ]
        return {"reference": reference, **said, "targets": targets}

    def _line(self, reference: str, old: dict[str, Any]) -> dict[str, Any]:
        cells = self.merged.rows[c.BUDGET][reference]
        before: dict[str, Any] = next((one for one in old.get("budget_lines", []) if one["reference"] == reference), {})
        funder = before.get("funder")
        slug = cells.get("funder", "")
        if not funder or funder["slug"] != slug:
            funder = {"slug": slug, "name": self.lists.label("organizations", slug)} if slug else None
        said = self._line_plain(cells)
        rate = Decimal(said["rate_to_usd"]) if said["rate_to_usd"] else None
        dollars = in_dollars(Decimal(said["amount"] or 0), said["currency"], rate)
        return before | {
            "reference": reference,
            **said,
            "amount_usd": None if dollars is None else str(dollars),
            "funder": funder,
        }

    def _line_plain(self, cells: Cells) -> dict[str, Any]:
        said: dict[str, Any] = {name: cells.get(name, "") for name in LINE_TEXTS}
        said |= {name: cells.get(name) or None for name in ("rate_to_usd", "rate_on", "staff_months")}
        return said | {"year": int(cells.get("year") or 0), "amount": cells.get("amount") or "0"}

    # What the actions take ------------------------------------------------------------------------------------------

    def changes(self) -> SheetChanges:
        """The same as contents for the action: only what the file changes."""
        merged = self.merged
        plan = {code: merged.plan[code] for code in merged.changed.get((c.PLAN, c.PLAN), ())}
        activities = {one: self._activity_content(one) for one in self.order if self._touches(one)}
        lines = {
            one: (merged.rows[c.BUDGET][one]["activity"], self._line_content(one))
            for one in merged.rows[c.BUDGET]
            if one in merged.added[c.BUDGET] or (c.BUDGET, one) in merged.changed
        }
        before = [one for one in self.current[c.ACTIVITIES] if one in merged.rows[c.ACTIVITIES]]
        is_moved = self.order != [*before, *merged.added[c.ACTIVITIES]]
        return SheetChanges(
            plan,
            activities,
            lines,
            merged.removed[c.ACTIVITIES],
            merged.removed[c.BUDGET],
            self.order if is_moved else [],
        )

    def _touches(self, reference: str) -> bool:
        """Whether the file changes an activity itself, or its results."""
        return (
            reference in self.merged.added[c.ACTIVITIES]
            or bool(self.merged.changed.get((c.ACTIVITIES, reference), set()) - {"position"})
            or self._results_touched(reference)
        )

    def _results_touched(self, reference: str) -> bool:
        now = self._owned(self.current, reference)
        return now != self._owned(self.merged.rows, reference)

    def _owned(self, rows: Rows, reference: str) -> list[Any]:
        results = {one: cells for one, cells in rows[c.RESULTS].items() if cells.get("activity") == reference}
        indicators = {one: cells for one, cells in rows[c.INDICATORS].items() if cells.get("result") in results}
        return [
            {one: {k: v for k, v in cells.items() if v} for one, cells in of.items()} for of in (results, indicators)
        ]

    def _activity_content(self, reference: str) -> dict[str, Any]:
        cells = self.merged.rows[c.ACTIVITIES][reference]
        is_new = reference in self.merged.added[c.ACTIVITIES]
        changed = set(cells) if is_new else self.merged.changed.get((c.ACTIVITIES, reference), set())
        plain = self._plain(cells)
        content = {name: plain[name] for name in plain if name in changed}
        content |= {name: self._codes(name, cells.get(name, "")) for name in THINGS if name in changed}
        if is_new or self._results_touched(reference):
            results = [self._result(one) for one in self._children(c.RESULTS, reference)]
            content["results"] = [_without_new(one) for one in results]
        return content

    def _codes(self, name: str, text: str) -> list[Any]:
        codes = split(text)
        return [self.lists.priority(code) for code in codes] if name == "priorities" else codes

    def _line_content(self, reference: str) -> dict[str, Any]:
        cells = self.merged.rows[c.BUDGET][reference]
        said = self._line_plain(cells) | {"funder": cells.get("funder") or None}
        if reference in self.merged.added[c.BUDGET]:
            return said
        return {name: said[name] for name in self.merged.changed[c.BUDGET, reference] if name in said}


def _number(reference: str) -> int | None:
    """The number of a known result, as in ACT-000123-R2."""
    number = reference.rpartition("-R")[2]
    return int(number) if number.isdigit() and not reference.startswith(c.NEW) else None


def _without_new(result: dict[str, Any]) -> dict[str, Any]:
    """A result without the references that only the file knows."""
    indicators = [
        {name: value for name, value in one.items() if name != "reference" or not value.startswith(c.NEW)}
        for one in result["indicators"]
    ]
    return {name: value for name, value in result.items() if name != "reference"} | {"indicators": indicators}
