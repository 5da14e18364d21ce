"""Pages on which somebody claims an office or an organization, and on which claims are decided."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.errors import DomainError
from accounts.models import Claim
from accounts.permissions import Permission, can
from centres.actions import claims
from centres.calendars import CoordinationCalendar, working_days_left
from centres.clock_lengths import length
from centres.forms_claims import OfficeClaimForm, OrganizationClaimForm, OrganizationSearchForm, RefusalForm
from centres.models import Clock

PER_PAGE = 25


def claim_new(request):
    """Ask first what is claimed; then for the office, or for the organization."""
    pages = {"office": _office, "organization": _organization}
    page = pages.get(request.GET.get("what", ""))
    return page(request) if page else render(request, "centres/claim_choose.html", {"days": _days()})


def _days() -> int:
    """Within how many working days a claim is decided."""
    return length(Clock.VERIFICATION)


def _office(request):
    form = OfficeClaimForm(request.POST or None)
    if form.is_valid() and _claimed(
        request, form, lambda: claims.claim_office(**_office_fields(form), by=request.user)
    ):
        return redirect("claim_list")
    return render(request, "centres/claim_office.html", {"form": form, "days": _days()})


def _office_fields(form):
    return {name: form.cleaned_data[name] for name in ("party", "role", "office_kind", "evidence")}


def _organization(request):
    search = OrganizationSearchForm(request.GET if "q" in request.GET else None)
    if not search.is_valid():
        return render(request, "centres/claim_search.html", {"form": search})
    query = search.cleaned_data["q"]
    form = OrganizationClaimForm(request.POST or None, query=query)
    if form.is_valid() and _claimed(request, form, lambda: _claim_organization(form, request.user)):
        return redirect("claim_list")
    return render(request, "centres/claim_organization.html", {"form": form, "query": query, "days": _days()})


def _claim_organization(form, user):
    said = {"role": form.cleaned_data["role"], "evidence": form.cleaned_data["evidence"], "by": user}
    if form.known:
        return claims.claim_organization(form.known, **said)
    new = {name: form.cleaned_data[name] for name in ("name", "kind", "seat")}
    return claims.propose_organization(**new, **said)


def _claimed(request, form, claim) -> bool:
    """Make the claim; what the action refuses becomes a sentence of the form, and nothing typed is lost."""
    try:
        claim()
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Your claim is on its way. We tell you as soon as it is decided."))
    return True


def claim_list(request):
    """One's own claims, and those that wait for one's decision."""
    return _claims_page(request, {})


def _claims_page(request, forms, status=200):
    own = request.user.claims.select_related("party", "organization", "seat").order_by("-created_at", "-pk")[:PER_PAGE]
    context = {"own": [described(claim) for claim in own], "decides": _decides(request.user)}
    if context["decides"]:
        queue = (
            Claim.objects.waiting().decidable_by(request.user).select_related("user", "party", "organization", "seat")
        )
        page = Paginator(queue.order_by("due_on", "pk"), PER_PAGE).get_page(request.GET.get("page"))
        for claim in page:
            described(claim).refusal_form = forms.get(claim.pk) or RefusalForm(claim=claim, prefix=f"claim{claim.pk}")
        context |= {"page_obj": page, "forms": list(forms.values())}
    return render(request, "centres/claim_list.html", context, status=status)


def _decides(user) -> bool:
    return can(user, Permission.CLAIM_OFFICE_DECIDE) or can(user, Permission.CLAIM_ORGANIZATION_DECIDE)


def described(claim: Claim) -> Claim:
    """The claim with how many working days are left for it."""
    calendar = claim.party or claim.seat or CoordinationCalendar()
    due = claim.due_on if claim.is_waiting else None
    claim.days_left = working_days_left(calendar, due, timezone.now())
    return claim


@require_POST
def claim_verify(request, pk):
    claim = get_object_or_404(Claim.objects.decidable_by(request.user), pk=pk)
    claims.verify_claim(claim, by=request.user)
    messages.success(
        request, _("Verified: %(person)s now acts for %(claimed)s.") % {"person": claim.user, "claimed": claim.claimed}
    )
    return redirect("claim_list")


@require_POST
def claim_refuse(request, pk):
    claim = get_object_or_404(Claim.objects.decidable_by(request.user), pk=pk)
    form = RefusalForm(request.POST, claim=claim, prefix=f"claim{claim.pk}")
    if not form.is_valid():
        return _claims_page(request, {claim.pk: form})
    claims.refuse_claim(claim, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("Refused. %(person)s has been told why.") % {"person": claim.user})
    return redirect("claim_list")
