"""The pages of a country, a centre, an organization and the helpdesk,
with the requests and offers that belong to them.
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, can
from centres.helpdesk.views import helpdesk as plain_helpdesk
from centres.views.centres import centre_detail as plain_centre
from centres.views.organizations import organization_detail as plain_organization
from centres.views.parties import party_detail as plain_party
from knowledge.models import Project
from knowledge.views.countries import records_of
from requests_offers.lifecycle import ENDED_REQUEST
from requests_offers.models import CooperationRequest, Offer
from workplans.exports.iati import feed as iati
from workplans.models import HostDocument, Workplan

SHOWN = 10


def _requests(request, **about):
    rows = CooperationRequest.objects.visible_to(request.user).submitted().filter(**about)
    return list(rows.select_related("party", "centre").order_by("-submitted_at", "-pk")[:SHOWN])


def _of_party(request, party):
    covering = Offer.objects.published().filter(organization__party=party).select_related("organization")
    listed = Project.objects.visible_to(request.user).of_party(party).select_related("party")
    return {
        "projects": list(listed.order_by("-published_at", "-pk")[:SHOWN]),
        "may_edit_records": can(request.user, Permission.COUNTRY_EDIT, party),
        **records_of(party),
        "site_address": settings.SITE_ADDRESS.rstrip("/"),
        "requests": _requests(request, party=party),
        "offers": list(covering.order_by("-published_at", "-pk")[:SHOWN]),
    }


def _of_centre(request, centre):
    plans = Workplan.objects.published().filter(centre=centre).select_related("centre", "period", "current_version")
    plans = list(plans.defer("current_version__snapshot").order_by("-period__starts")[:SHOWN])
    papers = HostDocument.objects.visible_to(request.user).filter(centre=centre).select_related("organization")
    return {
        "requests": _requests(request, centre=centre),
        "workplans": plans,
        "papers": list(papers.in_order()[:SHOWN]),
        "has_iati": any(iati.holds(plan) for plan in plans),
    }


def _of_organization(request, organization):
    rows = Offer.objects.visible_to(request.user).filter(organization=organization).select_related("organization")
    return {"offers": list(rows.order_by("-published_at", "-pk")[:SHOWN])}


@login_not_required
@require_safe
def party_detail(request, iso2):
    """A country with what it asks for and what its organizations offer."""
    return plain_party(request, iso2, template_name="tsc_portal/party_detail.html", more=_of_party)


@login_not_required
@require_safe
def centre_detail(request, slug):
    """A centre with the requests that it holds and its finalized plans."""
    return plain_centre(request, slug, template_name="tsc_portal/centre_detail.html", more=_of_centre)


@login_not_required
@require_safe
def organization_detail(request, slug):
    """An organization with its offers."""
    return plain_organization(request, slug, template_name="tsc_portal/organization_detail.html", more=_of_organization)


def _held_by_the_helpdesk(request):
    """For the coordinator: requests that no centre holds, what is due first at the top."""
    if not can(request.user, Permission.TICKET_HAND_OVER):
        return {}
    held = CooperationRequest.objects.submitted().filter(centre__isnull=True).exclude(status__in=ENDED_REQUEST)
    first = held.select_related("party", "centre").order_by(F("due_on").asc(nulls_last=True), "pk")
    return {"held": list(first[:SHOWN]), "held_count": held.count()}


@login_not_required
@require_safe
def helpdesk(request):
    """The helpdesk with the requests that it holds."""
    return plain_helpdesk(request, template_name="tsc_portal/helpdesk.html", more=_held_by_the_helpdesk)
