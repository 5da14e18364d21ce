"""The searches that a person has saved."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..actions import searches
from ..errors import DomainError
from ..forms import SEARCH_FREQUENCIES, SavedSearchForm
from ..saved_lists import kind_of


@require_safe
def saved_search_list(request):
    rows = list(request.user.saved_searches.order_by("name", "pk"))
    for row in rows:
        kind = kind_of(row.kind)
        row.label = kind.label if kind else ""
        row.how_often = dict(SEARCH_FREQUENCIES)[row.frequency]
    return render(request, "accounts/saved_search_list.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def saved_search_new(request):
    """Keep the search that the address names: `kind` is the list, `q` what it was narrowed to."""
    said = request.POST if request.method == "POST" else request.GET
    kind, query = kind_of(said.get("kind", "")), said.get("q", "")
    if kind is None:
        raise Http404
    cleaned = kind.clean(request.user, query)
    words = kind.words(request.user, cleaned) if cleaned else ""
    form = SavedSearchForm(request.POST or None, initial={"name": words or kind.label})
    if form.is_valid():
        try:
            searches.save_search(kind.name, query, **form.cleaned_data, by=request.user)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The search is saved. You hear of what comes into it from now on."))
            return redirect("saved_search_list")
    context = {"form": form, "kind": kind, "query": query, "words": words, "back": kind.address(cleaned or "")}
    return render(request, "accounts/saved_search_new.html", context)


@require_safe
def saved_search_open(request, pk):
    """The list, narrowed as it was saved."""
    row = _own(request, pk)
    kind = kind_of(row.kind)
    return redirect(kind.address(row.query)) if kind else redirect("saved_search_list")


@require_http_methods(["GET", "POST"])
def saved_search_change(request, pk):
    row = _own(request, pk)
    form = SavedSearchForm(request.POST or None, initial={"name": row.name, "frequency": row.frequency})
    if form.is_valid():
        searches.change_search(row, **form.cleaned_data, by=request.user)
        messages.success(request, _("The search is changed."))
        return redirect("saved_search_list")
    return render(request, "accounts/saved_search_new.html", {"form": form, "row": row})


@require_POST
def saved_search_delete(request, pk):
    searches.delete_search(_own(request, pk), by=request.user)
    messages.success(request, _("The search is deleted."))
    return redirect("saved_search_list")


def _own(request, pk):
    return get_object_or_404(request.user.saved_searches.all(), pk=pk)
