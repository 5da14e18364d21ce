"""When a worker was last heard of, for /readyz and the status page."""

from django.db import models
from django.utils import timezone


class Heartbeat(models.Model):
    """One row per queue, written whenever its worker sweeps."""

    queue = models.CharField(max_length=20, unique=True)
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.queue} {self.at:%H:%M:%S}"

    @classmethod
    def beat(cls, queue: str) -> None:
        """The worker of this queue lives."""
        cls.objects.update_or_create(queue=queue, defaults={"at": timezone.now()})

    @classmethod
    def last(cls, queue: str):
        """When the worker of this queue was last heard of; None if never."""
        return cls.objects.filter(queue=queue).values_list("at", flat=True).first()
