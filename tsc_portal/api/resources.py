"""Every kind of record that the API serves, in the order of its root."""

from typing import Any

from accounts.api.imports import ImportResource
from accounts.api.webhooks import WebhookResource
from centres.api import RESOURCES as NETWORK
from centres.helpdesk.api import TicketResource
from knowledge.api.resources import RESOURCES as KNOWLEDGE
from requests_offers.api.clock import ClockResource
from requests_offers.api.engagements import EngagementResource, ProposalResource
from requests_offers.api.people import ApproachResource, CallResource
from requests_offers.api.previews import PreviewResource
from requests_offers.api.resources import (
    ComponentResource,
    MatchResource,
    OfferResource,
    RequestResource,
)
from workplans.api.pledges import RESOURCES as PLEDGES
from workplans.api.resources import RESOURCES as PLANS

RESOURCES: list[Any] = [
    *NETWORK,
    RequestResource,
    ComponentResource,
    OfferResource,
    MatchResource,
    ApproachResource,
    CallResource,
    EngagementResource,
    ProposalResource,
    ClockResource,
    TicketResource,
    ImportResource,
    WebhookResource,
    PreviewResource,
    *PLANS,
    *PLEDGES,
    *KNOWLEDGE,
]
