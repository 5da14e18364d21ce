"""A person's own account."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from ..forms import AccountForm
from ..models import User


def account_home(request):
    """Name, language, time zone and mail; the roles a person holds; the way to everything else."""
    # A copy of the row: a form that fails must not change the name in the masthead.
    form = AccountForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if form.is_valid():
        return _saved(request, form)
    memberships = request.user.memberships.select_related("party", "centre", "organization").order_by(
        "-starts_on", "-pk"
    )
    context = {
        "form": form,
        "memberships": list(memberships),
        "today": timezone.now().date(),
        "has_provider": bool(settings.OIDC_SERVER_URL),
    }
    return render(request, "accounts/account_home.html", context)


def _saved(request, form):
    """Go on in the language that was chosen."""
    person = form.save()
    with override(person.language):
        messages.success(request, gettext("Your account is saved."))
        return redirect(reverse("account_home"))
