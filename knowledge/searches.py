"""Lists of the registry whose searches can be saved: people hear of what is new in them."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.saved_lists import SavedList, register

from .filters.registry import OpportunityFilter, ProjectFilter
from .models import Opportunity, Project


def _open(user: Any) -> Any:
    return Opportunity.objects.open()


def _listed(user: Any) -> Any:
    return Project.objects.listed()


def _published(since: datetime, until: datetime) -> Q:
    return Q(published_at__gt=since, published_at__lte=until)


def register_lists() -> None:
    """Name them; called when the app is ready."""
    register(SavedList("opportunities", _("Opportunities"), "opportunity_list", OpportunityFilter, _open, _published))
    register(SavedList("projects", _("Projects"), "project_list", ProjectFilter, _listed, _published))
