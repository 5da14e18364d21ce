"""Python and SQL agree about who may do what to every kind of record of a plan."""

import pytest

from accounts.permissions import Permission, reach
from tests import factories as f
from tests import factories_workplans as w
from workplans.models import Activity, BudgetLine, Comment, Indicator, Invitation, Progress, Version, Workplan

pytestmark = pytest.mark.django_db
MODELS = (Workplan, Version, Activity, BudgetLine, Indicator, Invitation, Comment, Progress)
PERMISSIONS = [
    Permission.WORKPLAN_VIEW, Permission.WORKPLAN_EDIT, Permission.WORKPLAN_DECIDE, Permission.WORKPLAN_CONSULTED,
    Permission.WORKPLAN_COMMENT,
]  # fmt: skip


@pytest.fixture
def people(db):
    """A plan of a centre and one of the network, with something in every table; and everybody who might look."""
    known = f.everyone_known()
    for centre in ("own", "network"):
        made = w.version_in("finalized", known=known, centre=centre)
        row = w.progress_of(made)
        assert row.status == "submitted"
    asked = w.version_in("consultation", known=_another_centre(known))
    w.say(asked)
    elsewhere = f.officer_of(f.centre(f.party("FR")))
    return [
        known.officer, known.head, known.coordinator, known.focal_point, known.drafter, known.donor, known.provider,
        known.stranger, elsewhere, f.focal_point_of(f.party("TV")), f.advisor(), f.evaluator(), f.administrator(),
    ]  # fmt: skip


def _another_centre(known):
    other = f.everyone_known()
    other.centre = f.centre(known.party, name="Second centre")
    other.officer, other.head = f.officer_of(other.centre), f.head_of(other.centre)
    return other


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_both_readers_give_the_same_answer(people, permission):
    reached = set()
    for person in people:
        part = reach(person, permission)
        for model in MODELS:
            rows = set(model.objects.all())
            assert rows, model
            in_sql = set(model.objects.filter(part.as_q(model.SCOPE)))
            assert in_sql == {row for row in rows if part.covers(row)}, (model, person)
            reached |= {model} if in_sql else set()
    assert reached  # there was something to agree about
