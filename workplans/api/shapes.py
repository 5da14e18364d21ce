"""Rows to records: plain dicts, built without a query per row."""

from collections import defaultdict
from typing import Any

from django.db.models import CharField, F, Prefetch, Q, Value, prefetch_related_objects
from django.db.models.functions import Cast, Concat

from accounts.api.codes import Codes, Relation, load_codes
from accounts.permissions import Permission, reach
from requests_offers.models.request import Visibility
from requests_offers.references import make_reference

from ..actions import contents, results
from ..models import Activity, BudgetLine, Comment, Gap, Indicator, Result, Version, Workplan
from ..models.budget import DOLLAR, line_reference

ROOM = "workplan__period", "workplan__centre"


# Money ----------------------------------------------------------------------------------------------------------------


GAP_FIELDS = ("asked", "received", "committed", "pledged", "firm_gap", "indicative_gap")


def gap_record(row: Gap) -> dict[str, str]:
    """How the money of something stands, in one currency."""
    return {"currency": row.currency} | {name: contents.money(getattr(row, name)) for name in GAP_FIELDS}


def _gaps(key: str, **place: Any) -> dict[int, list[dict]]:
    """The gaps of workplans, activities or lines (`key`) by their ids, dollars first, in one query."""
    found: dict[int, list[dict]] = defaultdict(list)
    rows = Gap.objects.filter(**place).order_by("currency")
    for row in sorted(rows, key=lambda row: row.currency != DOLLAR):
        found[getattr(row, key)].append(gap_record(row))
    return found


# Workplans and versions -----------------------------------------------------------------------------------------------


def workplan_records(rows: list[Workplan], user: Any, prefix: str) -> list[dict]:
    """The records of some workplans, in one query."""
    versions: dict[int, list[Version]] = defaultdict(list)
    seen = Version.objects.visible_to(user).filter(workplan__in=[row.pk for row in rows])
    for version in seen.defer("snapshot").order_by("number"):
        versions[version.workplan_id].append(version)
    gaps = _gaps("workplan_id", workplan__in=[row.pk for row in rows], activity=None, line=None)
    return [_workplan(row, versions[row.pk], prefix) | {"gaps": gaps[row.pk]} for row in rows]


def _workplan(row: Workplan, versions: list[Version], prefix: str) -> dict:
    public = [version.number for version in versions if version.pk == row.current_version_id]
    newest = versions[-1] if versions else None
    return {
        "reference": row.reference,
        "url": f"{prefix}{row.reference}/",
        "centre": row.centre.slug if row.centre else None,
        "period": {"starts": row.period.starts, "ends": row.period.ends},
        "language": row.language,
        "title": newest.title if newest else "",
        "summary": newest.summary if newest else "",
        "status": newest.status if newest else "draft",
        "current_version": f"{row.reference}/versions/{public[0]}" if public else None,
        "versions": [f"{row.reference}/versions/{version.number}" for version in versions],
        "closed_at": row.closed_at,
        "is_example": row.is_example,
        "updated_at": row.updated_at,
    }


VERSION_PLAIN = (
    "number", "status", "amendment", "title", "summary", "due_on", "consulted_at", "finalized_at", "superseded_at",
    "digest", "revision", "is_example", "updated_at",
)  # fmt: skip


def version_records(rows: list[Version], prefix: str) -> list[dict]:
    """The records of some versions, without a further query."""
    return [
        {"reference": row.reference, "url": f"{prefix}{row.reference}/", "workplan": row.workplan.reference}
        | {name: getattr(row, name) for name in VERSION_PLAIN}
        for row in rows
    ]


# Activities -----------------------------------------------------------------------------------------------------------

CODES = {
    "functions": "centrefunction__code",
    "targets": "target__number",
    "parties": "party__iso2",
    "priorities": "nationalpriority_id",
    "partners": "organization__slug",
}
NUMBERS = {"targets", "priorities"}
PUBLIC_NEED = Q(component__request__accepted_at__isnull=False, component__request__visibility=Visibility.PUBLIC)
PUBLIC_MATCH = Q(engagement__match__publish_by_party=True, engagement__match__publish_by_provider=True)


def activity_records(rows: list[Activity], user: Any, prefix: str) -> list[dict]:
    """The records of some activities: their codes in one query, their results in three."""
    ids = [row.pk for row in rows]
    codes = load_codes(_relations(ids))
    indicators = Indicator.objects.prefetch_related("targets")
    prefetch_related_objects(
        rows, Prefetch("results", Result.objects.prefetch_related(Prefetch("indicators", indicators)))
    )
    inside = reach(user, Permission.WORKPLAN_VIEW)
    gaps = _gaps("activity_id", activity__in=[row.identity_id for row in rows], line=None)
    return [
        _activity(row, codes, inside.covers(row), prefix)
        | {"gaps": gaps[row.identity_id] if _is_public(row.version) else []}
        for row in rows
    ]


def _is_public(version: Version) -> bool:
    """Gaps are counted of the public version alone."""
    return version.pk == version.workplan.current_version_id


def _relations(ids: list[int]) -> list[Relation]:
    found = [
        Relation(name, getattr(Activity, name).through.objects.filter(activity__in=ids), "activity_id", code)
        for name, code in CODES.items()
    ]
    text = CharField()
    needs = Activity.components.through.objects.filter(activity__in=ids).annotate(
        place=Concat(Cast(F("component__request_id"), text), Value("-"), Cast(F("component__number"), text))
    )
    works = Activity.engagements.through.objects.filter(activity__in=ids)
    lines = BudgetLine.objects.filter(activity__in=ids)
    return [
        *found,
        Relation("components", needs, "activity_id", "place"),
        Relation("public components", needs.filter(PUBLIC_NEED), "activity_id", "place"),
        Relation("engagements", works, "activity_id", "engagement_id"),
        Relation("public engagements", works.filter(PUBLIC_MATCH), "activity_id", "engagement_id"),
        Relation("budget_lines", lines, "activity_id", "identity_id"),
    ]


def _activity(row: Activity, codes: Codes, inside: bool, prefix: str) -> dict:
    seen = "" if inside else "public "
    sets: dict[str, list[Any]] = {}
    for name in CODES:
        found = codes[name, row.pk]
        sets[name] = sorted(int(code) for code in found) if name in NUMBERS else found
    return {
        "reference": row.reference,
        "url": f"{prefix}{row.reference}/",
        "workplan": row.version.workplan.reference,
        "version": row.version.reference,
        "status": row.version.status,
        **{name: getattr(row, name) for name in contents.ACTIVITY_PLAIN},
        **sets,
        "components": sorted(_need(code) for code in codes[f"{seen}components", row.pk]),
        "engagements": sorted(make_reference("ENG", int(code)) for code in codes[f"{seen}engagements", row.pk]),
        "results": results.read(row),
        "budget_lines": sorted(line_reference(int(code)) for code in codes["budget_lines", row.pk]),
        "revision": row.revision,
        "is_example": row.version.workplan.is_example,
    }


def _need(place: str) -> str:
    request, number = place.split("-")
    return f"{make_reference('REQ', int(request))}-{number}"


# Budget lines and comments --------------------------------------------------------------------------------------------


def line_records(rows: list[BudgetLine], prefix: str) -> list[dict]:
    """The records of some budget lines, with one query for their gaps."""
    gaps = _gaps("line_id", line__in=[row.identity_id for row in rows])
    return [
        _line(row, prefix) | {"gaps": gaps[row.identity_id] if _is_public(row.activity.version) else []} for row in rows
    ]


def _line(row: BudgetLine, prefix: str) -> dict:
    version, dollars = row.activity.version, row.amount_usd
    said = {
        name: getattr(row, name) for name in ("year", "category", "description", "currency", "rate_on", "rate_source")
    }
    return {
        "reference": row.reference,
        "url": f"{prefix}{row.reference}/",
        "workplan": version.workplan.reference,
        "version": version.reference,
        "activity": row.activity.reference,
        "status": version.status,
        **said,
        "amount": contents.money(row.amount),
        "rate_to_usd": contents.plain(row.rate_to_usd),
        "amount_usd": None if dollars is None else contents.money(dollars),
        "funding": row.funding,
        "funder": row.funder.slug if row.funder else None,
        "staff_months": contents.plain(row.staff_months),
        "notes": row.notes,
        "is_essential": row.activity.is_essential,
        "revision": row.revision,
        "is_example": version.workplan.is_example,
    }


COMMENT_PLAIN = (
    "office_kind", "kind", "field", "text", "publish", "disposition", "answer", "created_at", "answered_at", "revision",
)  # fmt: skip


def comment_records(rows: list[Comment], prefix: str) -> list[dict]:
    """The records of some comments; their priorities in one query."""
    prefetch_related_objects(rows, "priorities")
    return [_comment(row, prefix) for row in rows]


def _comment(row: Comment, prefix: str) -> dict:
    return {
        "reference": row.reference,
        "url": f"{prefix}{row.reference}/",
        "workplan": row.version.workplan.reference,
        "version": row.version.reference,
        "party": row.party.iso2,
        "activity": make_reference("ACT", row.activity_id) if row.activity_id else None,
        "priorities": sorted(one.pk for one in row.priorities.all()),
        "is_example": row.version.workplan.is_example,
        **{name: getattr(row, name) for name in COMMENT_PLAIN},
    }
