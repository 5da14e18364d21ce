"""What a request says besides its needs: priorities, who gains, who has confirmed, where else it was filed.

These lists ride in the one query that brings all codes of a page: a row of several values travels as one text.
"""

from typing import Any

from django.db.models import Case, CharField, F, Value, When
from django.db.models.functions import Cast, Concat

from accounts.api.codes import Codes, Relation

from ..models import CooperationRequest, Endorsement, Filing, Mechanism

BETWEEN = "\x1f"  # the unit separator: no line that a person types may hold it
BY_LETTER = Case(When(letter__isnull=True, then=Value("")), default=Value("1"), output_field=CharField())


def relations(ids: list[int]) -> list[Relation]:
    """Where the lists of these requests are found."""
    groups = CooperationRequest.beneficiary_groups.through.objects.filter(cooperationrequest__in=ids)
    named = CooperationRequest.priorities.through.objects.filter(cooperationrequest__in=ids)
    path = "nationalpriority__"
    return [
        Relation("beneficiary_groups", groups, "cooperationrequest_id", "beneficiarygroup__code"),
        _relation("priorities", named, "cooperationrequest_id", f"{path}party__iso2", f"{path}code"),
        _relation(
            "endorsements",
            Endorsement.objects.filter(request__in=ids),
            "request_id",
            "party__iso2",
            "status",
            BY_LETTER,
        ),
        _relation(
            "filings",
            Filing.objects.filter(request__in=ids),
            "request_id",
            *("mechanism", "name", "external_id", "url", "status"),
        ),
    ]


def _relation(name: str, rows: Any, owner: str, *columns: Any) -> Relation:
    parts: list[Any] = []
    for column in columns:
        plain = Cast(F(column), CharField()) if isinstance(column, str) else column
        parts += [plain, Value(BETWEEN)]
    return Relation(name, rows.annotate(said=Concat(*parts[:-1], output_field=CharField())), owner, "said")


def part(row: CooperationRequest, codes: Codes, audience: str) -> dict[str, Any]:
    """The lists of one request, as its reader may see them."""

    def said(name: str) -> list[list[str]]:
        return [text.split(BETWEEN) for text in codes[name, row.pk]]

    return {
        "priorities": [{"party": party, "code": code} for party, code in said("priorities")],
        "beneficiary_groups": codes["beneficiary_groups", row.pk],
        "endorsements": [
            {"party": party, "status": status, "by_letter": letter == "1"}
            for party, status, letter in said("endorsements")
        ],
        "filings": [_filing(values, audience) for values in said("filings")],
    }


def _filing(values: list[str], audience: str) -> dict[str, str]:
    mechanism, name, external_id, url, status = values
    known = {
        "mechanism": mechanism,
        "name": name or str(Mechanism(mechanism).label),
        "external_id": external_id,
        "url": url,
    }
    return known if audience == "public" else known | {"status": status}
