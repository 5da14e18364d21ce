"""Pledges: the donor's and the centre's steps, what counts in which gap, and who sees what."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent, Notice
from accounts.permissions import Permission, can
from tests import factories as f
from tests import factories_workplans as fw
from tests import worlds
from workplans.actions import closing, pledge_money, pledges
from workplans.lifecycle import PLEDGE_STEPS, PledgeStatus
from workplans.models import BudgetLine, Gap, LineIdentity, Pledge

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


def _plan():
    """A finalized plan that asks for 10,000 dollars in one line, and a donor."""
    made = fw.version_in("finalized")
    made.donor = f.organization(name="Reef fund")
    made.giver = f.donor_of(made.donor)
    made.line = LineIdentity.objects.get(workplan=made.workplan)
    made.activity = BudgetLine.objects.get(identity=made.line, activity__version=made.version).activity.identity
    return made


built, plan = worlds.shared(_plan)


def interest(plan, thing=None, **more):
    return pledges.express_interest(
        thing or plan.line, plan.donor, by=plan.giver, text="We look for work on lagoons.", **more
    )


def paper(name="commitment.pdf", content=PDF):
    return {"document": BytesIO(content), "name": name}


def pledge_in(state, plan, *, amount="4000.00", thing=None, **more):
    """A pledge in one of its states, reached through the steps."""
    made = interest(plan, thing)
    path = {
        "interest": [],
        "refused": ["refuse"],
        "withdrawn": ["withdraw"],
        "lapsed": ["lapse"],
        "discussion": ["discuss"],
        "pledged": ["discuss", "pledge"],
        "commitment_claimed": ["discuss", "pledge", "commit"],
        "committed": ["discuss", "pledge", "commit", "confirm_commitment"],
        "part_received": ["discuss", "pledge", "commit", "confirm_commitment", "part"],
        "received": ["discuss", "pledge", "commit", "confirm_commitment", "record_receipt"],
    }[state]
    for name in path:
        take(made, name, plan, amount=amount, **more)
    made = Pledge.objects.get(pk=made.pk)
    assert made.status == state
    return made


def take(pledge, name, plan, *, by="right", amount="4000.00", **more):
    """Take a step as whoever has the right to it, or as somebody else."""
    money = Decimal(amount)
    today = timezone.now().date()
    who = {
        "discuss": plan.head, "pledge": plan.giver, "commit": plan.giver, "confirm_commitment": plan.head,
        "record_receipt": plan.head, "part": plan.head, "refuse": plan.head, "withdraw": plan.giver,
    }.get(name) if by == "right" else by  # fmt: skip
    acts = {
        "discuss": lambda: pledges.discuss(pledge, by=who, text="Welcome."),
        "pledge": lambda: pledge_money.pledge_amount(pledge, by=who, amount=money, **more),
        "commit": lambda: pledge_money.commit(pledge, by=who, **paper()),
        "confirm_commitment": lambda: pledge_money.confirm_commitment(pledge, by=who),
        "record_receipt": lambda: pledge_money.record_receipt(pledge, by=who, amount=money, received_on=today),
        "part": lambda: pledge_money.record_receipt(pledge, by=who, amount=money / 4, received_on=today),
        "refuse": lambda: pledge_money.refuse(pledge, by=who, reason_code="rules"),
        "withdraw": lambda: pledge_money.withdraw(pledge, by=who, reason_code="budget"),
        "lapse": lambda: (_let_pass(pledge), pledge_money.lapse(pledge, timezone.now())),
    }
    return acts[name]()


def _let_pass(pledge):
    now = timezone.now()
    Pledge.objects.filter(pk=pledge.pk).update(stepped_at=now - timedelta(days=181), warned_at=now - timedelta(days=15))


def gaps(plan, thing=None):
    """Firm and indicative gap of the line, the activity and the plan."""
    rows = Gap.objects.filter(workplan=plan.workplan, currency="USD").order_by("pk")
    return {
        "line" if row.line_id else "activity" if row.activity_id else "workplan": (row.firm_gap, row.indicative_gap)
        for row in rows
    }


# The table: every step × state × person -------------------------------------------------------------------------------

PEOPLE = {
    "donor": lambda plan: plan.giver,
    "head": lambda plan: plan.head,
    "officer": lambda plan: plan.officer,
    "coordinator": lambda plan: f.coordinator(),
    "another donor": lambda plan: f.donor_of(f.organization(name="Hill fund")),
    "another head": lambda plan: f.head_of(f.centre()),
    "focal point": lambda plan: plan.known.focal_point,
}


@pytest.mark.parametrize("state", PledgeStatus.values)
def test_each_step_is_open_where_the_table_says_so_and_to_nobody_else(plan, state):
    made = pledge_in(state, plan)
    for person, who in PEOPLE.items():
        someone = who(plan)
        expected = {
            step.name
            for step in PLEDGE_STEPS.values()
            if state in step.sources and step.permission and can(someone, step.permission, made)
        }
        assert {step.name for step in pledges.open_steps(made, someone)} == expected, person
    rights = {"donor": {"withdraw"}, "head": {"refuse"}, "another donor": set(), "another head": set()}
    if state == "interest":
        assert {s.name for s in pledges.open_steps(made, plan.giver)} == rights["donor"] | {"discuss"}
        assert {s.name for s in pledges.open_steps(made, plan.head)} == rights["head"] | {"discuss"}
        assert not pledges.open_steps(made, PEOPLE["another donor"](plan))


@pytest.mark.parametrize("state", PledgeStatus.values)
def test_a_step_from_a_state_that_does_not_lead_on_is_refused(plan, state):
    made = pledge_in(state, plan)
    for name in [name for name, step in PLEDGE_STEPS.items() if not step.clock]:
        with transaction.atomic():
            take_or_be_refused(Pledge.objects.get(pk=made.pk), name, plan, state)
            transaction.set_rollback(True)


def take_or_be_refused(pledge, name, plan, state):
    if state not in PLEDGE_STEPS[name].sources:
        with pytest.raises(IllegalStep):
            take(pledge, name, plan)
        assert Pledge.objects.get(pk=pledge.pk).status == state
        return
    take(pledge, name, plan, amount="3000.00" if state == "part_received" else "4000.00")
    assert Pledge.objects.get(pk=pledge.pk).status != state or not PLEDGE_STEPS[name].target


def test_nobody_else_takes_a_step(plan):
    made = {
        state: pledge_in(state, plan, amount="100.00")
        for state in ("committed", "commitment_claimed", "pledged", "discussion")
    }
    made["interest"] = interest(plan, plan.activity)
    for name, state, person in WRONG_PEOPLE:
        with pytest.raises(NotAllowed):
            take(made[state], name, plan, by=PEOPLE[person](plan))
        assert Pledge.objects.get(pk=made[state].pk).status == state, (name, person)


WRONG_PEOPLE = [
    ("discuss", "interest", "another head"),
    ("discuss", "interest", "another donor"),
    ("discuss", "interest", "focal point"),
    ("pledge", "discussion", "head"),
    ("pledge", "discussion", "another donor"),
    ("commit", "pledged", "head"),
    ("confirm_commitment", "commitment_claimed", "donor"),
    ("confirm_commitment", "commitment_claimed", "officer"),
    ("confirm_commitment", "commitment_claimed", "coordinator"),
    ("record_receipt", "committed", "donor"),
    ("refuse", "pledged", "officer"),
    ("withdraw", "pledged", "head"),
]


# What counts ----------------------------------------------------------------------------------------------------------


def test_the_gaps_follow_each_step(plan):
    asked = (Decimal("10000.00"), Decimal("10000.00"))
    assert gaps(plan) == {"line": asked, "activity": asked, "workplan": asked}
    made = interest(plan)
    take(made, "discuss", plan)
    assert gaps(plan)["line"] == asked, "interest and discussion never count"
    take(made, "pledge", plan)
    assert set(gaps(plan).values()) == {(Decimal("10000.00"), Decimal("6000.00"))}
    take(made, "commit", plan)
    assert set(gaps(plan).values()) == {(Decimal("10000.00"), Decimal("6000.00"))}
    take(made, "confirm_commitment", plan)
    assert set(gaps(plan).values()) == {(Decimal("6000.00"), Decimal("6000.00"))}
    take(made, "part", plan)
    row = Gap.objects.get(line=plan.line, currency="USD")
    assert (row.received, row.committed, row.pledged) == (Decimal("1000.00"), Decimal("3000.00"), Decimal("0.00"))
    pledge_money.record_receipt(made, by=plan.head, amount=Decimal(3000), received_on=timezone.now().date())
    made.refresh_from_db()
    assert made.status == "received"
    assert set(gaps(plan).values()) == {(Decimal("6000.00"), Decimal("6000.00"))}


@pytest.mark.parametrize("end", ["refuse", "withdraw", "lapse"])
def test_a_pledge_that_ends_opens_the_gap_again(plan, end):
    made = pledge_in("pledged", plan)
    take(made, end, plan)
    assert gaps(plan)["line"] == (Decimal("10000.00"), Decimal("10000.00"))


def test_a_pledge_for_the_whole_leaves_the_gap_of_the_line(plan):
    pledge_in("committed", plan, thing=plan.workplan)
    found = gaps(plan)
    assert found["line"] == found["activity"] == (Decimal("10000.00"), Decimal("10000.00"))
    assert found["workplan"] == (Decimal("6000.00"), Decimal("6000.00"))


def test_more_than_the_gap_needs_both_words(plan):
    made = pledge_in("discussion", plan)
    with pytest.raises(DomainError, match="10,000"):
        take(made, "pledge", plan, amount="12000.00")
    made.refresh_from_db()
    assert (made.status, made.amount) == ("discussion", None)
    take(made, "pledge", plan, amount="12000.00", above_gap=True)
    take(made, "commit", plan)
    with pytest.raises(DomainError):
        pledge_money.confirm_commitment(made, by=plan.head)
    pledge_money.confirm_commitment(made, by=plan.head, above_gap=True)
    assert gaps(plan)["line"] == (Decimal(0), Decimal(0))


def test_a_commitment_that_others_overtook_waits_for_the_donors_word(plan):
    first = pledge_in("commitment_claimed", plan, amount="8000.00")
    other = pledge_in_of_another(plan, amount="2000.00")
    take(other, "commit", other.plan_of_test)
    Pledge.objects.filter(pk=other.pk).update(amount=Decimal(6000))
    pledge_money.confirm_commitment(other, by=plan.head)
    with pytest.raises(DomainError):
        pledge_money.confirm_commitment(first, by=plan.head, above_gap=True)
    pledge_money.allow_above_gap(first, by=plan.giver)
    pledge_money.confirm_commitment(first, by=plan.head, above_gap=True)
    assert gaps(plan)["line"] == (Decimal(0), Decimal(0))


def pledge_in_of_another(plan, *, amount):
    """A pledge of another donor for the same line."""
    from types import SimpleNamespace

    donor = f.organization(name="Hill fund")
    other = SimpleNamespace(**(vars(plan) | {"donor": donor, "giver": f.donor_of(donor)}))
    made = pledge_in("pledged", other, amount=amount)
    made.plan_of_test = other
    return made


def test_receipts_never_exceed_the_commitment(plan):
    made = pledge_in("committed", plan)
    with pytest.raises(DomainError, match="4,000"):
        take(made, "record_receipt", plan, amount="4000.01")
    assert not made.receipts.exists()


def test_a_receipt_sent_twice_is_one(plan):
    made, key = pledge_in("committed", plan), "3f2b7f3e-1111-4222-8333-444455556666"
    for _each in range(2):
        pledge_money.record_receipt(
            made, by=plan.head, amount=Decimal(10), received_on=timezone.now().date(), form_key=key
        )
    assert made.receipts.count() == 1


def test_currencies_never_mix_without_a_dated_rate(plan):
    made = pledge_in("discussion", plan)
    with pytest.raises(DomainError):
        take(made, "pledge", plan, currency="EUR")
    rate = {"rate_to_usd": Decimal("1.10"), "rate_on": timezone.now().date(), "rate_source": "UN operational rate"}
    take(made, "pledge", plan, currency="EUR", **rate)
    row = Gap.objects.get(line=plan.line, currency="USD")
    assert (row.pledged, row.indicative_gap) == (Decimal("4400.00"), Decimal("5600.00"))


# Once, and on the record ----------------------------------------------------------------------------------------------


def test_interest_sent_many_times_is_one_pledge(plan):
    found = {interest(plan).pk for _each in range(5)}
    assert len(found) == 1
    assert Pledge.objects.count() == 1


def test_only_what_is_public_and_open_can_be_pledged_for(plan):
    closing.close_plan(fw.again(plan.version), by=plan.head, text="It went well.")
    plan.line = LineIdentity.objects.get(pk=plan.line.pk)
    with pytest.raises(DomainError):
        interest(plan)


def test_an_unmet_request_can_be_pledged_for_and_others_not(plan):
    unmet = f.request_in("unmet", plan.known.party)
    made = interest(plan, unmet)
    assert made.centre == unmet.centre
    take(made, "discuss", plan, by=f.head_of(unmet.centre))
    pledge_money.pledge_amount(made, by=plan.giver, amount=Decimal(500))
    assert made.status == "pledged"
    with pytest.raises(DomainError):
        interest(plan, f.request_in("matching", plan.known.party))


def test_each_step_leaves_a_trace_and_tells_the_other_side(plan):
    made = pledge_in("committed", plan)
    events = AuditEvent.objects.filter(object_type="workplans.pledge", object_id=made.pk)
    names = list(events.order_by("pk").values_list("action", flat=True))
    assert names == ["express_interest", "discuss", "pledge", "commit", "confirm_commitment"]
    told = Notice.objects.filter(event__in=events)
    assert set(told.filter(kind="pledge_express_interest").values_list("recipient", flat=True)) >= {plan.officer.pk}
    assert list(told.filter(kind="pledge_confirm_commitment").values_list("recipient", flat=True)) == [plan.giver.pk]


def test_the_clock_warns_and_then_lapses(plan):
    made, now = pledge_in("pledged", plan), timezone.now()
    assert not pledge_money.due_pledges(now)
    late = now + timedelta(days=167)
    [(act, found)] = pledge_money.due_pledges(late)
    act(found, late)
    assert not pledge_money.due_pledges(late), "warned once"
    end = now + timedelta(days=182)
    [(act, found)] = pledge_money.due_pledges(end)
    act(found, end)
    made.refresh_from_db()
    assert made.status == "lapsed"
    assert Notice.objects.filter(kind="pledge_lapse", recipient=plan.giver).count() == 1


def test_what_is_firm_never_lapses(plan):
    pledge_in("committed", plan)
    assert not pledge_money.due_pledges(timezone.now() + timedelta(days=4000))


# Who sees what --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", PledgeStatus.values)
def test_interest_and_discussion_are_between_the_two(plan, client, state):
    made = pledge_in(state, plan)
    public = state in {"pledged", "commitment_claimed", "committed", "part_received", "received"}
    assert Pledge.objects.visible_to(PEOPLE["another donor"](plan)).contains(made) is public
    for inside in (plan.giver, plan.head, plan.officer, f.coordinator()):
        assert Pledge.objects.visible_to(inside).contains(made)
    client.force_login(PEOPLE["another donor"](plan))
    page = client.get(made.get_absolute_url())
    assert page.status_code == (200 if public else 404)


def test_an_anonymous_pledge_is_in_the_sums_and_nowhere_else(plan):
    made = pledge_in("pledged", plan, is_anonymous=True)
    assert not Pledge.objects.visible_to(PEOPLE["another donor"](plan)).contains(made)
    assert gaps(plan)["line"][1] == Decimal("6000.00")


def test_others_see_no_talk_and_no_papers(plan, client):
    made = pledge_in("committed", plan)
    document = made.documents.get()
    client.force_login(PEOPLE["another donor"](plan))
    page = client.get(made.get_absolute_url()).content.decode()
    assert "Welcome." not in page
    assert "commitment.pdf" not in page
    address = reverse("pledge_document", args=[made.reference, document.pk])
    assert client.get(address).status_code == 404
    client.force_login(plan.head)
    assert b"".join(client.get(address).streaming_content) == PDF


# Pages ----------------------------------------------------------------------------------------------------------------


def test_the_whole_way_on_the_pages(plan, client):
    client.force_login(plan.giver)
    reference = f"BL-{plan.line.pk:06d}"
    begin = reverse("pledge_new") + f"?for={reference}"
    assert client.get(begin).status_code == 200
    client.post(begin, {"text": "What would it take?", "language": "en"})
    made = Pledge.objects.get()
    at = made.get_absolute_url()
    client.force_login(plan.head)
    client.post(reverse("pledge_say", args=[made.reference]), {"text": "Two boats.", "language": "en"})
    client.force_login(plan.giver)
    assert "Two boats." in client.get(at).content.decode()
    wrong = client.post(f"{at}pledge/", {"amount": "84.000,5", "currency": "USD"})
    assert "84.000,5" in wrong.content.decode(), "nothing typed is lost"
    client.post(f"{at}pledge/", {"amount": "4,000", "currency": "usd"})
    client.post(f"{at}commit/", {"document": named(PDF)})
    client.force_login(plan.head)
    client.post(f"{at}confirm_commitment/", {})
    client.post(f"{at}record_receipt/", {"amount": "1 000", "received_on": str(timezone.now().date())})
    made.refresh_from_db()
    assert (made.status, made.amount) == ("part_received", Decimal("4000.00"))
    assert client.get(at).status_code == 200
    assert client.get(reverse("pledge_list")).status_code == 200


def named(content):
    file = BytesIO(content)
    file.name = "commitment.pdf"
    return file


@pytest.mark.parametrize("reference", ["", "BL-999999", "ACT-000000", "WP-1999-none", "REQ-000001", "x" * 300])
def test_a_reference_of_nothing_is_not_found(plan, client, reference):
    client.force_login(plan.giver)
    assert client.get(reverse("pledge_new"), {"for": reference}).status_code == 404


def test_the_list_asks_the_same_number_of_questions_whatever_its_length(plan, client):
    client.force_login(plan.head)
    pledge_in("pledged", plan, amount="100.00")
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(reverse("pledge_list"))
    for name in ("Hill fund", "Sand fund"):
        donor = f.organization(name=name)
        plan.donor, plan.giver = donor, f.donor_of(donor)
        pledge_in("pledged", plan, amount="100.00")
    with CaptureQueriesContext(connection) as three:
        client.get(reverse("pledge_list"))
    assert len(one) == len(three)


def test_pledge_rights_are_those_of_the_table():
    assert {p for p in Permission if p.startswith("pledge_")} == {
        Permission.PLEDGE_VIEW, Permission.PLEDGE_TALK, Permission.PLEDGE_MAKE, Permission.PLEDGE_CONFIRM,
    }  # fmt: skip
