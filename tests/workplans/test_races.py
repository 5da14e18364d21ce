"""Two people at the same moment: one is first, the other is told, nothing is overwritten and nothing happens twice."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.utils import timezone

from accounts.errors import DomainError, StaleWrite
from tests import factories as f
from tests import factories_workplans as w
from tests.requests_offers.together import together
from tests.workplans.test_pledges import PDF
from workplans.actions import comments, consultation, drafting, finalizing, pledge_money, pledges
from workplans.models import Activity, Comment, Gap, Invitation, LineIdentity, Pledge, Version

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(answers):
    return sorted(type(answer).__name__ for answer in answers)


def test_two_editors_of_one_activity():
    made = w.plan_with()
    first, second = Activity.objects.get(), Activity.objects.get()
    answers = together(
        lambda: drafting.save_activity(first, by=made.officer, data={"title": "A"}, revision=1),
        lambda: drafting.save_activity(second, by=made.head, data={"title": "B"}, revision=1),
    )
    assert kinds(answers) == ["Activity", "EditedByOther"]
    assert Activity.objects.get().title == next(one.title for one in answers if isinstance(one, Activity))
    assert any(isinstance(one, StaleWrite) for one in answers)


def test_an_edit_and_the_opening_of_the_consultation():
    """Either the edit is in the frozen document, or it is refused: never behind it."""
    made = w.plan_with()
    activity, version = Activity.objects.get(), w.again(made.version)
    together(
        lambda: drafting.save_activity(activity, by=made.officer, data={"title": "Late"}),
        lambda: consultation.open_consultation(version, by=made.head),
    )
    frozen = w.again(version)
    assert frozen.snapshot["activities"][0]["title"] == Activity.objects.get().title


def test_two_amendments_at_once_make_one_draft():
    made = w.version_in("finalized")
    versions = [w.again(made.version) for _each in range(2)]
    answers = together(
        lambda: finalizing.amend(versions[0], by=made.officer, amendment="correction"),
        lambda: finalizing.amend(versions[1], by=made.head, amendment="budget"),
    )
    assert Version.objects.count() == 2
    assert sum(isinstance(answer, DomainError) for answer in answers) == 1


def test_a_comment_and_the_finalizing_of_the_plan():
    """A comment that came in time is in the ledger, and keeps the plan from being finalized without an answer."""
    made = w.version_in("consultation")
    Invitation.objects.update(answered_at=made.version.consulted_at, verdict="support", due_on=None)

    def close_and_finalize():
        consultation.close_consultation(w.again(made.version), by=made.head)
        return finalizing.finalize(w.again(made.version), by=made.head)

    together(
        close_and_finalize,
        lambda: comments.comment(
            w.again(made.version), made.known.party, by=made.known.focal_point, text="Wait, please."
        ),
    )
    finalized = w.again(made.version).status == "finalized"
    assert finalized == (not Comment.objects.open().exists())


def test_two_stances_of_one_office_leave_one():
    made = w.version_in("consultation")
    identity = w.identity_of(Activity.objects.get())

    def stand(kind, by):
        return comments.comment(
            w.again(made.version), made.known.party, by=by, kind=kind, text="We say so.", activity=identity
        )

    together(lambda: stand("support", made.known.focal_point), lambda: stand("objection", made.known.deputy))
    assert Comment.objects.filter(withdrawn_at__isnull=True).count() == 1


def _two_donors(state="discussion"):
    """A plan that asks for 10,000 dollars in one line, and two donors who have come as far as this with it."""
    made = w.version_in("finalized")
    line, found = LineIdentity.objects.get(workplan=made.workplan), []
    for name in ("Reef fund", "Hill fund"):
        donor = f.organization(name=name)
        giver = f.donor_of(donor)
        pledge = pledges.express_interest(line, donor, by=giver, text="We look for work on lagoons.")
        pledges.discuss(pledge, by=made.head, text="Welcome.")
        if state == "commitment_claimed":
            pledge_money.pledge_amount(pledge, by=giver, amount=Decimal(8000), above_gap=True)
            pledge_money.commit(pledge, by=giver, document=BytesIO(PDF), name="commitment.pdf")
        found.append((giver, pledge.pk))
    return made, line, found


def test_two_donors_who_pledge_the_last_of_a_gap_at_once():
    """One has it; the other is told what is still open. Never more than is asked without both sides' word."""
    _made, line, people = _two_donors()

    def give(giver, pk):
        return lambda: pledge_money.pledge_amount(Pledge.objects.get(pk=pk), by=giver, amount=Decimal(10000))

    answers = together(*(give(*one) for one in people))
    assert kinds(answers) == ["DomainError", "Pledge"]
    refused = next(answer for answer in answers if isinstance(answer, DomainError))
    assert "USD\u00a00" in str(refused)
    gap = Gap.objects.get(line=line, currency="USD")
    assert (gap.pledged, gap.indicative_gap, gap.firm_gap) == (Decimal(10000), Decimal(0), Decimal(10000))
    assert sorted(Pledge.objects.values_list("status", flat=True)) == ["discussion", "pledged"]


def test_two_commitments_that_together_are_more_than_is_asked_and_two_receipts_of_one():
    """The second is confirmed only with both sides' word; money that is recorded twice at once is there once."""
    made, line, people = _two_donors("commitment_claimed")

    def confirm(pk):
        return lambda: pledge_money.confirm_commitment(Pledge.objects.get(pk=pk), by=made.head)

    assert kinds(together(*(confirm(pk) for _giver, pk in people))) == ["DomainError", "Pledge"]
    gap = Gap.objects.get(line=line, currency="USD")
    assert (gap.committed, gap.firm_gap) == (Decimal(8000), Decimal(2000))
    firm = Pledge.objects.get(status="committed")

    def receive():
        today = timezone.now().date()
        row = Pledge.objects.get(pk=firm.pk)
        return pledge_money.record_receipt(row, by=made.head, amount=Decimal(5000), received_on=today)

    assert kinds(together(receive, receive)) == ["DomainError", "Pledge"]
    assert Gap.objects.get(line=line, currency="USD").received == Decimal(5000)
