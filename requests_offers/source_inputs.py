"""Sources of the compendium as records of the matching core: rows to candidates, needs without what offers alone have."""

from dataclasses import replace
from datetime import date

from accounts.together import prefetch_together
from knowledge.models import Source

from .match_inputs import load_needs
from .matching.records import Candidate, Need, Text, Weights

# What speaks for a source: words, targets, subjects, region and language. Forms of cooperation, dates and costs are
# those of offers, and a source for the whole world is no worse than one for the region.
SOURCE_WEIGHTS = Weights(
    version=1, values={"text": 0.45, "targets": 0.2, "subjects": 0.2, "region": 0.1, "language": 0.05}
)


def load_source_candidates() -> list[Candidate]:
    """Every source in the compendium that can be reached, in a fixed number of queries."""
    rows = list(Source.objects.filter(status="published").order_by("pk"))
    prefetch_together((rows, ("targets", "subjects", "regions")))
    return [_candidate(source) for source in rows]


def _candidate(source: Source) -> Candidate:
    return Candidate(
        id=source.pk,
        organization_id=0,
        title=source.name,
        items=(Text(source.description, source.language),),
        targets=frozenset(target.number for target in source.targets.all()),
        subjects=frozenset(subject.code for subject in source.subjects.all()),
        regions=frozenset(region.code for region in source.regions.all()),
        worldwide=source.worldwide,
        languages=frozenset(source.languages),
    )


def load_needs_for_sources(components, as_of: date) -> list[Need]:
    """The needs of these components, without what keeps offers and not sources from fitting."""
    return [
        replace(
            need,
            cooperation_types=frozenset(),
            modality="",
            starts_on=None,
            ends_on=None,
            budget="",
            own_organizations=frozenset(),
            conflicts=frozenset(),
            excluded_offers=frozenset(),
            consent_required=False,
        )
        for need in load_needs(components, as_of)
    ]
