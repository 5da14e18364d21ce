"""Opportunities of third parties as records of the matching core: rows to candidates."""

from accounts.together import prefetch_together
from knowledge.models import Opportunity

from .matching.records import Candidate, Text, Weights

# What speaks for an opportunity: words, tags and language. Who may apply is a rule, not a degree: the rows know it.
OPPORTUNITY_WEIGHTS = Weights(
    version=1,
    values={"text": 0.40, "targets": 0.22, "subjects": 0.18, "cooperation_types": 0.15, "language": 0.05},
)


def load_opportunity_candidates() -> list[Candidate]:
    """Every open opportunity, in a fixed number of queries."""
    rows = list(Opportunity.objects.open().order_by("pk"))
    prefetch_together((rows, ("targets", "subjects", "cooperation_types")))
    return [_candidate(row) for row in rows]


def _candidate(row: Opportunity) -> Candidate:
    return Candidate(
        id=row.pk,
        organization_id=0,
        title=row.title,
        items=(Text(f"{row.title}. {row.summary}", row.language),),
        targets=frozenset(target.number for target in row.targets.all()),
        subjects=frozenset(subject.code for subject in row.subjects.all()),
        cooperation_types=frozenset(kind.code for kind in row.cooperation_types.all()),
        worldwide=True,
        languages=frozenset(row.languages),
        expires_on=row.closes_on,
    )
