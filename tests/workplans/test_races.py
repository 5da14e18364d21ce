"""Two people at the same moment: one is first, the other is told, nothing is overwritten and nothing happens twice."""

import pytest

from accounts.errors import DomainError, StaleWrite
from tests import factories_workplans as w
from tests.requests_offers.together import together
from workplans.actions import comments, consultation, drafting, finalizing
from workplans.models import Activity, Comment, Invitation, Version

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
