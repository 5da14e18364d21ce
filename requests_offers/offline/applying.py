"""From a form to the draft: what would change, and the change itself."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.sheets.cells import clean
from centres.models import NationalPriority

from ..actions.drafts import save_request, start_request
from ..models import CooperationRequest
from . import words
from .reading import Form
from .understanding import Understood
from .words import Lists, Question


@dataclass(frozen=True)
class Change:
    """One answer that differs between the draft and the file, as a person reads both."""

    label: str
    before: str
    after: str


@dataclass
class Plan:
    """What applying a form does: the data for the action, and the same in words. Empty where nothing differs."""

    data: dict[str, Any]
    changes: list[Change]


def plan(record: CooperationRequest | None, form: Form, understood: Understood, lists: Lists) -> Plan:
    """Compare a form with the draft it belongs to (None: with nothing). Only what differs is changed."""
    data: dict[str, Any] = {}
    changes: list[Change] = []
    for question in words.asked_in(form.edition)[1:]:
        value = understood.data[question.field]
        if record is None or differs(question, record, value):
            data[question.field] = value
            changes += _change(str(question.label), question, record, value, lists)
    rows, of_needs = _needs(record, form, understood, lists)
    if record is None or of_needs:
        data["components"] = rows
    return Plan(data, changes + of_needs)


def _needs(
    record: CooperationRequest | None, form: Form, understood: Understood, lists: Lists
) -> tuple[list[dict], list[Change]]:
    """The rows of components that the action writes, with their numbers where they are known."""
    known = {component.number: component for component in words.components_of(record)} if record else {}
    rows: list[dict] = []
    changes: list[Change] = []
    for slot, need in understood.needs.items():
        component = known.pop(_number(form, slot, record), None)
        row = {"number": component.number} if component else {}
        for question in words.NEED:
            value = need[question.field]
            if component is None or differs(question, component, value):
                row[question.field] = value
                label = _("Need %(number)s: %(question)s") % {"number": slot, "question": question.label}
                changes += _change(label, question, component, value, lists)
        rows.append(row)
    for number, component in known.items():
        changes.append(Change(_("Need %(number)s") % {"number": number}, component.title, _("is removed")))
    return rows, changes


def _number(form: Form, slot: int, record: CooperationRequest | None) -> int:
    """The component that a row of the form speaks of: by its number, or by its place in a form that was empty."""
    written = form.numbers.get(slot, "")
    if written.isdecimal() and len(written) < 6:
        return int(written)
    if record is None or form.meta.get("REF"):
        return 0
    components = words.components_of(record)
    return components[slot - 1].number if slot <= len(components) else 0


def differs(question: Question, record: Any, value: Any) -> bool:
    """Whether an answer says something else than the record; blanks that editors move do not count."""
    before = getattr(record, question.field)
    if question.kind == "filings":
        return words.filing_lines(before.all()) != words.filing_lines(value)
    if question.field == "languages":
        return list(before) != value
    if question.kind == "codes":
        return {row.pk for row in before.all()} != {row.pk for row in value}
    if isinstance(value, str):
        return _even(str(before)) != _even(value)
    return before != value


def _even(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in clean(words.writable(text)).split("\n"))


def _change(label: str, question: Question, record: Any, value: Any, lists: Lists) -> list[Change]:
    before = "" if record is None else shown(question, _value_of(question, record), lists)
    after = shown(question, value, lists)
    return [Change(label, before, after)] if before != after else []


def _value_of(question: Question, record: Any) -> Any:
    value = getattr(record, question.field)
    return list(value.all()) if hasattr(value, "all") else value


def shown(question: Question, value: Any, lists: Lists) -> str:
    """An answer as a person reads it."""
    if isinstance(value, bool):
        return lists.words_of("yes_no", "yes" if value else "no")
    if isinstance(value, date):
        return value.isoformat()
    if question.kind == "filings":
        return words.filing_lines(value)
    if isinstance(value, list):
        return "; ".join(
            lists.words_of(question.list, part) if isinstance(part, str) else _name(part) for part in value
        )
    if question.kind == "code" and value:
        return lists.words_of(question.list, value)
    return "" if value is None else str(value)


def _name(row: Any) -> str:
    if isinstance(row, NationalPriority):
        return str(row)
    return f"{row.number} {row.name}" if hasattr(row, "number") else row.name


def apply(
    planned: Plan, record: CooperationRequest | None, *, party, by, version: int | None, form_key: uuid.UUID | None
) -> CooperationRequest:
    """Write the plan. The same `form_key` makes one request only; StaleWrite where somebody saved after `version`."""
    if record is None:
        return start_request(party, by=by, data=planned.data, form_key=form_key)
    return save_request(record, by=by, data=planned.data, version=version)
