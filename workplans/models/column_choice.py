"""What a centre called the columns of its own tables: a suggestion for the next import."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class ColumnChoice(models.Model):
    """The fields that a centre (the network, where there is none) assigned to the headings of its tables,
    by heading.
    """

    centre = models.OneToOneField(
        "centres.SupportCentre", models.CASCADE, null=True, blank=True, related_name="column_choice"
    )
    fields = models.JSONField(default=dict)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), name="column_choice_of_network_once", condition=Q(centre__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.centre_id}: {len(self.fields)}"
