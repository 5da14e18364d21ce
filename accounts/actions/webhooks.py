"""Webhooks: made and changed by whoever owns them, filled from the feed of changes, called with patience, paused."""

import json
import logging
import uuid
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import feed
from ..errors import IllegalStep
from ..models import Job, User, Webhook, WebhookDelivery
from ..models.webhook import OVERLAP, new_salt
from ..outbox import nudge
from ..webhooks import calling, signing, targets
from . import following
from .audit import record
from .jobs import perform
from .notices import tell

log = logging.getLogger(__name__)
MOST_OF_ONE = 20  # webhooks of one person or service account
AT_ONCE = 100
ROUNDS = 20
PATIENCE = timedelta(days=3)
TEST = "webhook.test"
OWNER, FAILURES, GONE, NO_OWNER = "owner", "failures", "gone", "no_owner"
PAUSED = "The webhook is paused."
PATH = "/my/api/"

REFUSALS = {
    "scheme": gettext_lazy("Begin the address with https://."),
    "inside": gettext_lazy("This address leads into a private network. Give one that is reachable from everywhere."),
    "port": gettext_lazy("Use the usual port, or one from 1024."),
    "odd": gettext_lazy("Write a plain address such as https://example.org/hooks, without a user name or a fragment."),
}


def _may_call_this_machine() -> bool:
    """Only trials may: whatever the setting says, no other portal calls its own machine."""
    return bool(settings.WEBHOOK_LOOPBACK) and settings.TSC_MODE == "test"


def check_address(url: str) -> None:
    """Raise ValidationError, with a sentence, for an address that will never be called."""
    loopback = _may_call_this_machine()
    try:
        targets.parse(url, plain=loopback, loopback=loopback)
    except targets.Refused as refusal:
        raise ValidationError(REFUSALS[str(refusal)], code="refused") from None


# What owners do -------------------------------------------------------------------------------------------------------


@transaction.atomic
def make_webhook(owner: User, *, by: User, organization: Any = None, **said: Any) -> Webhook:
    """A new webhook that tells `owner`'s systems of what happens from now on. Its secret is read from `made.secret`."""
    check_address(said["url"])
    User.objects.select_for_update().filter(pk=owner.pk).first()
    if owner.webhooks.count() >= MOST_OF_ONE:
        raise IllegalStep(_("There are as many webhooks as there can be. Delete one that is not needed any more."))
    made = Webhook.objects.create(
        owner=owner, organization=organization, cursor=following.newest(), is_example=owner.is_example, **said
    )
    record("webhook_made", made, by=by, types=made.types)
    return made


@transaction.atomic
def change_webhook(webhook: Webhook, *, by: User, **said: Any) -> Webhook:
    """Change address, name or filters."""
    if "url" in said:
        check_address(said["url"])
    _lock(webhook)
    for name, value in said.items():
        setattr(webhook, name, value)
    webhook.save(update_fields=list(said))
    record("webhook_changed", webhook, by=by, fields=sorted(said))
    return webhook


@transaction.atomic
def rotate_secret(webhook: Webhook, *, by: User) -> Webhook:
    """A new secret. For a day both sign, so that the receiver can change over without losing anything."""
    _lock(webhook)
    webhook.former_salt, webhook.former_until = webhook.salt, timezone.now() + OVERLAP
    webhook.salt = new_salt()
    webhook.save(update_fields=["salt", "former_salt", "former_until"])
    record("webhook_secret_rotated", webhook, by=by)
    return webhook


@transaction.atomic
def pause_webhook(webhook: Webhook, *, by: User | None, because: str = OWNER) -> None:
    """Stop calling. Nothing is lost: what happens meanwhile is told when it is resumed, within the year."""
    _lock(webhook)
    if not webhook.is_active:
        raise IllegalStep(_("This webhook is paused already."), ["resume"])
    webhook.state, webhook.paused_because = Webhook.State.PAUSED, because
    webhook.save(update_fields=["state", "paused_because"])
    event = record("webhook_paused", webhook, by=by, reason_code=because)
    if because != OWNER:
        _tell_of_pause(webhook, event)


def _tell_of_pause(webhook: Webhook, event: Any) -> None:
    tell(
        [webhook.owner, *_caretakers(webhook)],
        event,
        kind="webhook_paused",
        subject=gettext_lazy("The webhook “%(name)s” is paused"),
        text=gettext_lazy(
            "Its receiver did not take what we sent for three days, or said that it is gone. Nothing is lost: mend the "
            "receiver, send a test, and resume the webhook; then everything comes that happened meanwhile."
        ),
        path=format_lazy("{}", PATH),
        params={"name": webhook.name},
    )


def _caretakers(webhook: Webhook) -> Iterable[User]:
    """Those who look after the service accounts of an organization; the account itself reads no mail."""
    if webhook.organization_id is None:
        return []
    return User.objects.filter(
        is_active=True, is_service=False, memberships__organization=webhook.organization_id
    ).distinct()


@transaction.atomic
def resume_webhook(webhook: Webhook, *, by: User) -> None:
    """Call again, from where it was paused."""
    _lock(webhook)
    if webhook.is_active:
        raise IllegalStep(_("This webhook is active already."), ["pause"])
    missed = Q(error=PAUSED)
    if webhook.failing_since:  # what had its last try just before the pause
        missed |= Q(finished_at__gte=webhook.failing_since)
    waiting = webhook.deliveries.filter(missed, state=Job.State.FAILED).exclude(event_type=TEST)
    webhook.state, webhook.paused_because, webhook.failing_since = Webhook.State.ACTIVE, "", None
    webhook.save(update_fields=["state", "paused_because", "failing_since"])
    record("webhook_resumed", webhook, by=by)
    for delivery in list(waiting.order_by("pk")):
        _queue(delivery)


@transaction.atomic
def delete_webhook(webhook: Webhook, *, by: User) -> None:
    """Forget a webhook and what it was told."""
    record("webhook_deleted", webhook, by=by)
    webhook.delete()


@transaction.atomic
def send_test(webhook: Webhook, *, by: User) -> WebhookDelivery:
    """Send an event that says only that it is a test, also while the webhook is paused. One that waits serves again:
    the button is no engine that floods somebody else.
    """
    _lock(webhook)
    waiting = webhook.deliveries.filter(event_type=TEST, state__in=[Job.State.QUEUED, Job.State.RUNNING])
    if there := waiting.order_by("pk").first():
        return there
    payload = _payload(TEST, {"webhook": webhook.pk, "text": "This is a test."})
    made = WebhookDelivery.objects.create(
        webhook=webhook, event_id=f"test_{uuid.uuid4().hex}", event_type=TEST, payload=payload
    )
    record("webhook_tested", webhook, by=by, delivery=made.pk)
    nudge(made)
    return made


@transaction.atomic
def replay(delivery: WebhookDelivery, *, by: User) -> WebhookDelivery:
    """Send something again, under the same id: whoever took it before can tell."""
    locked = WebhookDelivery.objects.select_for_update().get(pk=delivery.pk)
    if locked.state in (Job.State.QUEUED, Job.State.RUNNING):
        raise IllegalStep(_("This is being sent already."))
    record("webhook_replayed", locked.webhook, by=by, delivery=locked.pk)
    _queue(locked)
    return locked


def _queue(delivery: WebhookDelivery) -> None:
    """Try again from the beginning."""
    delivery.state, delivery.attempt, delivery.error = Job.State.QUEUED, 0, ""
    delivery.due_at, delivery.nudged_at, delivery.finished_at = timezone.now(), None, None
    delivery.save(update_fields=["state", "attempt", "error", "due_at", "nudged_at", "finished_at"])
    nudge(delivery)


def _lock(webhook: Webhook) -> None:
    webhook.refresh_from_db(from_queryset=Webhook.objects.select_for_update())


# From the feed to the deliveries --------------------------------------------------------------------------------------


def fan_out() -> int:
    """Queue what each active webhook has not been told yet; returns how many deliveries. Safe to call by several."""
    behind = Webhook.objects.active().filter(cursor__lt=following.newest()).order_by("pk")
    return sum(_fan_out_or_log(webhook) for webhook in behind)


def _fan_out_or_log(webhook: Webhook) -> int:
    """One webhook that cannot be filled must not keep the others waiting."""
    try:
        return _fan_out_one(webhook)
    except Exception:
        log.exception("a webhook could not be filled", extra={"webhook": webhook.pk})
        return 0


def wake_if_behind() -> None:
    """For the sweep: a worker that died between publishing and telling left webhooks behind the feed."""
    if Webhook.objects.active().filter(cursor__lt=following.newest()).exists():
        feed.wake()


def _fan_out_one(webhook: Webhook) -> int:
    owner = User.objects.get(pk=webhook.owner_id)
    if not owner.is_active:
        pause_webhook(webhook, by=None, because=NO_OWNER)
        return 0
    made = 0
    for _round in range(ROUNDS):
        try:
            page = following.read(owner, webhook.cursor, kinds=webhook.types, most=AT_ONCE)
        except following.CursorTooOld:  # it was paused for more than a year
            page = following.Page([], following.newest(), False)
        with transaction.atomic():
            mine = Webhook.objects.active().filter(pk=webhook.pk, cursor=webhook.cursor)
            if not mine.update(cursor=page.cursor):
                return made  # somebody else told it
            made += _queue_page(webhook, page.told)
        webhook.cursor = page.cursor
        if not page.has_more:
            break
    return made


def _queue_page(webhook: Webhook, told: Collection[following.Told]) -> int:
    prefix = settings.SITE_ADDRESS.rstrip("/")
    wanted = [
        one for one in told if webhook.wants(one.change.kind, "gone" if one.is_gone else "changed", one.change.party)
    ]
    for one in wanted:
        said = following.as_record(one, prefix)
        kind = f"{one.change.kind}.{said['change']}"
        made = WebhookDelivery.objects.create(
            webhook=webhook,
            seq=one.change.seq,
            event_id=f"evt_{webhook.pk}_{one.change.seq}",
            event_type=kind,
            payload=_payload(kind, said | {"at": one.change.at.isoformat()}),
        )
        nudge(made)
    return len(wanted)


def _payload(kind: str, said: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "timestamp": timezone.now().isoformat(), "data": said}


# Calling --------------------------------------------------------------------------------------------------------------


def deliver(pk: int) -> None:
    """Try one delivery."""
    perform(WebhookDelivery, pk, _deliver)


def _deliver(delivery: WebhookDelivery) -> None:
    webhook = delivery.webhook
    if not webhook.is_active and delivery.event_type != TEST:
        delivery._mine().update(state=Job.State.FAILED, finished_at=timezone.now(), error=PAUSED)
        return
    answer = _call(webhook, delivery)
    with transaction.atomic():
        _note(delivery, answer)
        if answer.is_good:
            delivery.finish()
            Webhook.objects.filter(pk=webhook.pk).update(failing_since=None, last_success_at=timezone.now())
        else:
            _note_failure(delivery, answer)


def _call(webhook: Webhook, delivery: WebhookDelivery) -> calling.Answer:
    loopback, now = _may_call_this_machine(), timezone.now()
    body = json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":")).encode()
    headers = signing.headers(delivery.event_id, int(now.timestamp()), body, webhook.keys(now))
    return calling.call(webhook.url, body, headers, plain=loopback, loopback=loopback)


def _note(delivery: WebhookDelivery, answer: calling.Answer) -> None:
    """Write the try into the log, if it is still this attempt that counts."""
    line = {"at": timezone.now().isoformat(timespec="seconds"), "status": answer.status, "fault": answer.fault}
    delivery._mine().update(tries=[*delivery.tries, line][-20:], last_status=answer.status)


def _note_failure(delivery: WebhookDelivery, answer: calling.Answer) -> None:
    webhook, now = delivery.webhook, timezone.now()
    if delivery.event_type == TEST:  # whoever pressed the button looks at the answer, and presses again
        delivery.attempt = delivery.MAX_ATTEMPTS
        delivery._mine().model.objects.filter(pk=delivery.pk).update(attempt=delivery.attempt)
    delivery.give_up_or_retry(answer.fault or f"status {answer.status}")
    if delivery.event_type == TEST:
        return
    Webhook.objects.filter(pk=webhook.pk, failing_since__isnull=True).update(failing_since=now)
    webhook.refresh_from_db()
    tired = webhook.failing_since is not None and webhook.failing_since < now - PATIENCE
    if webhook.is_active and (tired or answer.status == 410):
        pause_webhook(webhook, by=None, because=GONE if answer.status == 410 else FAILURES)
