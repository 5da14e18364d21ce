"""Tokens with which partner systems act for a person."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from ..actions import tokens
from ..errors import DomainError
from ..forms import TokenForm


@never_cache
@sensitive_variables("secret")
def token_list(request):
    """A person's tokens. A new one is shown on the answer to its own form, and never again."""
    form = TokenForm(request.POST or None)
    secret = _make(request, form) if form.is_valid() else ""
    context = {"form": TokenForm() if secret else form, "secret": secret}
    context["tokens"] = list(request.user.auth_token_set.order_by("-created", "pk"))
    return render(request, "accounts/token_list.html", context)


def _make(request, form) -> str:
    try:
        return tokens.make_token(request.user, by=request.user, **form.cleaned_data)[1]
    except DomainError as error:
        form.add_error("name", str(error))
        return ""


@require_POST
def token_revoke(request, token_key):
    token = get_object_or_404(request.user.auth_token_set, token_key=token_key)
    tokens.revoke_token(token, by=request.user)
    messages.success(request, _("The token is revoked. Whoever uses it is refused from now on."))
    return redirect("token_list")
