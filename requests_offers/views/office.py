"""An office's own page: who acts for it and until when, who is away, who is invited, and everything that is open."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import absences
from accounts.errors import DomainError
from accounts.models import Absence, Invitation, Membership
from accounts.permissions import Permission, reach

from ..forms.absence import AbsenceForm
from ..handover import Place, open_items, places_of

PER_PAGE = 100
LATELY = timedelta(days=90)


@require_safe
def office_page(request):
    """The page of one place for which the person acts; `?place=` chooses among several, `?person=` whose items."""
    places = places_of(request.user)
    place = _chosen(places, request.GET.get("place", ""))
    context = {"places": places, "place": place}
    if place:
        context |= _described(request, place)
    return render(request, "requests_offers/office.html", context)


def _chosen(places: list[Place], key: str) -> Place | None:
    found = [place for place in places if place.key == key] if key else places
    if key and not found:
        raise Http404
    return found[0] if found else None


def _described(request, place: Place) -> dict:
    manages = _manages(request.user, place)
    members = _members(place)
    items = open_items(place, timezone.now(), with_claims=manages)
    left = _left(place)
    asked = request.GET.get("person")
    person = next((one.user for one in [*members, *left] if str(one.user_id) == asked), None)
    if person:
        items = [item for item in items if person in {item.person, item.left_by}]
    return {
        "manages": manages,
        "left": left,
        "members": [(member, manages or member.user_id == request.user.pk) for member in members],
        "invitations": _invitations(place) if manages else [],
        "person": person,
        "late_count": sum(item.is_late for item in items),
        "page_obj": Paginator(items, PER_PAGE).get_page(request.GET.get("page")),
        "zone": _zone(place),
    }


def _manages(user, place: Place) -> bool:
    """Whether somebody lends and ends the roles of this place."""
    part = reach(user, Permission.MEMBERSHIP_MANAGE)
    ids = {"party": part.parties, "centre": part.centres, "organization": part.organizations}
    return part.everywhere or (bool(place.scope) and place.scope.pk in ids[place.kind])


def _members(place: Place) -> list[Membership]:
    away = Prefetch("absences", Absence.objects.not_over().order_by("starts_on", "pk"), to_attr="away")
    rows = Membership.objects.not_over().filter(**place.filter).select_related("user").prefetch_related(away)
    return list(rows.order_by("role", "user__name", "pk"))


def _left(place: Place) -> list[Membership]:
    """Roles that are over since a short while: what their holders have begun may still have to be taken over."""
    since = timezone.now().date() - LATELY
    rows = Membership.objects.filter(**place.filter, ends_on__gte=since).exclude(pk__in=Membership.objects.not_over())
    return list(rows.select_related("user").order_by("-ends_on", "pk")[:PER_PAGE])


def _invitations(place: Place) -> list[Invitation]:
    rows = Invitation.objects.pending().filter(**place.filter).select_related("invited_by")
    return list(rows.order_by("-created_at", "-pk"))


def _zone(place: Place) -> str:
    """The place whose midnight ends a role of the office, as a name of a time zone; empty where it is not known."""
    return getattr(place.scope, "time_zone", "")


@require_http_methods(["GET", "HEAD", "POST"])
def absence_new(request, pk):
    """Say that the holder of a role is away."""
    membership = get_object_or_404(Membership.objects.not_over().select_related("user", "party", "centre"), pk=pk)
    if not absences.may_note_absence(membership, request.user):
        raise Http404
    form = AbsenceForm(request.POST or None)
    if form.is_valid() and _noted(request, membership, form):
        return redirect("office")
    return render(request, "requests_offers/absence_new.html", {"form": form, "membership": membership})


def _noted(request, membership, form) -> bool:
    try:
        absences.note_absence(membership, **form.cleaned_data, by=request.user)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Noted. Notices also go to whoever stands in, until the last day away."))
    return True


@require_POST
def absence_cancel(request, pk):
    """The person is there after all."""
    absence = get_object_or_404(Absence.objects.select_related("membership"), pk=pk)
    if not absences.may_note_absence(absence.membership, request.user):
        raise Http404
    absences.cancel_absence(absence, by=request.user)
    messages.success(request, _("The absence is taken back."))
    return redirect("office")
