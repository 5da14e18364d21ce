from centres.models.centre import Coverage, Hosting, SupportCentre
from centres.models.names import LANGUAGE_CHOICES, LANGUAGES, Confidence, SixNames, fold, language_of
from centres.models.organization import Organization
from centres.models.party import Office, Party, PartyFlag, Region
from centres.models.priority import NationalPriority
from centres.models.ticket import Ticket, TicketMessage
from centres.models.vocabulary import CentreFunction, Constraint, CooperationType, Goal, Subject, Target

__all__ = [
    "LANGUAGES",
    "LANGUAGE_CHOICES",
    "CentreFunction",
    "Confidence",
    "Constraint",
    "CooperationType",
    "Coverage",
    "Goal",
    "Hosting",
    "NationalPriority",
    "Office",
    "Organization",
    "Party",
    "PartyFlag",
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
