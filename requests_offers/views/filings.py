"""Where else a request was filed."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import DomainError, NotAllowed

from ..actions import filings
from ..audience import audience
from ..forms.endorsement import FilingForm
from ..models import CooperationRequest, Filing


@require_http_methods(["GET", "POST"])
def request_filings(request, reference):
    """The list, and the form for one more."""
    record = _record(request.user, reference)
    form = FilingForm(request.POST or None) if filings.may_change_filings(record, request.user) else None
    if request.method == "POST":
        _require(form)
        if form.is_valid() and _done(form, filings.add_filing, record, by=request.user, data=form.cleaned_data):
            messages.success(request, _("The filing is listed."))
            return redirect("request_filings", record.reference)
    context = {"record": record, "form": form, "filings": record.filings.in_order()}
    return render(request, "requests_offers/request_filings.html", context)


@require_http_methods(["GET", "POST"])
def request_filing(request, reference, pk):
    """Bring one filing up to date, or take it out."""
    record = _record(request.user, reference)
    filing = get_object_or_404(Filing.objects.filter(request=record).select_related("request__party"), pk=pk)
    _require(filings.may_change_filings(record, request.user))
    if "remove" in request.POST:
        filings.remove_filing(filing, by=request.user)
        messages.success(request, _("The filing was taken out of the list."))
        return redirect("request_filings", record.reference)
    form = FilingForm(request.POST or None, filing=filing)
    if form.is_valid() and _done(form, filings.change_filing, filing, by=request.user, data=form.cleaned_data):
        messages.success(request, _("The filing is up to date."))
        return redirect("request_filings", record.reference)
    return render(request, "requests_offers/request_filing.html", {"record": record, "form": form, "filing": filing})


def _record(user, reference) -> CooperationRequest:
    """The request, for those who see more of it than the public part; 404 for everybody else."""
    rows = CooperationRequest.objects.visible_to(user).by_reference(reference).select_related("party", "centre")
    record = get_object_or_404(rows)
    if audience(record, user) == "public":
        raise Http404
    return record


def _require(allowed) -> None:
    if not allowed:
        raise NotAllowed(_("The office and the centre that holds the request write down where else it was filed."))


def _done(form, act, obj, **given) -> bool:
    try:
        act(obj, **given)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    return True
