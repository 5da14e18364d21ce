"""Inviting people by mail, and the page to which the mail leads. The link shows on GET and acts on POST."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.actions import invitations
from accounts.errors import DomainError, NotAllowed
from accounts.models import Invitation
from accounts.permissions import Permission, require
from centres.forms_invitations import BounceForm, InviteForm

SCOPES = ("party", "centre", "organization", "invited_by")


def invitation_new(request):
    """Invite people to a role in the part of the network that one looks after."""
    require(request.user, Permission.MEMBERSHIP_MANAGE)
    form = InviteForm(request.POST or None, giver=request.user)
    if form.is_valid() and _invited(request, form):
        return redirect("office")
    return render(request, "centres/invitation_new.html", {"form": form})


def _invited(request, form) -> bool:
    """Invite everybody who can be; whoever cannot is named, with the reason."""
    said = {name: form.cleaned_data[name] for name in ("role", "language", "note")}
    faults, sent = [], 0
    for email in form.cleaned_data["emails"]:
        try:
            invitations.invite(email, by=request.user, **said, **form.scope)
            sent += 1
        except DomainError as error:
            faults.append(str(error))
    for fault in faults:
        messages.warning(request, fault)
    if sent:
        text = ngettext("%(count)s invitation is on its way.", "%(count)s invitations are on their way.", sent)
        messages.success(request, text % {"count": sent})
    return bool(sent)


@login_not_required
@never_cache
def invitation(request, token):
    """What somebody is invited to. GET shows it; POST accepts it, once, for the address that was invited."""
    found = get_object_or_404(Invitation.objects.by_token(token).select_related(*SCOPES))
    if request.method == "POST":
        return _accept(request, found)
    return _show(request, found, token)


def _show(request, found, token):
    context = {
        "invitation": found,
        "token": token,
        "fits": invitations.is_for(found, request.user),
        "next": request.path,
    }
    return render(request, "centres/invitation.html", context)


def _accept(request, found):
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), reverse("account_login"))
    try:
        membership = invitations.accept(found, by=request.user)
    except (DomainError, NotAllowed) as error:
        messages.warning(request, str(error))
        return redirect(request.path)
    words = {"scope": membership.scope or _("the whole network"), "role": membership.get_role_display()}
    messages.success(request, _("Welcome. You now act for %(scope)s as: %(role)s.") % words)
    return redirect("office")


def _managed(user, pk):
    return get_object_or_404(Invitation.objects.manageable_by(user), pk=pk)


@require_POST
def invitation_withdraw(request, pk):
    try:
        invitations.withdraw(_managed(request.user, pk), by=request.user)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The invitation is taken back. Its link no longer works."))
    return redirect("office")


@require_POST
def invitation_bounced(request, pk):
    """The mail came back to whoever sent it."""
    form = BounceForm(request.POST)
    if not form.is_valid():
        raise Http404
    invitations.note_bounce(_managed(request.user, pk), note=form.cleaned_data["note"], by=request.user)
    messages.success(request, _("Noted: this address cannot be reached. Invite the person at another one."))
    return redirect("office")
