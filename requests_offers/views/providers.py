"""What providers do beside their offers: conflicts of interest, one more year for an offer; the coordinator merges."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import mail_links
from accounts.errors import DomainError, NotAllowed
from accounts.permissions import Permission, can, require
from centres.actions import merging as merges
from centres.models import Organization

from ..actions import conflicts, merging, offers
from ..forms.providers import ConflictForm, MergeForm
from ..models import ConflictDeclaration, Offer


@require_http_methods(["GET", "POST"])
def conflict_list(request, slug):
    """The declared conflicts of an organization, and the form for one more."""
    organization = get_object_or_404(Organization.objects.current().visible_to(request.user), slug=slug)
    writes = can(request.user, Permission.ORGANIZATION_EDIT, organization)
    if not writes and not can(request.user, Permission.MATCH_VIEW):
        raise NotAllowed(_("The organization itself, centres and the coordinator see declared conflicts."))
    if request.method == "POST":
        require(request.user, Permission.ORGANIZATION_EDIT, organization)
    form = ConflictForm(request.POST or None, organization=organization, user=request.user) if writes else None
    if form and form.is_valid() and _declared(request, organization, form):
        return redirect("conflict_list", slug)
    rows = ConflictDeclaration.objects.visible_to(request.user).filter(organization=organization)
    related = ("expert", "with_party", "with_request", "with_organization")
    context = {
        "organization": organization,
        "form": form,
        "conflicts": list(
            rows.select_related(*related).order_by(F("ended_at").asc(nulls_first=True), "-declared_at", "-pk")[:100]
        ),
        "writes": writes,
    }
    return render(request, "requests_offers/conflict_list.html", context)


def _declared(request, organization, form) -> bool:
    try:
        conflicts.declare(organization, by=request.user, **form.cleaned_data)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Declared. You are not matched any more; offered matches between you are taken back."))
    return True


@require_POST
def conflict_end(request, slug, pk):
    """Take a declaration back."""
    rows = ConflictDeclaration.objects.visible_to(request.user).select_related("organization", "expert")
    conflict = get_object_or_404(rows, pk=pk, organization__slug=slug)
    conflicts.end(conflict, by=request.user)
    messages.success(request, _("Taken back. Your offers may be matched again."))
    return redirect("conflict_list", slug)


@require_POST
def offer_extend(request, reference):
    """One more year for a published offer, with one click; an expired one is renewed."""
    offer = get_object_or_404(Offer.objects.visible_to(request.user).by_reference(reference))
    require(request.user, Permission.OFFER_EDIT, offer)
    try:
        day = offers.extend(offer, by=request.user)
        messages.success(request, _("Published until %(day)s.") % {"day": day})
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect(offer)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def offer_by_mail(request, token):
    """One more year for an offer from a mail, without signing in: shown on GET, done on POST, once."""
    link = mail_links.find(offers.BY_MAIL, token)
    if link is None:
        raise Http404
    offer = Offer.objects.visible_to(link.user).by_reference(link.subject).select_related("organization").first()
    if offer is None:
        raise Http404
    context = {"offer": offer, "link": link, "dead": mail_links.why_dead(link), "done": False}
    if request.method == "POST" and not context["dead"]:
        try:
            context |= {"offer": offers.extend_by_mail(link), "done": True}
        except DomainError as error:
            context["dead"] = str(error)
    status = 410 if context["dead"] else 200
    return render(request, "requests_offers/offer_by_mail.html", context, status=status)


@require_http_methods(["GET", "POST"])
def organization_merge(request):
    """Two organizations become one: first a preview of what moves, then the act."""
    if not can(request.user, Permission.REFERENCE_EDIT):
        raise NotAllowed(_("The coordinator merges organizations."))
    form = MergeForm(request.POST or request.GET or None, user=request.user)
    context = {"form": form}
    if form.is_bound and form.is_valid():
        duplicate, kept = form.cleaned_data["duplicate"], form.cleaned_data["kept"]
        try:
            merges.check_pair(duplicate, kept)
            if request.method == "POST":
                merging.merge(duplicate, kept, by=request.user)
                messages.success(request, _("Merged. The old address leads to this page."))
                return redirect(kept)
            context |= {"duplicate": duplicate, "kept": kept, "moves": merges.preview(duplicate)}
        except DomainError as error:
            form.add_error(None, str(error))
    return render(request, "requests_offers/organization_merge.html", context)
