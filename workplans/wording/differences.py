"""The difference of two versions for people: activity by activity, each change with what was and what is now."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..diff import ABSENT, Added, Change, Changed, Moved, Removed, diff
from .values import label_of, money, number, shown, sums, thing

# Fields that follow from others, or that number what is shown by itself.
SILENT = {"format", "amendment", "number", "position", "reference", "amount_usd", "names", "is_public", "is_example"}
DETAILS = (
    "description", "is_essential", "starts_on", "ends_on", "functions", "targets", "parties", "priorities",
    "components", "engagements", "partners", "other_partners",
)  # fmt: skip
LONGEST_COMPARED = 1500  # words: a longer text is shown whole
TEXTS = {"title", "summary", "description", "other_partners", "notes", "source", "rate_source"}
LIST_MARK = "; "
PARTS = re.compile(r"(\s+)")
Piece = tuple[str, str]  # what became of it (same, gone, new), and the words


@dataclass(frozen=True)
class Difference:
    """One change: of which field or record, what was, what is, and the whole as a sentence."""

    kind: str  # changed, added, removed, moved
    label: str
    before: str
    after: str
    sentence: str
    is_list: bool = False
    details: tuple[tuple[str, str], ...] = ()  # of a record that is new: what else it says

    @property
    def pieces(self) -> tuple[list[Piece], list[Piece]]:
        """Both texts in pieces, so that a page can mark what differs: thing by thing in lists, else word by word."""
        return compared(self.before, self.after, between=LIST_MARK if self.is_list else "")


@dataclass
class Group:
    """The changes of one activity, or of the plan as a whole (without a reference)."""

    reference: str
    title: str
    differences: list[Difference] = field(default_factory=list)


def told(old: dict[str, Any], new: dict[str, Any]) -> list[Group]:
    """Everything in which two snapshots differ, grouped by activity: the plan first, then activities in their order."""
    teller = _Teller(old, new)
    for change in diff(old, new):
        teller.tell(change)
    return teller.groups()


def count(groups: Iterable[Group]) -> int:
    """How many changes there are."""
    return sum(len(group.differences) for group in groups)


class _Teller:
    """Collects differences under the activity to which they belong."""

    def __init__(self, old: dict[str, Any], new: dict[str, Any]):
        self.old = {record["reference"]: record for record in old.get("activities", [])}
        self.new = {record["reference"]: record for record in new.get("activities", [])}
        self.places = {reference: place for place, reference in enumerate(self.new, start=1)}
        self.found: dict[str, Group] = {"": Group("", _("The plan as a whole"))}

    def groups(self) -> list[Group]:
        order = {reference: place for place, reference in enumerate(dict.fromkeys(["", *self.new, *self.old]))}
        told = [group for group in self.found.values() if group.differences]
        return sorted(told, key=lambda group: order.get(group.reference, 0))

    def tell(self, change: Change) -> None:
        if change.path[:1] == ("totals",) or (isinstance(change, Changed) and change.field == "totals"):
            self._tell_totals(change)
        elif isinstance(change, Changed):
            self._tell_changed(change)
        else:
            self._tell_record(change)

    def _group(self, reference: str) -> Group:
        if reference not in self.found:
            record = self.new.get(reference) or self.old[reference]
            self.found[reference] = Group(reference, record["title"])
        return self.found[reference]

    # Fields ---------------------------------------------------------------------------------------------------------

    def _tell_changed(self, change: Changed) -> None:
        before, after = (None if value is ABSENT else value for value in (change.old, change.new))
        if change.field in SILENT or _same_things(before, after):
            return
        group = self._group(change.path[1] if len(change.path) > 1 and change.path[0] == "activities" else "")
        label = self._label(change)
        group.differences.append(_changed(label, change.field, before, after))

    def _label(self, change: Changed) -> str:
        """The field, with the record that has it where that is not the activity itself."""
        name = label_of(change.field)
        if change.path[:1] != ("activities",) or len(change.path) < 4:
            return name
        words = {"record": self._name(change.path), "field": name}
        return _("%(record)s: %(field)s") % words

    def _name(self, path: tuple[str, ...]) -> str:
        record = _at(self.new, path) or _at(self.old, path) or {}
        return record_name(path[-2], record)

    def _tell_totals(self, change: Change) -> None:
        if isinstance(change, Changed) and change.path == ("totals", "by_currency"):
            before, after = (
                "" if value is ABSENT else money(value, change.field) for value in (change.old, change.new)
            )
            label = _("Total in %(currency)s") % {"currency": change.field}
            self.found[""].differences.append(_difference("changed", label, before, after))

    # Records --------------------------------------------------------------------------------------------------------

    def _tell_record(self, change: Added | Removed | Moved) -> None:
        listing = change.path[-1]
        if listing == "activities":
            self._tell_activity(change)
        elif isinstance(change, Moved):
            return  # within an activity the order says nothing
        elif listing in {"components", "engagements"}:
            self._tell_link(change)
        else:
            name = record_name(listing, change.record)
            texts = (name, "") if isinstance(change, Removed) else ("", name)
            kind = "removed" if isinstance(change, Removed) else "added"
            sentence = (_("%(record)s is removed.") if texts[0] else _("%(record)s is added.")) % {"record": name}
            differences = self._group(change.path[1]).differences
            differences.append(Difference(kind, RECORDS[listing](), *texts, sentence))

    def _tell_link(self, change: Added | Removed) -> None:
        name = thing(change.record)
        texts, kind = ((name, ""), "removed") if isinstance(change, Removed) else (("", name), "added")
        self._group(change.path[1]).differences.append(_difference(kind, label_of(change.path[-1]), *texts))

    def _tell_activity(self, change: Added | Removed | Moved) -> None:
        group = self._group(change.key)
        words = {"title": group.title, "place": self.places.get(change.key, 0)}
        if isinstance(change, Moved):
            sentence = _("The activity “%(title)s” moves to place %(place)s.") % words
            texts = str(change.origin + 1), str(change.at + 1)
            group.differences.insert(0, Difference("moved", _("Place"), *texts, sentence))
        elif isinstance(change, Added):
            sentence = _("The activity “%(title)s” is added.") % words
            short, details = activity_in_short(change.record), activity_details(change.record)
            group.differences.append(Difference("added", _("Activity"), "", short, sentence, details=details))
        else:
            sentence = _("The activity “%(title)s” is removed.") % words
            group.differences.append(
                Difference("removed", _("Activity"), activity_in_short(change.record), "", sentence)
            )


def _at(activities: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any] | None:
    """The record at a path below the list of activities, if it is there."""
    record = activities.get(path[1])
    for listing, reference in zip(path[2::2], path[3::2], strict=True):
        if record is None:
            return None
        record = next((one for one in record.get(listing, []) if one.get("reference") == reference), None)
    return record


def _same_things(before: Any, after: Any) -> bool:
    """Whether two lists name the same things; what their names are today is no difference of the plans."""
    if isinstance(before, list) and isinstance(after, list):
        return [_key(one) for one in before] == [_key(one) for one in after]
    if isinstance(before, dict) and isinstance(after, dict):
        return _key(before) == _key(after)
    return False


def _key(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    keys = ("id", "slug", "iso2", "code", "number", "reference")
    return next((value[key] for key in keys if value.get(key) is not None), None) or tuple(sorted(value.items()))


# Words ----------------------------------------------------------------------------------------------------------------


RECORDS = {
    "results": lambda: _("Result"),
    "indicators": lambda: _("Indicator"),
    "budget_lines": lambda: _("Budget line"),
}


def record_name(listing: str, record: dict[str, Any]) -> str:
    """A result, an indicator or a budget line by what a person knows it by."""
    if listing == "budget_lines":
        what = record.get("description") or shown("category", record.get("category"))
        words = {"what": what, "year": record.get("year"), "sum": money(record["amount"], record["currency"])}
        return _("Budget line %(year)s “%(what)s” of %(sum)s") % words
    words = {"title": record.get("title", "")}
    if listing == "indicators":
        return _("Indicator “%(title)s”") % words
    return _("Result “%(title)s”") % words


def activity_in_short(record: dict[str, Any]) -> str:
    """An activity with the number of its results and its budget, for a line of its own."""
    results, lines = record.get("results", []), record.get("budget_lines", [])
    parts = [record["title"]]
    if results:
        n = len(results)
        parts.append(ngettext("%(n)s result", "%(n)s results", n) % {"n": n})
    if lines:
        by_currency: dict[str, Any] = {}
        for line in lines:
            by_currency[line["currency"]] = _plus(by_currency.get(line["currency"]), line["amount"])
        parts.append(sums(by_currency))
    return " · ".join(parts)


def activity_details(record: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """What a new activity says, label by label; what it leaves open is left out."""
    rows = [(label_of(name), shown(name, record.get(name))) for name in DETAILS]
    rows += [(_("Result"), result["title"]) for result in record.get("results", [])]
    rows += [(_("Budget line"), record_name("budget_lines", line)) for line in record.get("budget_lines", [])]
    return tuple((label, text) for label, text in rows if text)


def _plus(one: Any, other: str) -> str:
    return str(Decimal(one or 0) + Decimal(other))


def _changed(label: str, name: str, before: Any, after: Any) -> Difference:
    if name == "targets" and _are_yearly(before, after):
        return _yearly(label, before or [], after or [])
    if isinstance(before, list) and isinstance(after, list) and name not in TEXTS:
        return _of_things(label, before, after)
    return _difference("changed", label, shown(name, before), shown(name, after))


def _are_yearly(before: Any, after: Any) -> bool:
    return any("year" in one for one in [*(before or []), *(after or [])] if isinstance(one, dict))


def _yearly(label: str, before: list, after: list) -> Difference:
    """Targets of an indicator: only the years that differ."""
    old, new = ({one["year"]: one["value"] for one in values} for values in (before, after))
    years = [year for year in sorted(old | new) if old.get(year) != new.get(year)]
    texts = ("; ".join(f"{year}: {number(table[year])}" for year in years if year in table) for table in (old, new))
    return _difference("changed", label, *texts)


def _of_things(label: str, before: list, after: list) -> Difference:
    """A list of things: the sentence names what came and what went."""
    old, new = ({_key(one): thing(one) for one in values} for values in (before, after))
    came = "; ".join(name for key, name in new.items() if key not in old)
    gone = "; ".join(name for key, name in old.items() if key not in new)
    words = {"field": label, "came": came, "gone": gone}
    if came and gone:
        sentence = _("%(field)s: %(came)s added; %(gone)s removed.") % words
    elif came:
        sentence = _("%(field)s: %(came)s added.") % words
    elif gone:
        sentence = _("%(field)s: %(gone)s removed.") % words
    else:
        sentence = _("%(field)s: another order.") % words
    all_before, all_after = (LIST_MARK.join(table.values()) for table in (old, new))
    return Difference("changed", label, all_before, all_after, sentence, is_list=True)


def _difference(kind: str, label: str, before: str, after: str) -> Difference:
    words = {"field": label, "before": before, "after": after}
    if not before:
        sentence = _("%(field)s: now “%(after)s”.") % words
    elif not after:
        sentence = _("%(field)s: “%(before)s” is taken out.") % words
    else:
        sentence = _("%(field)s: from “%(before)s” to “%(after)s”.") % words
    return Difference(kind, label, before, after, sentence)


def compared(before: str, after: str, *, between: str = "") -> tuple[list[Piece], list[Piece]]:
    """Two texts in pieces of words, or of things with a mark between them: what is the same, gone, new."""
    old, new = (_things(text, between) if between else _words(text) for text in (before, after))
    if not before or not after or len(old) + len(new) > LONGEST_COMPARED:
        return [("gone", before)] if before else [], [("new", after)] if after else []
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if i2 > i1:
            left.append(("same" if tag == "equal" else "gone", "".join(old[i1:i2])))
        if j2 > j1:
            right.append(("same" if tag == "equal" else "new", "".join(new[j1:j2])))
    return left, right


def _things(text: str, between: str) -> list[str]:
    *most, last = text.split(between)
    return [*(f"{one}{between}" for one in most), *([last + between] if last else [])]


def _words(text: str) -> list[str]:
    """Words and the blanks between them; sign by sign in scripts that leave no blanks."""
    parts = [part for part in PARTS.split(text) if part]
    return [bit for part in parts for bit in (list(part) if _is_unspaced(part) else [part])]


def _is_unspaced(part: str) -> bool:
    return any("\u3040" <= sign <= "\u9fff" for sign in part)
