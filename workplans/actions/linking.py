"""A need of a request, or an agreed match, becomes an activity of a plan."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from accounts.models import User
from requests_offers.models import Component, Engagement

from ..models import Activity, Version
from .contents import Content
from .drafting import add_activity


@transaction.atomic
def activity_from_component(version: Version, component: Component, *, by: User | None) -> Activity:
    """Make an activity of a need. Asked twice, the first one is given again."""
    if by is not None and not Component.objects.visible_to(by).contains(component):
        raise DomainError(_("Choose a need that you can see."))
    if there := version.activities.filter(components=component).first():
        return there
    return add_activity(version, by=by, data=_of_component(component))


@transaction.atomic
def activity_from_engagement(version: Version, engagement: Engagement, *, by: User | None) -> Activity:
    """Make an activity of an agreed match: the need, with the partner that helps.

    Asked twice, the first is given again.
    """
    if by is not None and not Engagement.objects.visible_to(by).contains(engagement):
        raise DomainError(_("Choose an engagement that you can see."))
    if there := version.activities.filter(engagements=engagement).first():
        return there
    match = engagement.match
    data = _of_component(match.component)
    data |= {"engagements": [engagement.reference], "partners": [match.offer.organization.slug]}
    return add_activity(version, by=by, data=data)


def _of_component(component: Component) -> Content:
    """What a need says, in the words of an activity. Days outside the plan's years are left to the writer."""
    request = component.request
    parties = [request.party, *request.co_parties.all()]
    return {
        "title": component.title,
        "description": component.text,
        "targets": [target.number for target in component.targets.all()],
        "parties": [party.iso2 for party in parties],
        "components": [component.reference],
        "starts_on": component.starts_on,
        "ends_on": component.ends_on,
    }
