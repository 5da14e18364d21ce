"""The coverage matrices are what one counts by hand, on random compendia and on the rows of the database."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import coverage
from knowledge.coverage import Covering
from knowledge.covered import covering_sources
from tests import factories as f
from tests.knowledge.compendium import source_in

TARGETS, REGIONS, KINDS = range(1, 6), ["A", "B", "C"], ["dataset", "tool"]
targets = st.frozensets(st.sampled_from(TARGETS), max_size=3)
regions = st.none() | st.frozensets(st.sampled_from([*REGIONS, "elsewhere"]), max_size=3)
compendia = st.lists(st.builds(Covering, targets, st.sampled_from(KINDS), regions), max_size=12)


@settings(max_examples=40, deadline=None)
@given(compendia, st.integers(1, 4), st.booleans())
def test_matrices_and_gaps_are_what_one_counts_by_hand(sources, few, own):
    by_region = coverage.by_region(TARGETS, REGIONS, sources)
    by_kind = coverage.by_kind(TARGETS, KINDS, sources)
    counted = {}
    for target in TARGETS:
        mine = [source for source in sources if target in source.targets]
        for region in REGIONS:
            here = [one for one in mine if one.regions is None or region in one.regions]
            apart = [one for one in here if one.regions is not None]
            assert (by_region[target, region].sources, by_region[target, region].own) == (len(here), len(apart))
            counted[target, region] = len(apart) if own else len(here)
        for kind in KINDS:
            assert by_kind[target, kind].sources == sum(one.kind == kind for one in mine)
    gaps = coverage.gaps(by_region, own=own, few=few)
    assert {(gap.target, gap.column): gap.sources for gap in gaps} == {
        place: number for place, number in counted.items() if number < few
    }
    assert [gap.sources for gap in gaps] == sorted(gap.sources for gap in gaps)


@pytest.mark.django_db
def test_a_source_for_a_region_covers_its_parts_and_counts_in_what_it_is_a_part_of():
    world, part = f.region("009"), f.region("054")
    assert part.parent == world
    source_in(worldwide=False, regions=[part])
    source_in(worldwide=False, regions=[world])
    source_in("suggested")
    cells = coverage.by_region([6], ["009", "054", "002"], covering_sources())
    assert [cells[6, code].own for code in ("009", "054", "002")] == [2, 2, 0]
