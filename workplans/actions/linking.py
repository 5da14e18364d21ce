"""A need of a request, an agreed match or a joint proposal becomes an activity of a plan."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from accounts.models import User
from requests_offers.models import Component, Engagement, JointProposal, ProposalLine, ProposalVersion

from ..models import Activity, Version
from .contents import Content
from .drafting import add_activity, add_line

Source = Component | Engagement | JointProposal
LONGEST_TITLE = 300


def source_named(reference: str, user: User) -> Source | None:
    """The need, engagement or approved joint proposal with this reference, if the reader may see it."""
    for rows in (Component.objects, Engagement.objects, JointProposal.objects.ready()):
        found = rows.visible_to(user).by_reference(reference).first()
        if found is not None:
            return found
    return None


def activity_from(version: Version, source: Source, *, by: User | None) -> Activity:
    """Make an activity of any of them. Asked twice, the first one is given again."""
    acts: dict[Any, Any] = {
        Component: activity_from_component, Engagement: activity_from_engagement, JointProposal: activity_from_proposal
    }  # fmt: skip
    return acts[type(source)](version, source, by=by)


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


@transaction.atomic
def activity_from_proposal(version: Version, proposal: JointProposal, *, by: User | None) -> Activity:
    """Make an activity with results and budget of a joint proposal that both sides have approved.

    Asked twice, the first is given again; so is one that was made of its engagement.
    """
    shown = JointProposal.objects.ready() if by is None else JointProposal.objects.ready().visible_to(by)
    if not shown.contains(proposal):
        raise DomainError(_("Choose a joint proposal that both sides have approved and that you can see."))
    match = proposal.match
    if there := version.activities.filter(engagements=match.engagement).first():
        return there
    said: Any = proposal.current
    provider = match.offer.organization
    data = _of_component(match.component) | {
        "title": said.title,
        "description": said.concept,
        "engagements": [match.engagement.reference],
        "partners": [provider.slug],
        "other_partners": "; ".join(name for name in said.partners if name != provider.name),
        "starts_on": said.starts_on,
        "ends_on": said.ends_on,
        "results": [{"kind": "output", **_titled(result)} for result in said.results],
    }
    activity = add_activity(version, by=by, data=data)
    for line in said.lines.order_by("number"):
        add_line(activity, by=by, data=_of_line(line, said, version, provider.slug))
    return activity


def _titled(text: str) -> Content:
    """A line of a proposal as title; what is too long for one is the description."""
    return (
        {"title": text}
        if len(text) <= LONGEST_TITLE
        else {"title": f"{text[: LONGEST_TITLE - 1]}…", "description": text}
    )


def _of_line(line: ProposalLine, said: ProposalVersion, version: Version, provider: str) -> Content:
    """What a proposal does not say is left to the writer: the year is the plan's first in which the work goes on."""
    years = version.workplan.period.years
    begins = said.starts_on.year if said.starts_on else years[0]
    sought, own = line.source == ProposalLine.Source.SOUGHT, line.source == ProposalLine.Source.PROVIDER
    return {
        "year": min(max(begins, years[0]), years[-1]),
        "category": "other",
        "description": line.title,
        "amount": str(line.amount),
        "currency": said.currency,
        "funding": "sought" if sought else "secured",
        "funder": provider if own else None,
    }


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
