"""What the network knows: sources, practices, projects, programmes and opportunities."""

from .checking import LinkCheck
from .commitment import Commitment, KeyPlayer
from .opportunity import Opportunity
from .practice import Practice
from .programme import Programme
from .project import Funding, Phase, Project
from .question import AnsweredQuestion
from .review import Decision, ProposedChange, Review, ReviewRound, Verdict
from .source import Access, Convention, Freshness, Kind, Rhythm, Source
from .submission import Submission, SubmitterMail

__all__ = [
    "Access",
    "AnsweredQuestion",
    "Commitment",
    "Convention",
    "Decision",
    "Freshness",
    "Funding",
    "KeyPlayer",
    "Kind",
    "LinkCheck",
    "Opportunity",
    "Phase",
    "Practice",
    "Programme",
    "Project",
    "ProposedChange",
    "Review",
    "ReviewRound",
    "Rhythm",
    "Source",
    "Submission",
    "SubmitterMail",
    "Verdict",
]
