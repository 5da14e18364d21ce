"""What the network knows: sources, practices, projects, programmes and opportunities."""

from .checking import LinkCheck
from .practice import Practice
from .question import AnsweredQuestion
from .review import Decision, ProposedChange, Review, ReviewRound, Verdict
from .source import Access, Convention, Freshness, Kind, Rhythm, Source

__all__ = [
    "Access",
    "AnsweredQuestion",
    "Convention",
    "Decision",
    "Freshness",
    "Kind",
    "LinkCheck",
    "Practice",
    "ProposedChange",
    "Review",
    "ReviewRound",
    "Rhythm",
    "Source",
    "Verdict",
]
