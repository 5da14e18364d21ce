"""Which reference tables there are, and how a line of one becomes a row of the database."""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from centres.models import (
    LANGUAGES,
    BeneficiaryGroup,
    CentreFunction,
    Constraint,
    CooperationType,
    Coverage,
    Goal,
    Hosting,
    Organization,
    Party,
    PartyFlag,
    Region,
    Subject,
    SupportCentre,
    Target,
)

REFERENCE_FOLDER = Path(__file__).resolve().parent.parent / "reference"
NAMES = [f"name_{language}" for language in LANGUAGES]

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a table: where, and what to do."""

    file: str
    line: int
    column: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, {self.column}: {self.sentence}"


# From text to values -------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    return text


def whole(text: str) -> int:
    return int(text)


def whole_or_empty(text: str) -> int | None:
    return int(text) if text else None


def decimal(text: str) -> float | None:
    return float(text) if text else None


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def yes_or_no(text: str) -> bool:
    return {"yes": True, "no": False}[text]


def words(text: str) -> list[str]:
    return text.split()


def numbers(text: str) -> list[int]:
    return [int(number) for number in text.split()]


def phrases(text: str) -> list[str]:
    return [phrase.strip() for phrase in text.split(";") if phrase.strip()]


EXPECTED = {
    whole: "Write a whole number.",
    whole_or_empty: "Write a whole number, or leave it empty.",
    decimal: "Write a number with a point, or leave it empty.",
    day: "Write a day as 2026-11-20, or leave it empty.",
    yes_or_no: "Write yes or no.",
    numbers: "Write whole numbers with spaces between them.",
    json.loads: "Write valid JSON.",
}


# The tables, each after those it refers to ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """One CSV file: the model it fills, the columns that name a row, and how each column is read."""

    name: str
    model: type[models.Model]
    key: tuple[str, ...]
    columns: dict[str, Callable[[str], Any]]
    references: dict[str, str] = field(default_factory=dict)  # column → name of the table it refers to
    optional: frozenset[str] = frozenset()  # references that may be empty
    derive: Callable[[Any], None] | None = None
    derived: tuple[str, ...] = ()
    folder: Path | None = None  # of a table that a room above keeps beside itself

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.columns, *self.references, *self.derived)


def _plain(*names: str) -> dict[str, Callable[[str], Any]]:
    return dict.fromkeys(names, plain)


_TERM = {"number": whole, **_plain("code", *NAMES, "source")}
TABLES = [
    Table(
        "regions",
        Region,
        ("code",),
        _plain("code", "kind", *NAMES, "source"),
        references={"parent": "regions"},
        optional=frozenset({"parent"}),
    ),
    Table(
        "parties",
        Party,
        ("iso2",),
        {
            **_plain(
                "iso2", "iso3", "m49", "kind", *NAMES, "aliases", "un_group", "income_group", "time_zone", "source"
            ),
            "languages": words,
            "weekend": numbers,
            "latitude": decimal,
            "longitude": decimal,
            "map_x": whole_or_empty,
            "map_y": whole_or_empty,
        },
        references={"region": "regions"},
        derive=Party.refresh_search_text,
        derived=("search_text",),
    ),
    Table(
        "party_flags",
        PartyFlag,
        ("party", "kind"),
        {**_plain("kind", "source"), "valid_from": day, "valid_to": day, "confirmed": yes_or_no},
        references={"party": "parties"},
    ),
    Table(
        "organizations",
        Organization,
        ("slug",),
        {
            **_plain("slug", "name", "acronym", "name_local", "kind", "city", "website", "source"),
            "languages": words,
            "is_verified": yes_or_no,
        },
        references={"party": "parties"},
        optional=frozenset({"party"}),
    ),
    Table(
        "centres",
        SupportCentre,
        ("slug",),
        {
            **_plain("slug", *NAMES, "coverage_confidence", "coverage_basis", "source"),
            "languages": words,
            "expertise": phrases,
        },
    ),
    Table(
        "hostings",
        Hosting,
        ("centre", "organization"),
        {
            **_plain("role", "selected_by", "selection_region", "office_city", "confidence", "source"),
            **dict.fromkeys(("selected_on", "invited_on", "accepted_on", "agreement_signed_on", "operating_on"), day),
        },
        references={"centre": "centres", "organization": "organizations"},
    ),
    Table(
        "coverage",
        Coverage,
        ("centre", "party"),
        _plain("basis", "confidence", "source"),
        references={"centre": "centres", "party": "parties"},
    ),
    Table(
        "targets",
        Target,
        ("number",),
        {
            **_plain("identifier", *NAMES, "section", "source"),
            "number": whole,
            "names_official": words,
            "indicators": json.loads,
        },
    ),
    Table(
        "goals",
        Goal,
        ("letter",),
        {**_plain("letter", "identifier", *NAMES, "source"), "names_official": words, "indicators": json.loads},
    ),
    Table(
        "subjects",
        Subject,
        ("code",),
        {**_TERM, "identifier": plain, "is_offered": yes_or_no},
        references={"broader": "subjects"},
        optional=frozenset({"broader"}),
    ),
    Table("cooperation_types", CooperationType, ("code",), _TERM),
    Table("constraints", Constraint, ("code",), _TERM),
    Table("beneficiary_groups", BeneficiaryGroup, ("code",), _TERM),
    Table("centre_functions", CentreFunction, ("code",), _TERM),
]


def register(table: Table) -> None:
    """Let a room above have a table of its own loaded after these; called from the `ready()` of its app."""
    if all(known.name != table.name for known in TABLES):
        TABLES.append(table)


# Reading --------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Line:
    """One line of a table, read: the values of its columns and the keys of the rows it refers to."""

    number: int
    key: Key
    values: dict[str, Any]
    references: dict[str, str]


def read_table(table: Table, folder: Path) -> tuple[list[Line], list[Fault]]:
    """Read one file whole: its good lines, and everything that is wrong with it."""
    file = f"{table.name}.csv"
    path = (table.folder or folder) / file
    if not path.exists():
        return [], [Fault(file, 0, "file", "The file is missing.")]
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        faults = _heading_faults(table, reader.fieldnames or [], file)
        if faults:
            return [], faults
        lines = [_read_line(table, row, reader.line_num, file, faults) for row in reader]
    return _once_each(lines, file, faults), faults


def _heading_faults(table: Table, headings: Any, file: str) -> list[Fault]:
    expected = {*table.columns, *table.references}
    missing = [Fault(file, 1, name, "Add this column.") for name in sorted(expected - {*headings})]
    unknown = [Fault(file, 1, str(name), "Remove this column.") for name in sorted({*headings} - expected)]
    return missing + unknown


def _read_line(table: Table, row: dict[str, str], number: int, file: str, faults: list[Fault]) -> Line:
    values: dict[str, Any] = {}
    for column, read in table.columns.items():
        try:
            values[column] = read((row[column] or "").strip())
        except (ValueError, KeyError):
            faults.append(Fault(file, number, column, EXPECTED[read]))
    references = {column: (row[column] or "").strip() for column in table.references}
    faults.extend(_value_faults(table, values, file, number))
    faults.extend(
        Fault(file, number, column, "Name the row it refers to.")
        for column, code in references.items()
        if not code and column not in table.optional
    )
    key = tuple(values.get(name, references.get(name)) for name in table.key)
    return Line(number, key, values, references)


def _value_faults(table: Table, values: dict[str, Any], file: str, number: int) -> list[Fault]:
    others = {model_field.name for model_field in table.model._meta.fields} - {*values}
    try:
        table.model(**values).clean_fields(exclude=others)
    except ValidationError as error:
        return [
            Fault(file, number, column, sentence)
            for column, sentences in error.message_dict.items()
            for sentence in sentences
        ]
    return []


def _once_each(lines: list[Line], file: str, faults: list[Fault]) -> list[Line]:
    seen: dict[Key, int] = {}
    for line in lines:
        if line.key in seen:
            name = ", ".join(map(str, line.key))
            faults.append(Fault(file, line.number, "key", f"{name} stands on line {seen[line.key]} already."))
        seen.setdefault(line.key, line.number)
    return lines


def reference_faults(table: Table, lines: list[Line], known: dict[str, set[str]]) -> list[Fault]:
    """References to rows that stand in no table."""
    return [
        Fault(f"{table.name}.csv", line.number, column, f"There is no {code} in {table.references[column]}.csv.")
        for line in lines
        for column, code in line.references.items()
        if code and code not in known[table.references[column]]
    ]
