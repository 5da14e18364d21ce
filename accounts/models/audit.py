"""The audit trail: every business act, who, when, what, before, after and why. Rows are only ever added."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class AuditEventQuerySet(models.QuerySet):
    def of(self, obj):
        """The events of one record, newest first."""
        return self.filter(object_type=obj._meta.label_lower, object_id=obj.pk).order_by("-at", "-pk")


class AuditEvent(models.Model):
    """One business act. Holds ids and non-personal fields, so that erasing a person stays possible."""

    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    actor_office = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    before = models.CharField(max_length=40, blank=True)
    after = models.CharField(max_length=40, blank=True)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict, blank=True)
    is_public = models.BooleanField(default=False)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "-at"], name="audit_by_object"),
            models.Index(fields=["object_type", "action", "at"], name="audit_by_act"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object_type} {self.object_id}"


class AuditSeal(models.Model):
    """A closed batch of audit events and a digest over them and the seal before: who changes one, changes all that
    follow.

    Events get their numbers before they are committed, so a batch names its numbers in spans: one that was committed
    late falls into a later batch.
    """

    number = models.PositiveIntegerField(unique=True)
    spans = models.JSONField()
    count = models.PositiveIntegerField()
    without_actor = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    actors_digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(name="audit_seal_numbers_begin_at_one", condition=models.Q(number__gte=1))
        ]

    def __str__(self):
        return f"Seal {self.number}: {self.count} events"
