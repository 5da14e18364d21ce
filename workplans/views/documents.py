"""A version as a document: PDF, workbook, print page, pictures of the plan; and the final report."""

from uuid import uuid4

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language_bidi, override
from django.views.decorators.http import require_safe

from accounts.errors import DomainError
from accounts.permissions import Permission, can
from centres.models import Party, Target
from requests_offers.uploads import CONTENT_TYPES

from ..actions import closing, snapshots
from ..exports import facts, pdf, plan_words, report_words
from ..exports.sheet.lists import Lists
from ..exports.sheet.writing import write
from ..wording import values
from .plans import plan_of, version_of


def document_for(version, user) -> dict:
    """What this reader may see of a version: links to requests that are not public are for centre and coordinator."""
    inside = can(user, Permission.WORKPLAN_VIEW, version)
    return snapshots.document(version) if inside else snapshots.public_document(version)


def _file(content: bytes, name: str, ending: str, version, *, shown=False) -> HttpResponse:
    response = HttpResponse(content, content_type=CONTENT_TYPES[ending])
    how = "inline" if shown else "attachment"
    response["Content-Disposition"] = f'{how}; filename="{name}.{ending}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_not_required
@require_safe
def workplan_pdf(request, reference, number):
    """The PDF of a version, in the language of the plan."""
    version = version_of(request.user, reference, number)
    content = pdf.plan_pdf(version, document_for(version, request.user))
    return _file(content, f"{reference}-v{number}", "pdf", version, shown=True)


@login_not_required
@require_safe
def workplan_xlsx(request, reference, number):
    """The workbook of a version, in the language of the plan. That of a draft can be uploaded again."""
    version = version_of(request.user, reference, number)
    document = document_for(version, request.user)
    with override(pdf.django_language(document["language"])):
        content = write(document, lists=Lists(version.workplan.period.years), file_key=uuid4())
    return _file(content, f"{reference}-v{number}", "xlsx", version)


@login_not_required
@require_safe
def workplan_print(request, reference, number):
    """The whole version on one page without menus, for the printer of the reader."""
    version = version_of(request.user, reference, number)
    document = document_for(version, request.user)
    with override(pdf.django_language(document["language"])):
        said = pdf.said(version, document)
        context = {"version": version, "said": said, "plan_language": document["language"]}
        return render(request, "workplans/workplan_print.html", context)


# Pictures -------------------------------------------------------------------------------------------------------------


def charts_of(version, document) -> dict:
    """What the pictures of a plan need: `_timeline.html`, `_matrix.html`, `_targets.html`, `_secured.html` show it."""
    parties, targets = facts.names(document, "parties", "iso2"), facts.names(document, "targets", "number")
    served = _served(version)
    names = {code: values.name_of(names) for code, names in parties.items()} | served
    order = sorted(names, key=lambda code: names[code])
    matrix = facts.matrix_of(document, order)
    covers = facts.coverage_of(document, [str(row.number) for row in Target.objects.current().in_order()])
    target_names = {str(row.number): row.name for row in Target.objects.all()}
    target_names = {code: values.name_of(names) for code, names in targets.items()} | target_names
    essential = facts.secured_of(document)
    return {
        "timeline": facts.timeline_of(document, mirrored=get_language_bidi()),
        "undated": facts.undated(document),
        "matrix": matrix,
        "columns": [(column, names[column.country]) for column in matrix.columns],
        "unserved": [names[code] for code in matrix.unserved],
        "targets": [(cover, target_names.get(cover.target, "")) for cover in covers],
        "essential": essential,
        "nice": facts.secured_of(document, essential=False),
        "money": {
            name: values.money(getattr(essential, name), "USD")
            for name in ("core", "secured", "sought", "total", "there")
        },
        "usd_is_complete": document["totals"]["usd_is_complete"],
        "rates": [_rate(one) for one in document["totals"]["rates"]],
    }


def _rate(rate: dict) -> dict:
    return rate | {
        "rate_to_usd": values.number(rate["rate_to_usd"]),
        "rate_on": values.day_text(rate["rate_on"], "long"),
    }


def _served(version) -> dict[str, str]:
    """The Parties for which the plan is made: those of the centre; none by name for the network."""
    centre = version.workplan.centre_id
    if centre is None:
        return {}
    rows = Party.objects.current().filter(coverages__centre=centre, coverages__retired_on__isnull=True)
    return {party.iso2: party.name for party in rows}


@login_not_required
@require_safe
def workplan_charts(request, reference, number):
    """Timeline, countries × activities, targets, and how much of the essential budget is there."""
    version = version_of(request.user, reference, number)
    document = document_for(version, request.user)
    context = {"version": version, "plan": document, **charts_of(version, document)}
    return render(request, "workplans/workplan_charts.html", context)


# Report ---------------------------------------------------------------------------------------------------------------


def _report(request, reference):
    """A finalized plan and its report, or the report on its way: it counts approved progress alone."""
    workplan = plan_of(request.user, reference)
    try:
        return workplan, closing.final_report(workplan)
    except DomainError as error:
        raise Http404(str(error)) from error


@login_not_required
@require_safe
def workplan_report(request, reference):
    """What was promised and what was reached."""
    workplan, report = _report(request, reference)
    rows = [
        (
            report_words.measure_word(row["measure"]),
            report_words.figure(row["target"]),
            report_words.figure(row["reached"]),
        )
        for row in report["roll_up"]
    ]
    context = {
        "workplan": workplan,
        "report": report,
        "activities": report_words.pages(report),
        "sums": rows,
        "money": report_words.money_rows(report),
        "money_head": report_words.MONEY.values(),
        "standing": report_words.standing(report),
        "mark": plan_words.example_mark(report),
    }
    return render(request, "workplans/workplan_report.html", context)


@login_not_required
@require_safe
def workplan_report_pdf(request, reference):
    """The report as PDF, in the language of the plan."""
    workplan, report = _report(request, reference)
    return _file(pdf.report_pdf(workplan, report), f"{reference}-report", "pdf", workplan, shown=True)
