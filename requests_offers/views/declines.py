"""Why matches with the own offers were declined: a provider reads it in figures of at least five."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.errors import NotAllowed
from accounts.permissions import Permission, reach

from ..actions import calibration


@require_safe
def own_declines(request):
    """The reasons that were given for no to matches with one's own organizations' offers."""
    part = reach(request.user, Permission.OFFER_EDIT)
    if not part.organizations:
        raise NotAllowed(_("Only organizations offer. Claim or register your organization first, in your account."))
    context = {"reasons": calibration.decline_reasons(part.organizations), "fewest": calibration.FEWEST}
    return render(request, "requests_offers/own_declines.html", context)
