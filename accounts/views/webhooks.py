"""Webhooks on pages: made, changed, tried, paused, and the log of what was sent."""

from typing import Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import feed
from ..actions import service_accounts, webhooks
from ..errors import DomainError
from ..forms_partners import WebhookForm
from ..models import Webhook, WebhookDelivery
from .partners import accounts_of

SHOWN = 50
STEPS = {
    "pause": (webhooks.pause_webhook, gettext_lazy("The webhook is paused. What happens meanwhile is sent later.")),
    "resume": (webhooks.resume_webhook, gettext_lazy("The webhook is active again.")),
    "test": (webhooks.send_test, gettext_lazy("A test is on its way. Reload the page to see what came of it.")),
}
FAULTS = {
    "unreachable": gettext_lazy("The receiver could not be reached."),
    "certificate": gettext_lazy("The receiver's certificate is not valid."),
    "slow": gettext_lazy("The receiver took too long to answer."),
    "broken_off": gettext_lazy("The receiver broke the connection off."),
    "refused_inside": gettext_lazy("The address leads into a private network."),
}


def _managed(request) -> Any:
    return Webhook.objects.managed_by(request.user, service_accounts.looked_after_by(request.user))


@never_cache
@sensitive_variables("secret")
@require_http_methods(["GET", "POST"])
def webhook_new(request):
    accounts = {str(account.pk): account for account in accounts_of(request.user)}
    owners = [*((pk, account.name) for pk, account in accounts.items()), ("", _("Yourself"))]
    form = WebhookForm(request.POST or None, owners=[(pk or "self", name) for pk, name in owners])
    if form.is_valid():
        said = form.cleaned_data
        owner = accounts.get(said.pop("owner"))
        office = owner.memberships.all()[0].organization if owner else None
        try:
            made = webhooks.make_webhook(owner or request.user, by=request.user, organization=office, **said)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _detail(request, made, secret=made.secret)
    return render(request, "accounts/webhook_form.html", {"form": form, "webhook": None})


@require_safe
def webhook_detail(request, pk):
    return _detail(request, get_object_or_404(_managed(request), pk=pk))


def _detail(request, webhook: Webhook, secret: str = ""):
    """A webhook with the log of what was sent; its secret only right after it was made."""
    sent: list[Any] = list(webhook.deliveries.order_by("-queued_at", "-pk")[:SHOWN])
    for delivery in sent:
        last = delivery.tries[-1] if delivery.tries else None
        delivery.words = FAULTS.get(last["fault"], last["fault"]) if last else ""
    known = feed.kinds()
    kinds = ", ".join(str(known[name].label) for name in webhook.types if name in known)
    context = {"webhook": webhook, "sent": sent, "secret": secret, "kinds": kinds}
    return render(request, "accounts/webhook_detail.html", context)


@require_http_methods(["GET", "POST"])
def webhook_change(request, pk):
    webhook = get_object_or_404(_managed(request), pk=pk)
    known = {name: getattr(webhook, name) for name in ("name", "url", "types", "changes")}
    form = WebhookForm(request.POST or None, initial=known | {"parties": ", ".join(webhook.parties)})
    if form.is_valid():
        webhooks.change_webhook(webhook, by=request.user, **form.cleaned_data)
        messages.success(request, _("The webhook is changed."))
        return redirect("webhook_detail", webhook.pk)
    return render(request, "accounts/webhook_form.html", {"form": form, "webhook": webhook})


@never_cache
@sensitive_variables("secret")
@require_POST
def webhook_step(request, pk, step):
    webhook = get_object_or_404(_managed(request), pk=pk)
    if step == "rotate":
        return _detail(request, webhook, secret=webhooks.rotate_secret(webhook, by=request.user).secret)
    if step == "delete":
        webhooks.delete_webhook(webhook, by=request.user)
        messages.success(request, _("The webhook is deleted."))
        return redirect("partner_page")
    if step not in STEPS:
        raise Http404
    act, words = STEPS[step]
    act(webhook, by=request.user)
    messages.success(request, words)
    return redirect("webhook_detail", webhook.pk)


@require_POST
def delivery_replay(request, pk):
    delivery = get_object_or_404(WebhookDelivery.objects.filter(webhook__in=_managed(request)), pk=pk)
    webhooks.replay(delivery, by=request.user)
    messages.success(request, _("It is sent again, under the same id."))
    return redirect("webhook_detail", delivery.webhook_id)
