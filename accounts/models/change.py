"""What partner systems follow: acts that wait to be published, changes under their numbers, and what was said last.

An act writes a `ChangeTouch` in its own transaction. One publisher (accounts.actions.publishing) compares the records
as they are with what it said of them last, and gives each difference the next number. Numbers given by the act itself
would be committed out of order, and a follower would miss those that come late.
"""

from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

KEPT_FOR = timedelta(days=365)


class ChangeTouch(models.Model):
    """Something was done to a record, and nobody has looked yet what it changed for those who follow."""

    model = models.CharField(max_length=60)  # as in AuditEvent.object_type
    object_id = models.BigIntegerField()
    is_routine = models.BooleanField(default=False)  # the nightly look at everything waits behind what people did
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["is_routine", "id"], name="change_touch_by_turn")]

    def __str__(self):
        return f"{self.model} {self.object_id}"


class ChangeHead(models.Model):
    """The publisher's place: one row. Of two that publish at once, the second finds that `turn` has moved on."""

    seq = models.BigIntegerField(default=0)  # the last number that was given
    turn = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(name="change_head_is_one_row", condition=Q(pk=1))]

    def __str__(self):
        return str(self.seq)


class ChangeState(models.Model):
    """What was last published of a record: who could see it, and digests of its fields for insiders and everybody.

    `seats` are the offices that could see it, such as ``party:7``, ``centre:2``, ``organization:31``, ``coordinator``,
    ``network`` and ``public``; never people.
    """

    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    reference = models.CharField(max_length=120)
    version = models.PositiveIntegerField(default=0)
    digests = models.JSONField(default=dict)
    seats = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="change_state_kept_once_a_record")]

    def __str__(self):
        return f"{self.kind} {self.reference}"


class ChangeQuerySet(models.QuerySet):
    def after(self, seq: int) -> Self:
        """Those that were published after a number, in their order."""
        return self.filter(seq__gt=seq).order_by("seq")

    def for_everybody(self) -> Self:
        """Those that somebody without a token could be told of."""
        return self.filter(is_public=True)


class Change(models.Model):
    """One published change of one record. `seats` could see it then or just before, so they may be told it is gone."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    reference = models.CharField(max_length=120)
    version = models.PositiveIntegerField()
    fields = models.JSONField(default=list)  # names of what changed, for those inside
    public_fields = models.JSONField(default=list)  # and for everybody
    seats = models.JSONField(default=list)
    is_public = models.BooleanField(default=False)
    party = models.CharField(max_length=2, blank=True)
    is_example = models.BooleanField(default=False)

    objects: Any = ChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id", "version"], name="change_version_given_once_a_record")
        ]
        indexes = [
            models.Index(fields=["seq"], condition=Q(is_public=True), name="change_public_by_number"),
            models.Index(fields=["at"], name="change_by_age"),
        ]

    def __str__(self):
        return f"{self.seq}: {self.kind} {self.reference}"
