"""The coverage of the compendium: targets by region and by kind of source, and where the gaps are."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .. import coverage
from ..covered import columns, covering_sources, current_targets
from ..models import Kind

MOST_GAPS = 40


@login_not_required
@require_safe
def coverage_page(request):
    """Both matrices: regions, or the parts of one (?in=002); with ?own=1 only what was made for a region."""
    own = request.GET.get("own") == "1"
    targets, regions, rows = current_targets(), columns(), covering_sources()
    numbers, codes = [target.number for target in targets], [region.code for region in regions]
    by_region = coverage.by_region(numbers, codes, rows)
    by_kind = coverage.by_kind(numbers, list(Kind.values), rows)
    above = next((one for one in regions if one.code == request.GET.get("in") and one.parent_id is None), None)
    shown = [one for one in regions if one.parent_id == (above.pk if above else None)]
    gaps = coverage.gaps(by_region, own=True)
    context: dict[str, Any] = {
        "own": own,
        "regions": shown,
        "above": above,
        "kinds": Kind.choices,
        "region_lines": [(one, _line(by_region, one, shown, own)) for one in targets],
        "kind_lines": [(one, [_cell(by_kind[one.number, kind], kind) for kind in Kind.values]) for one in targets],
        "gaps": _named(gaps[:MOST_GAPS], targets, {region.code: region.name for region in regions}),
        "more_gaps": max(len(gaps) - MOST_GAPS, 0),
        "kind_gaps": _named(coverage.gaps(by_kind, few=1)[:MOST_GAPS], targets, dict(Kind.choices)),
        "count": len(rows),
        "few": coverage.FEW,
    }
    return render(request, "knowledge/coverage.html", context)


def _line(matrix: dict, target: Any, regions: list, own: bool) -> list[dict[str, Any]]:
    return [_cell(matrix[target.number, region.code], region.code, own) for region in regions]


def _cell(cell: coverage.Cell, code: str, own: bool = False) -> dict[str, Any]:
    shown = coverage.Cell(cell.own, cell.own) if own else cell
    return {"code": code, "number": shown.sources, "tone": shown.tone}


def _named(gaps: list, targets: list, names: dict[str, Any]) -> list[dict[str, Any]]:
    by_number = {target.number: target for target in targets}
    return [
        {"target": by_number[gap.target], "code": gap.column, "name": names[gap.column], "sources": gap.sources}
        for gap in gaps
    ]
