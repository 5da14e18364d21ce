"""Every kind of record that the API serves, in the order of its root."""

from centres.api import RESOURCES as NETWORK
from requests_offers.api.previews import PreviewResource
from requests_offers.api.resources import (
    ComponentResource,
    EngagementResource,
    MatchResource,
    OfferResource,
    RequestResource,
)

RESOURCES = [
    *NETWORK,
    RequestResource,
    ComponentResource,
    OfferResource,
    MatchResource,
    EngagementResource,
    PreviewResource,
]
