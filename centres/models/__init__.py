from centres.models.centre import Coverage, Hosting, SupportCentre
from centres.models.clock import Clock, ClockLength
from centres.models.names import LANGUAGE_CHOICES, LANGUAGES, Confidence, SixNames, fold, language_of
from centres.models.organization import Organization
from centres.models.party import Office, Party, PartyFlag, Region
from centres.models.priority import NationalPriority
from centres.models.profile import Expert, Expertise, LanguageSkill, NetworkTie, PastWork
from centres.models.ticket import Ticket, TicketMessage
from centres.models.vocabulary import (
    BeneficiaryGroup,
    CentreFunction,
    Constraint,
    CooperationType,
    Goal,
    Subject,
    Target,
)

__all__ = [
    "LANGUAGES",
    "LANGUAGE_CHOICES",
    "BeneficiaryGroup",
    "CentreFunction",
    "Clock",
    "ClockLength",
    "Confidence",
    "Constraint",
    "CooperationType",
    "Coverage",
    "Expert",
    "Expertise",
    "Goal",
    "Hosting",
    "LanguageSkill",
    "NationalPriority",
    "NetworkTie",
    "Office",
    "Organization",
    "Party",
    "PartyFlag",
    "PastWork",
    "Region",
    "SixNames",
    "Subject",
    "SupportCentre",
    "Target",
    "Ticket",
    "TicketMessage",
    "fold",
    "language_of",
]
