"""The page for partner systems: service accounts of an organization, their tokens, and webhooks."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from knox.settings import CONSTANTS

from ..actions import service_accounts, tokens
from ..errors import DomainError
from ..forms import TokenForm
from ..forms_partners import ServiceAccountForm
from ..models import ApiToken, User, Webhook


def organizations_of(user: Any) -> list[Any]:
    """The organizations whose service accounts this person looks after, by name."""
    model: Any = Webhook._meta.get_field("organization").related_model
    return list(model.objects.filter(pk__in=service_accounts.looked_after_by(user)).order_by("name", "pk"))


def accounts_of(user: Any) -> Any:
    """Their service accounts, with organization and tokens."""
    rows = service_accounts.accounts_of(service_accounts.looked_after_by(user))
    return rows.prefetch_related("auth_token_set", "memberships__organization").order_by("name", "pk")


@require_safe
def partner_page(request):
    """What a person's partner systems have and do here."""
    found = organizations_of(request.user)
    accounts = list(accounts_of(request.user))
    for account in accounts:
        account.office = account.memberships.all()[0].organization
    hooks = Webhook.objects.managed_by(request.user, [organization.pk for organization in found])
    context = {
        "organizations": found,
        "accounts": accounts,
        "webhooks": hooks.select_related("owner").order_by("name", "pk"),
        "tokens": request.user.auth_token_set.order_by("-created", "pk"),
        "sandbox": _sandbox(request.user),
        "site": settings.SITE_ADDRESS.rstrip("/"),
    }
    return render(request, "accounts/partner_page.html", context)


def _sandbox(user: Any) -> str:
    """The known token of the demo world, for whom it was made."""
    known = (
        settings.DEMO
        and user.auth_token_set.filter(token_key=settings.DEMO_TOKEN[: CONSTANTS.TOKEN_KEY_LENGTH]).exists()
    )
    return settings.DEMO_TOKEN if known else ""


@require_http_methods(["GET", "POST"])
def service_account_new(request):
    model: Any = Webhook._meta.get_field("organization").related_model
    rows = model.objects.filter(pk__in=service_accounts.looked_after_by(request.user)).order_by("name", "pk")
    if not rows:
        messages.warning(request, _("Service accounts belong to an organization. Claim yours first."))
        return redirect("partner_page")
    form = ServiceAccountForm(request.POST or None, organizations=rows)
    if form.is_valid():
        try:
            made = service_accounts.make_service_account(**form.cleaned_data, by=request.user)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The account is there. Now make a token for it."))
            return redirect("service_account", made.pk)
    return render(request, "accounts/service_account_new.html", {"form": form, "organizations": rows})


@never_cache
@sensitive_variables("secret")
@require_http_methods(["GET", "POST"])
def service_account(request, pk):
    """One account and its tokens. A new token is shown on the answer to its own form, and never again."""
    account = get_object_or_404(accounts_of(request.user), pk=pk)
    form = TokenForm(request.POST or None)
    secret = _make(account, form, request.user) if form.is_valid() else ""
    context = {
        "account": account,
        "office": account.memberships.select_related("organization").get().organization,
        "form": TokenForm() if secret else form,
        "secret": secret,
        "tokens": list(ApiToken.objects.filter(user=account).order_by("-created", "pk")),
    }
    return render(request, "accounts/service_account.html", context)


def _make(account: User, form: TokenForm, by: Any) -> str:
    try:
        return tokens.make_token(account, by=by, **form.cleaned_data)[1]
    except DomainError as error:
        form.add_error("name", str(error))
        return ""


@require_POST
def service_token_revoke(request, token_key):
    token = get_object_or_404(ApiToken, token_key=token_key, user__in=accounts_of(request.user))
    tokens.revoke_token(token, by=request.user)
    messages.success(request, _("The token is revoked. Whoever uses it is refused from now on."))
    return redirect("service_account", token.user_id)


@require_POST
def service_account_end(request, pk):
    account = get_object_or_404(accounts_of(request.user), pk=pk)
    service_accounts.end_service_account(account, by=request.user)
    messages.success(request, _("The account is ended, with its tokens and webhooks."))
    return redirect("partner_page")
