"""Requests with their components, offers, matches and engagements, and the jobs that score them."""

from centres.models import Clock, ClockLength

from .approach import Approach, OpenCall
from .attachment import Attachment
from .clock import Reminder
from .conflict import ConflictDeclaration
from .delivery import AppraisalDue, Beneficiary, Milestone, Result
from .endorsement import Endorsement
from .engagement import Appraisal, Engagement
from .filing import Filing, FilingStatus, Mechanism
from .match import Match
from .message import Message, MessageFile
from .offer import Offer, OfferItem
from .proposal import JointProposal, ProposalLine, ProposalVersion
from .request import Component, CooperationRequest, FormerHolding, Language
from .round import AllocationRound
from .scoring import MatchRun, MatchWeights, OfferRun, PreviewRun, SupplyRevision
from .triage import Assessment, AssessmentScore, Assignment, CriteriaVersion, InternalNote, ReplyTemplate

__all__ = [
    "AllocationRound",
    "Appraisal",
    "AppraisalDue",
    "Approach",
    "Assessment",
    "AssessmentScore",
    "Assignment",
    "Attachment",
    "Beneficiary",
    "Clock",
    "ClockLength",
    "Component",
    "ConflictDeclaration",
    "CooperationRequest",
    "CriteriaVersion",
    "Endorsement",
    "Engagement",
    "Filing",
    "FilingStatus",
    "FormerHolding",
    "InternalNote",
    "JointProposal",
    "Language",
    "Match",
    "MatchRun",
    "MatchWeights",
    "Mechanism",
    "Message",
    "MessageFile",
    "Milestone",
    "Offer",
    "OfferItem",
    "OfferRun",
    "OpenCall",
    "PreviewRun",
    "ProposalLine",
    "ProposalVersion",
    "Reminder",
    "ReplyTemplate",
    "Result",
    "SupplyRevision",
]
