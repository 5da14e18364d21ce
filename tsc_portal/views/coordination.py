"""The coordinator's entrance: what no centre holds, what is late, and the switches of the network."""

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Claim
from accounts.permissions import Permission, require
from centres.models import Party
from requests_offers.lifecycle import OPEN_REQUEST, OfferStatus
from requests_offers.models import CooperationRequest, Offer

SHOWN = 20


@require_safe
def coordination(request):
    """Figures with the lists behind them, and the way to weights, rounds, clocks and calibration."""
    require(request.user, Permission.REFERENCE_EDIT)
    held = CooperationRequest.objects.submitted().filter(centre__isnull=True, status__in=OPEN_REQUEST)
    context = {
        "figures": _figures(held),
        "held": held.select_related("party").order_by("due_on", "pk")[:SHOWN],
        "uncovered": list(Party.objects.current().real().without_centre().by_name()),
        "tools": _tools(),
        "now": timezone.now(),
    }
    return render(request, "tsc_portal/coordination.html", context)


def _figures(held) -> list[tuple[int, str]]:
    """The numbers that a coordinator looks at first."""
    late = CooperationRequest.objects.filter(status__in=OPEN_REQUEST, due_on__lt=timezone.now().date())
    unverified = Offer.objects.filter(status=OfferStatus.IN_VERIFICATION, verifying_centre__isnull=True)
    return [
        (held.count(), _("requests with the helpdesk")),
        (late.count(), _("requests past their day")),
        (Claim.objects.waiting().count(), _("claims to decide")),
        (unverified.count(), _("offers to verify")),
    ]


def _tools() -> list[tuple[str, str, str]]:
    """Where each switch is: address, name, what it does."""
    return [
        (reverse("late_list"), _("What is late"), _("Every record past its day, and the handing over of one.")),
        (reverse("claim_list"), _("Claims"), _("Offices and organizations that wait to be verified.")),
        (
            reverse("verification_list"),
            _("Verification"),
            _("Organizations whose verification ends or is to be renewed."),
        ),
        (reverse("organization_merge"), _("Merge organizations"), _("An organization that is in the network twice.")),
        (reverse("helpdesk"), _("Helpdesk"), _("Questions of countries, centres and organizations.")),
        (reverse("clock_lengths"), _("Clocks"), _("How many working days each office has.")),
        (reverse("match_weights"), _("Weights"), _("What each criterion of the score weighs.")),
        (reverse("round_list"), _("Allocation rounds"), _("A fair sharing of places among open needs.")),
        (reverse("status"), _("Status of the portal"), _("What waits for the workers, and what failed.")),
        (reverse("workplan_periods"), _("Periods"), _("The years for which centres make their workplans.")),
        (reverse("network_results"), _("Results"), _("What the workplans promise, and what is reached, added up.")),
        (reverse("match_calibration"), _("Calibration"), _("Whether strong matches became agreements.")),
    ]
