"""Both sides in one engagement or joint proposal at the same moment: nothing is lost, nothing happens twice."""

import uuid

import pytest

from accounts.errors import DomainError, IllegalStep
from requests_offers.actions import conflicts, delivery, proposals
from requests_offers.models import ConflictDeclaration, JointProposal, Milestone, Result
from tests import factories as f
from tests.requests_offers.together import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def known(transactional_db):
    return f.everyone_known()


@pytest.fixture
def match(known):
    component = f.request_in("matching", known.party).components.get()
    return f.match_in("agreed", component=component, offer=f.offer_in("published", known.organization))


def own(record):
    """The record as another request reads it."""
    return type(record).objects.get(pk=record.pk)


def faults(answers):
    """What went wrong apart from being told that somebody was quicker."""
    return [one for one in answers if isinstance(one, Exception) and not isinstance(one, DomainError)]


def test_both_sides_begin_the_proposal_at_once_and_there_is_one(known, match):
    answers = together(
        lambda: proposals.begin(own(match), by=known.focal_point),
        lambda: proposals.begin(own(match), by=known.provider),
    )
    assert not faults(answers)
    assert JointProposal.objects.count() == 1


def test_one_approves_while_the_other_changes_and_no_changed_version_is_approved(known, match):
    proposal = f.proposal_in("proposed", match=match)
    answers = together(
        lambda: proposals.approve(own(proposal), by=known.provider, number=1),
        lambda: proposals.save(own(proposal), by=known.focal_point, data={"concept": "Something else."}),
    )
    assert not faults(answers)
    now = JointProposal.objects.get()
    assert (now.status, now.current.number) == ("draft", 2)
    assert now.current.approved_by_provider_at is None
    assert now.versions.get(number=1).concept != "Something else."


def test_a_milestone_is_done_once(known, match):
    milestone = Milestone.objects.order_by("number").first()
    answers = together(
        *[lambda by=by: delivery.finish_milestone(own(milestone), by=by, evidence="A report.")
          for by in (known.focal_point, known.provider, known.deputy)]
    )  # fmt: skip
    assert not faults(answers)
    assert sum(isinstance(one, IllegalStep) for one in answers) == 2


def test_the_form_of_a_result_sent_ten_times_makes_one(known, match):
    key = uuid.uuid4()
    said = {"title": "Open landings", "text": "Twelve.", "form_key": key}
    answers = together(*[lambda: delivery.add_result(own(match.engagement), by=known.provider, **said)] * 10)
    assert not faults(answers)
    assert Result.objects.count() == 1


def test_a_conflict_declared_ten_times_at_once_is_one(known):
    answers = together(*[lambda: conflicts.declare(known.organization, by=known.provider, with_party=known.party)] * 10)
    assert not faults(answers)
    assert ConflictDeclaration.objects.count() == 1
