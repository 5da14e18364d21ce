"""Files of records that a person sent: a page for all of them, and one for each with every fault."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ..actions.imports import start_import
from ..errors import DomainError
from ..forms import ImportForm
from ..imported import kind_of
from ..models import ImportRun

PER_PAGE = 25
SHOWN = 500  # faults and rows on the page; the API lists all


@require_http_methods(["GET", "POST"])
def import_list(request):
    """One's own imports, and the form that sends the next file."""
    form = ImportForm(request.POST or None, request.FILES or None, person=request.user)
    if form.is_valid():
        run = _start(request, form)
        if run:
            return redirect(run)
    found = ImportRun.objects.visible_to(request.user).light().order_by("-queued_at", "-pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    for run in page:
        run.label = label_of(run)
    context = {"form": form, "page_obj": page, "may_send": bool(form.fields["kind"].choices)}
    return render(request, "accounts/import_list.html", context)


def _start(request, form):
    said = form.cleaned_data
    file = said.pop("file")
    try:
        return start_import(by=request.user, name=file.name, content=file.read(), **said)
    except DomainError as error:
        form.add_error("file", str(error))
    return None


@require_safe
def import_detail(request, pk):
    """How far it is; then what became of each row and everything that was wrong."""
    run = get_object_or_404(ImportRun.objects.visible_to(request.user).defer("content"), pk=pk)
    run.label = label_of(run)
    faults, results = run.faults[:SHOWN], run.results[:SHOWN]
    left_out = len(run.faults) - len(faults) + len(run.results) - len(results)
    context = {"run": run, "faults": faults, "results": results, "left_out": left_out}
    return render(request, "accounts/import_detail.html", context)


def label_of(run):
    """What its kind of records is called; its plain name where no app has named it any more."""
    kind = kind_of(run.kind)
    return kind.label if kind else run.kind
