"""The audit trail: the database refuses to change it, seals show what was changed all the same."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.actions import trail
from accounts.actions.audit import record
from accounts.models import AuditEvent, AuditSeal
from tests import factories_accounts as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def guarded():
    """The triggers, as every portal has them; the test's transaction takes them away again."""
    trail.guard()
    assert trail.is_guarded()


def happened(count, *, by=None, hours_ago=1):
    """Some events of a while ago."""
    someone = by or f.make_user()
    events = [record("tested", someone, by=someone, reason=f"Nr. {number}", number=number) for number in range(count)]
    moment = timezone.now() - timedelta(hours=hours_ago)
    AuditEvent.objects.filter(pk__in=[event.pk for event in events]).update(at=moment)
    return list(AuditEvent.objects.filter(pk__in=[event.pk for event in events]).order_by("pk"))


def refused(act):
    """Whether the database refuses; it goes on working afterwards."""
    try:
        with transaction.atomic():
            act()
    except DatabaseError as error:
        assert trail.REFUSAL in str(error)  # noqa: PT017 (either answer is an answer)
        return True
    return False


# The guard ------------------------------------------------------------------------------------------------------------

CHANGES = {
    "action": {"action": "another"}, "moment": {"at": timezone.now()}, "object": {"object_id": 4711},
    "reason": {"reason": "nicer"}, "details": {"details": {"number": 2}}, "office": {"actor_office": "another"},
    "public": {"is_public": True}, "before": {"before": "draft"},
}  # fmt: skip


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_what_happened_cannot_be_changed(guarded, changes):
    trail.unguard()
    event = happened(1)[0]
    change = AuditEvent.objects.filter(pk=event.pk)
    assert not refused(lambda: change.update(**changes))  # it could be, without the guard
    trail.guard()
    facts = change.values().get()
    assert refused(lambda: change.update(**changes | {"reason": "again", "action": "again"}))
    assert change.values().get() == facts


def test_nobody_else_is_made_the_one_who_acted(guarded):
    event, other = record("tested", f.make_user(), by=f.make_user()), f.make_user()
    assert refused(lambda: AuditEvent.objects.filter(pk=event.pk).update(actor=other))


def test_what_happened_cannot_be_deleted_or_written_over(guarded):
    event = record("tested", f.make_user(), by=None)
    assert refused(lambda: AuditEvent.objects.filter(pk=event.pk).delete())
    if connection.vendor == "sqlite":
        columns = ", ".join(column.column for column in AuditEvent._meta.concrete_fields)
        table = AuditEvent._meta.db_table
        again = f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE id = {event.pk}"
        assert refused(lambda: connection.cursor().execute(again))
    else:
        connection.check_constraints()
        assert refused(lambda: connection.cursor().execute(f"TRUNCATE {AuditEvent._meta.db_table} CASCADE"))
    assert AuditEvent.objects.filter(pk=event.pk).exists()


def test_erasing_an_account_stays_possible(guarded):
    someone = f.make_user()
    event = record("tested", f.make_user(), by=someone)
    someone.delete()
    assert AuditEvent.objects.get(pk=event.pk).actor is None


def test_a_seal_cannot_be_changed_or_deleted(guarded):
    AuditSeal.objects.create(number=1, spans=[[1, 1]], count=1, without_actor=0, digest="a", actors_digest="b")
    assert refused(lambda: AuditSeal.objects.update(digest="c"))
    assert refused(lambda: AuditSeal.objects.all().delete())


def test_the_guard_can_be_put_up_again_and_lifted_for_a_while(guarded):
    trail.guard()
    event = record("tested", f.make_user(), by=None)
    with trail.unguarded():
        AuditEvent.objects.filter(pk=event.pk).update(reason="of the demo")
    assert trail.is_guarded()
    trail.unguard()
    with trail.unguarded():
        pass
    assert not trail.is_guarded()


# Seals ----------------------------------------------------------------------------------------------------------------


def test_events_are_sealed_once_and_young_ones_wait(guarded):
    trail.unguard()
    happened(3)
    record("tested", f.make_user(), by=None)
    trail.guard()
    first = trail.seal()
    assert (first.number, first.count) == (1, 3)
    assert trail.seal() is None
    verdict = trail.verify()
    assert (verdict.faults, verdict.seals, verdict.events, verdict.unsealed) == ([], 1, 3, 1)


def test_a_large_batch_takes_several_seals_each_standing_on_the_one_before(monkeypatch, guarded):
    trail.unguard()
    happened(5)
    trail.guard()
    monkeypatch.setattr(trail, "MOST", 2)
    assert [trail.seal().count for _ in range(3)] == [2, 2, 1]
    assert trail.seal() is None
    assert trail.verify().faults == []
    assert trail.has_seal(trail.verify().last_digest)


def test_an_event_that_was_committed_late_falls_into_the_next_seal(guarded):
    trail.unguard()
    early, late, after = happened(3)
    facts = AuditEvent.objects.filter(pk=late.pk).values().get()
    AuditEvent.objects.filter(pk=late.pk).delete()
    assert trail.seal().spans == [[early.pk, early.pk], [after.pk, after.pk]]
    AuditEvent.objects.create(**facts)
    assert trail.seal().spans == [[late.pk, late.pk]]
    trail.guard()
    assert trail.verify().faults == []


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_a_seal_shows_a_change_that_went_around_the_guard(guarded, changes):
    trail.unguard()
    event = happened(3)[1]
    trail.seal()
    happened(2)
    trail.seal()
    AuditEvent.objects.filter(pk=event.pk).update(**changes)
    trail.guard()
    assert trail.verify().faults == ["Seal 1: an event was changed, or a seal before it."]


def test_a_seal_shows_what_was_deleted_slipped_in_or_given_to_another(guarded):
    trail.unguard()
    events, other = happened(4), f.make_user()
    trail.seal()
    AuditEvent.objects.filter(pk=events[1].pk).update(actor=other)
    assert trail.verify().faults[1:] == ["Seal 1: somebody else stands as the one who acted."]
    AuditEvent.objects.filter(pk=events[1].pk).delete()
    trail.guard()
    assert trail.verify().faults == ["Seal 1 holds 4 events, and 3 are there."]


def test_an_erased_account_is_a_remark_and_no_fault(guarded):
    trail.unguard()
    someone = f.make_user()
    happened(2, by=someone)
    trail.guard()
    trail.seal()
    someone.delete()
    verdict = trail.verify()
    assert verdict.faults == []
    assert verdict.remarks == ["Seal 1: the accounts behind 2 events were erased."]


def test_a_seal_that_is_missing_shows(guarded):
    trail.unguard()
    for _ in range(3):
        happened(1)
        trail.seal()
    AuditSeal.objects.filter(number=2).delete()
    trail.guard()
    assert "Seal 2 is missing." in trail.verify().faults


def test_what_nobody_sealed_for_a_day_shows(guarded):
    trail.unguard()
    happened(2, hours_ago=30)
    trail.guard()
    assert trail.verify().faults == ["2 events older than a day are not sealed. Does the worker for bulk work run?"]


def test_the_command_ends_with_an_error_at_any_fault(guarded):
    trail.unguard()
    happened(2)
    trail.guard()
    out = io.StringIO()
    call_command("verify_audit", "--seal", stdout=out)
    assert "1 seals over 2 events are good; 0 wait" in out.getvalue()
    with pytest.raises(CommandError, match="not what it was"):
        call_command("verify_audit", "--digest", "0" * 64, stdout=io.StringIO(), stderr=io.StringIO())
    trail.unguard()
    errors = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_audit", stdout=io.StringIO(), stderr=errors)
    assert "manage.py guard_audit" in errors.getvalue()
    call_command("guard_audit", stdout=io.StringIO())
    assert trail.is_guarded()
