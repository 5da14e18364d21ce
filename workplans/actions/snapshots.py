"""The whole document of a version as plain JSON: complete, so that nobody needs another table to show it, and always
the same for the same plan, so that two can be compared and a digest proves that one was not touched.
"""

import hashlib
import json
from copy import deepcopy
from typing import Any

from django.utils import timezone

from requests_offers.models import Component, Engagement
from requests_offers.models.request import Visibility

from ..models import Activity, BudgetLine, Version
from . import contents, totals

FORMAT = 1
SETS = ("functions", "targets", "parties", "priorities__party", "partners", "results__indicators__targets")
LINKED = ("components__request", "engagements__match__component__request", "budget_lines__funder")


def document(version: Version) -> dict[str, Any]:
    """The document of a version: the frozen one, or the draft as it is now."""
    return version.snapshot if version.snapshot is not None else build(version)


def public_document(version: Version) -> dict[str, Any]:
    """The document as everybody may see it: without the links to requests and engagements that are not public."""
    shown = deepcopy(document(version))
    for activity in shown["activities"]:
        for name in ("components", "engagements"):
            activity[name] = [link for link in activity[name] if link["is_public"]]
    return shown


def rows_of(version: Version) -> list[Activity]:
    """The activities of a version in order, with all that a document says of them, in a fixed number of queries."""
    rows: Any = version.activities.in_order()  # mypy cannot follow so many prefetches
    return list(rows.prefetch_related(*SETS, *LINKED))


def build(version: Version) -> dict[str, Any]:
    """The document, made from the rows."""
    workplan = version.workplan
    centre = workplan.centre
    activities = [_activity(row, place) for place, row in enumerate(rows_of(version), 1)]
    return {
        "format": FORMAT,
        "reference": workplan.reference,
        "number": version.number,
        "language": workplan.language,
        "is_example": workplan.is_example,
        "amendment": version.amendment,
        "title": version.title,
        "summary": version.summary,
        "centre": {"slug": centre.slug, "names": centre.names} if centre else None,
        "period": {"starts": workplan.period.starts, "ends": workplan.period.ends},
        "activities": activities,
        "totals": totals.totals(activities),
    }


def _activity(row: Activity, place: int) -> dict[str, Any]:
    said = contents.of_activity(row)
    return {
        "reference": row.reference,
        **said,
        "position": place,
        "functions": [{"code": one.code, "names": one.names} for one in _sorted(row.functions, "number", "code")],
        "targets": [{"number": one.number, "names": one.names} for one in _sorted(row.targets, "number")],
        "parties": [{"iso2": one.iso2, "names": one.names} for one in _sorted(row.parties, "iso2")],
        "priorities": [
            {"id": one.pk, "party": one.party.iso2, "kind": one.kind, "code": one.code, "title": one.title}
            for one in sorted(row.priorities.all(), key=lambda one: (one.party.iso2, one.code, one.pk))
        ],
        "components": [_component(one) for one in _sorted(row.components, "request_id", "number")],
        "engagements": [_engagement(one) for one in _sorted(row.engagements, "pk")],
        "partners": [
            {"slug": one.slug, "name": one.name, "acronym": one.acronym} for one in _sorted(row.partners, "slug")
        ],
        "budget_lines": [
            _line(one) for one in sorted(row.budget_lines.all(), key=lambda one: (one.year, one.identity_id))
        ],
    }


def _sorted(related: Any, *names: str) -> list[Any]:
    return sorted(related.all(), key=lambda row: tuple(getattr(row, name) for name in names))


def _component(row: Component) -> dict[str, Any]:
    """The title only where the request is public: a document travels further than a request."""
    request = row.request
    is_public = request.accepted_at is not None and request.visibility == Visibility.PUBLIC
    return {"reference": row.reference, "title": row.title if is_public else "", "is_public": is_public}


def _engagement(row: Engagement) -> dict[str, Any]:
    match = row.match
    is_public = match.publish_by_party and match.publish_by_provider
    return {"reference": row.reference, "title": match.component.title if is_public else "", "is_public": is_public}


def _line(row: BudgetLine) -> dict[str, Any]:
    said = {name: contents.plain(getattr(row, name)) for name in contents.LINE_PLAIN}
    in_dollars = row.amount_usd
    return {
        "reference": row.reference,
        **said,
        "amount": contents.money(row.amount),
        "amount_usd": None if in_dollars is None else contents.money(in_dollars),
        "funder": {"slug": row.funder.slug, "name": row.funder.name} if row.funder else None,
    }


def digest(snapshot: dict[str, Any]) -> str:
    """SHA-256 of a document in one canonical spelling."""
    text = json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def frozen_fields(version: Version, document: dict[str, Any] | None = None) -> dict[str, Any]:
    """What moves with a version as it leaves the draft; nothing for one that has left it.

    `document` is what was built and looked at under the same lock, where it was.
    """
    if version.is_frozen:
        return {}
    snapshot = (document or build(version)) | {"amendment": version.amendment}
    return {"snapshot": snapshot, "digest": digest(snapshot), "frozen_at": timezone.now()}


def is_untouched(version: Version) -> bool:
    """Whether a frozen document is still the one that was frozen."""
    return version.snapshot is not None and digest(version.snapshot) == version.digest
