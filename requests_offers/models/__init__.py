"""Requests with their components, offers, matches and engagements, and the jobs that score them."""

from .attachment import Attachment
from .clock import Clock, ClockLength, Reminder
from .engagement import Appraisal, Engagement
from .match import Match
from .offer import Offer, OfferItem
from .request import Component, CooperationRequest, FormerHolding, Language
from .round import AllocationRound
from .scoring import MatchRun, MatchWeights, OfferRun, PreviewRun, SupplyRevision

__all__ = [
    "AllocationRound",
    "Appraisal",
    "Attachment",
    "Clock",
    "ClockLength",
    "Component",
    "CooperationRequest",
    "Engagement",
    "FormerHolding",
    "Language",
    "Match",
    "MatchRun",
    "MatchWeights",
    "Offer",
    "OfferItem",
    "OfferRun",
    "PreviewRun",
    "Reminder",
    "SupplyRevision",
]
