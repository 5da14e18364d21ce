"""Sources of the compendium as records of the matching core, and needs without what offers alone have."""

from accounts.together import prefetch_together
from knowledge.models import Source

from .match_inputs import region_codes, texts_of
from .matching.records import Candidate, Need, Text, Weights
from .models import Component

# What speaks for a source: words, targets, subjects, region and language. Forms of cooperation, dates and costs are
# those of offers, and a source for the whole world is no worse than one for the region.
SOURCE_WEIGHTS = Weights(
    version=1, values={"text": 0.45, "targets": 0.2, "subjects": 0.2, "region": 0.1, "language": 0.05}
)


def load_sources() -> dict[int, Source]:
    """Every source in the compendium that can be reached, with its words, in a fixed number of queries."""
    rows = list(Source.objects.filter(status="published").order_by("pk"))
    prefetch_together((rows, ("targets", "subjects", "regions")))
    return {row.pk: row for row in rows}


def candidate_of(source: Source) -> Candidate:
    """One source as the scorer sees it. One for some regions alone is of no use elsewhere: it is not shown there."""
    regions = frozenset(region.code for region in source.regions.all())
    return Candidate(
        id=source.pk,
        organization_id=0,
        title=source.name,
        items=(Text(source.description, source.language),),
        targets=frozenset(target.number for target in source.targets.all()),
        subjects=frozenset(subject.code for subject in source.subjects.all()),
        regions=regions,
        eligible_regions=frozenset() if source.worldwide else regions,
        worldwide=source.worldwide,
        languages=frozenset(source.languages),
    )


def need_of(component: Component) -> Need:
    """A need as a source may answer it; reads what a page has fetched already, the regions of its Party included.

    The words of the whole request stand beside those of the need: sources are about a field, not about a step.
    """
    request, party = component.request, component.request.party
    whole = [Text(part, request.language) for part in (request.title, request.summary) if part.strip()]
    return Need(
        id=component.pk,
        texts=tuple(dict.fromkeys((*texts_of(component), *whole))),
        targets=frozenset(target.number for target in component.targets.all()),
        subjects=frozenset(subject.code for subject in component.subjects.all()),
        parties=frozenset({party.iso2}),
        regions=frozenset(region_codes(party)),
        languages=frozenset(component.languages),
    )
