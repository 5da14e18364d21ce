"""A person's own data: what is kept, as a file; and the account erased."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ..actions import own_data as actions
from ..errors import DomainError
from ..forms import EraseForm


@never_cache
@require_safe
def own_data_file(request):
    """Everything that is kept about the person, as JSON to keep."""
    answer = JsonResponse(actions.own_data(request.user), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = 'attachment; filename="tsc-portal-own-data.json"'
    return answer


@never_cache
@require_http_methods(["GET", "POST"])
def account_erase(request):
    """Ask once more, then erase the account for good."""
    form = EraseForm(request.POST or None, person=request.user)
    if form.is_valid():
        try:
            actions.erase_account(request.user)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            logout(request)
            messages.success(request, _("Your account is erased."))
            return redirect("home")
    return render(request, "accounts/account_erase.html", {"form": form})
