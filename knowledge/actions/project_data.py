"""What a form says about a project: as rows, and as plain values that wait until somebody has agreed to them."""

from datetime import date
from decimal import Decimal
from typing import Any

from centres.models import Party, Subject, Target

from ..models import Funding, Project

PLAIN = ("title", "summary", "language", "territories", "partners", "url", "source", "contact")
DAYS = ("starts_on", "ends_on")
Data = dict[str, Any]


def packed(data: Data) -> Data:
    """The data with codes in place of rows, as JSON keeps them."""
    return {
        **{name: data.get(name, "") for name in PLAIN},
        **{name: day.isoformat() if (day := data.get(name)) else None for name in DAYS},
        "party": data["party"].iso2,
        "co_parties": [one.iso2 for one in data.get("co_parties", ())],
        "targets": [one.number for one in data.get("targets", ())],
        "subjects": [one.code for one in data.get("subjects", ())],
        "funding": [_packed_funding(row) for row in data.get("funding", ())],
    }


def _packed_funding(row: Data) -> Data:
    amount = row.get("amount")
    known = {"amount": str(amount) if amount is not None else None, "currency": row.get("currency", "")}
    return {"funder": row["funder"], **known}


def unpacked(kept: Data) -> Data:
    """The data again, with rows in place of codes. What is no longer there is left out."""
    return {
        **{name: kept.get(name, "") for name in PLAIN},
        **{name: date.fromisoformat(day) if (day := kept.get(name)) else None for name in DAYS},
        "party": Party.objects.get(iso2=kept["party"]),
        "co_parties": list(Party.objects.filter(iso2__in=kept.get("co_parties", ())).order_by("pk")),
        "targets": list(Target.objects.filter(number__in=kept.get("targets", ())).in_order()),
        "subjects": list(Subject.objects.filter(code__in=kept.get("subjects", ())).order_by("pk")),
        "funding": [
            {**row, "amount": Decimal(row["amount"]) if row.get("amount") else None} for row in kept.get("funding", ())
        ],
    }


def data_of(project: Project) -> Data:
    """What a project says now, in the shape of a form's answers."""
    return {
        **{name: getattr(project, name) for name in (*PLAIN, *DAYS)},
        "party": project.party,
        "co_parties": list(project.co_parties.order_by("pk")),
        "targets": list(project.targets.in_order()),
        "subjects": list(project.subjects.order_by("pk")),
        "funding": [
            {"funder": row.funder, "amount": row.amount, "currency": row.currency}
            for row in project.funding.order_by("pk")
        ],
    }


def proposed(project: Project) -> Data:
    """What whoever submitted it wants it to say: the change that waits, else what it says now."""
    return unpacked(project.pending) if project.pending else data_of(project)


def write(project: Project, data: Data) -> None:
    """Make the project say this; the caller saves the rest of the row in the same transaction. Countries stay."""
    for name in (*PLAIN, *DAYS):
        setattr(project, name, data.get(name, "" if name in PLAIN else None))
    project.save()
    for name in ("co_parties", "targets", "subjects"):
        getattr(project, name).set(data.get(name, ()))
    project.funding.all().delete()
    rows = [Funding(project=project, **{**row, "currency": row.get("currency", "")}) for row in data.get("funding", ())]
    Funding.objects.bulk_create(rows)


def differences(project: Project) -> list[str]:
    """The names of the fields that a waiting change would change."""
    if not project.pending:
        return []
    now = packed(data_of(project))
    return [name for name, value in project.pending.items() if now.get(name) != value]
