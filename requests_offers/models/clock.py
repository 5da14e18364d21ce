"""Which reminders have been sent."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Reminder(models.Model):
    """A reminder or escalation that was sent: once for a record, its due day, the side that acts, and a level."""

    class Level(models.IntegerChoices):
        BEFORE = 0, _("Reminder")
        FIRST = 1, _("Late")
        SECOND = 2, _("Late for several days")
        THIRD = 3, _("Late for long")

    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    side = models.CharField(max_length=10)
    due_on = models.DateField()
    level = models.PositiveSmallIntegerField(choices=Level)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["object_type", "object_id", "due_on", "side", "level"], name="reminder_sent_once"
            ),
        ]

    def __str__(self):
        return f"{self.object_type} {self.object_id} {self.due_on} {self.level}"
