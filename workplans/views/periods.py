"""The periods for which workplans are made; the coordinator adds the next."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.errors import DomainError
from accounts.permissions import Permission, require

from ..actions.plans import add_period
from ..models import Period


class PeriodForm(forms.Form):
    """The first and the last year."""

    starts = forms.IntegerField(label=gettext_lazy("First year"), min_value=2020, max_value=2100)
    ends = forms.IntegerField(label=gettext_lazy("Last year"), min_value=2020, max_value=2109)


@require_http_methods(["GET", "POST"])
def period_list(request):
    """The periods there are, and the form for the next."""
    require(request.user, Permission.REFERENCE_EDIT)
    form = PeriodForm(request.POST or None)
    if form.is_valid():
        try:
            add_period(by=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The period is there. Centres can begin their plans for it."))
            return redirect("workplan_periods")
    return render(request, "workplans/periods.html", {"form": form, "periods": Period.objects.in_order()})
