"""The lists of this app whose searches can be saved."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent
from accounts.saved_lists import SavedList, register
from requests_offers.models import Component

from .filters_donors import DonorActivityFilter, public_activities
from .filters_needs import UnmetNeedFilter


def _activities(_user):
    return public_activities().select_related("version__workplan__period", "version__workplan__centre")


def _activities_since(since: datetime, until: datetime) -> Q:
    """An activity comes into sight when the version that holds it is published."""
    return Q(version__finalized_at__gt=since, version__finalized_at__lte=until)


def _needs(user):
    return Component.objects.unmet().visible_to(user).select_related("request__party")


def _needs_since(since: datetime, until: datetime) -> Q:
    """A need comes into the list when its request is declared unmet."""
    told = AuditEvent.objects.filter(object_type="requests_offers.cooperationrequest", action="declare_unmet")
    return Q(Exists(told.filter(object_id=OuterRef("request"), at__gt=since, at__lte=until)))


def register_lists() -> None:
    """Name them; called when the app is ready."""
    register(SavedList("donors", _("What lacks funds"), "donors", DonorActivityFilter, _activities, _activities_since))
    register(SavedList("needs", _("Unmet needs"), "unmet_needs", UnmetNeedFilter, _needs, _needs_since))
