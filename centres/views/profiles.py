"""The profile of an organization, for those who write it; renewal of its verification, for both sides."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import DomainError, NotAllowed, StaleWrite
from accounts.permissions import Permission, can, require
from centres.actions import profiles, verification
from centres.forms_profiles import FORMS, NotYetForm, ProfileForm, RenewalForm
from centres.models import Organization

PER_PAGE = 25
WORDS = {  # part: (heading, what adds one, sentence when there is none)
    "expertise": (
        gettext_lazy("Expertise, with evidence"),
        gettext_lazy("Add a field of expertise"),
        gettext_lazy("No field of expertise is named yet."),
    ),
    "experts": (
        gettext_lazy("Experts"),
        gettext_lazy("Add an expert"),
        gettext_lazy("No expert is named yet."),
    ),
    "languages": (
        gettext_lazy("Languages"),
        gettext_lazy("Add a language"),
        gettext_lazy("No language is named yet."),
    ),
    "references": (
        gettext_lazy("References: past work"),
        gettext_lazy("Add a reference"),
        gettext_lazy("No reference is given yet."),
    ),
    "networks": (
        gettext_lazy("Networks and platforms"),
        gettext_lazy("Add a network or platform"),
        gettext_lazy("No network is named yet."),
    ),
}


def _mine(user, slug) -> Organization:
    """An organization that the reader sees; 403 for whoever does not write its profile."""
    rows = Organization.objects.current().visible_to(user).select_related("party")
    organization = get_object_or_404(rows, slug=slug)
    require(user, Permission.ORGANIZATION_EDIT, organization)
    return organization


@require_http_methods(["GET", "POST"])
def organization_profile(request, slug):
    """The profile as its writers see it: the form of its own words, and all parts with their links."""
    organization = _mine(request.user, slug)
    initial = {"version": organization.version}
    form = ProfileForm(request.POST or None, instance=organization, initial=initial)
    if form.is_valid() and _saved(request, slug, form):
        return redirect("organization_profile", slug)
    organization.refresh_from_db()
    context = {
        "organization": organization,
        "form": form,
        "parts": [_described(organization, name) for name in FORMS],
        "gaps": profiles.gaps(organization),
        "may_ask": verification.may_ask(organization, timezone.now().date()),
        "renewal_form": RenewalForm(),
    }
    return render(request, "centres/organization_profile.html", context)


def _saved(request, slug, form) -> bool:
    said = {name: form.cleaned_data[name] for name in profiles.FIELDS}
    organization = Organization.objects.get(slug=slug)
    try:
        profiles.save_profile(organization, by=request.user, data=said, version=form.cleaned_data["version"])
    except StaleWrite as error:
        form.add_error(None, str(error))
        form.data = form.data.copy()
        form.data["version"] = str(Organization.objects.get(slug=slug).version)
        return False
    messages.success(request, _("Saved. The public page shows it now."))
    return True


def _described(organization, name) -> dict:
    heading, add, none = WORDS[name]
    rows = profiles.PARTS[name].objects.filter(organization=organization).order_by("pk")
    related = {"expertise": ("expert", "subject", "target", "cooperation_type"), "languages": ("expert",)}
    if name in related:
        rows = rows.select_related(*related[name])
    return {"name": name, "heading": heading, "add": add, "none": none, "rows": list(rows)}


@require_http_methods(["GET", "POST"])
def profile_part(request, slug, part, pk=None):
    """One part of the profile: a new one, or one that is changed."""
    organization = _mine(request.user, slug)
    if part not in FORMS:
        raise Http404
    row = get_object_or_404(profiles.PARTS[part], organization=organization, pk=pk) if pk else None
    form = FORMS[part](request.POST or None, instance=row, organization=organization)
    if form.is_valid() and _kept(request, organization, part, form, pk):
        return redirect(f"{reverse('organization_profile', args=[slug])}#{part}")
    context = {"organization": organization, "form": form, "part": part, "row": row, "words": WORDS[part]}
    return render(request, "centres/profile_part.html", context)


def _kept(request, organization, part, form, pk) -> bool:
    try:
        if pk:
            row = profiles.PARTS[part].objects.get(organization=organization, pk=pk)
            profiles.change_part(row, part, by=request.user, data=form.changes)
        else:
            profiles.add_part(organization, part, by=request.user, data=form.said)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Saved. The public page shows it now."))
    return True


@require_http_methods(["GET", "POST"])
def profile_part_remove(request, slug, part, pk):
    """Take a part out, after asking."""
    organization = _mine(request.user, slug)
    if part not in FORMS:
        raise Http404
    row = get_object_or_404(profiles.PARTS[part], organization=organization, pk=pk)
    if request.method == "POST":
        profiles.remove_part(row, part, by=request.user)
        messages.success(request, _("Removed from the profile."))
        return redirect("organization_profile", slug)
    return render(request, "centres/profile_part_remove.html", {"organization": organization, "row": row, "part": part})


# Verification ---------------------------------------------------------------------------------------------------------


@require_POST
def renewal_ask(request, slug):
    """The organization asks to be verified for longer."""
    organization = _mine(request.user, slug)
    form = RenewalForm(request.POST)
    said = form.cleaned_data["evidence"] if form.is_valid() else ""
    try:
        verification.ask_renewal(organization, by=request.user, evidence=said)
        messages.success(request, _("Your question is on its way to those who verify."))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("organization_profile", slug)


def verification_list(request):
    """Organizations whose renewal waits for the reader's decision, and those whose verification ends soon."""
    if not can(request.user, Permission.CLAIM_ORGANIZATION_DECIDE):
        raise NotAllowed(_("The heads of centres and the coordinator verify organizations."))
    return _list(request, {})


def _list(request, forms, status=200):
    soon = timezone.now().date() + verification.ASKED_BEFORE
    ends = Q(verified_until__lte=soon, is_verified=True) | Q(verification_lapsed_on__isnull=False)
    rows = Organization.objects.current().filter(verification.decidable_by(request.user))
    rows = rows.filter(ends | Q(renewal_asked_at__isnull=False)).select_related("party").distinct()
    last = {"nulls_last": True}
    ordered = rows.order_by(F("renewal_due_on").asc(**last), F("verified_until").asc(**last), "pk")
    page = Paginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
    for organization in page:
        organization.not_yet_form = forms.get(organization.pk) or NotYetForm(prefix=f"o{organization.pk}")
    context = {"page_obj": page, "forms": list(forms.values())}
    return render(request, "centres/verification_list.html", context, status=status)


def _to_decide(user, slug) -> Organization:
    rows = Organization.objects.current().filter(verification.decidable_by(user)).distinct()
    return get_object_or_404(rows, slug=slug)


@require_POST
def verification_renew(request, slug):
    organization = verification.renew(_to_decide(request.user, slug), by=request.user)
    messages.success(request, _("%(name)s is verified for two more years.") % {"name": organization.name})
    return redirect("verification_list")


@require_POST
def verification_refuse(request, slug):
    organization = _to_decide(request.user, slug)
    form = NotYetForm(request.POST, prefix=f"o{organization.pk}")
    if not form.is_valid():
        return _list(request, {organization.pk: form}, status=200)
    verification.refuse_renewal(organization, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("%(name)s has been told why.") % {"name": organization.name})
    return redirect("verification_list")
