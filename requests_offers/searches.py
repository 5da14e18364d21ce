"""The lists of this app whose searches can be saved."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.saved_lists import SavedList, register

from .filters import OfferFilter, RequestFilter
from .models import CooperationRequest, Offer


def _requests(user):
    """Those that somebody may see, drafts apart: nobody hears of their own drafts."""
    return CooperationRequest.objects.visible_to(user).submitted()


def _requests_since(since: datetime, until: datetime) -> Q:
    """A request comes into sight when it is submitted, for others when it is accepted."""
    return Q(submitted_at__gt=since, submitted_at__lte=until) | Q(accepted_at__gt=since, accepted_at__lte=until)


def _offers(user):
    return Offer.objects.visible_to(user)


def _offers_since(since: datetime, until: datetime) -> Q:
    return Q(published_at__gt=since, published_at__lte=until)


def register_lists() -> None:
    """Name them; called when the app is ready."""
    register(SavedList("requests", _("Requests"), "request_list", RequestFilter, _requests, _requests_since))
    register(SavedList("offers", _("Offers"), "offer_list", OfferFilter, _offers, _offers_since))
