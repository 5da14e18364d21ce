"""The job that looks whether the address of a source still answers."""

from datetime import timedelta

from django.db import models

from accounts.models.job import Job, waits_only_once


class LinkCheck(Job):
    """Look at one address. One queued check per source."""

    TASK = "knowledge.check_link"
    QUEUE = "bulk"
    LEASE = timedelta(seconds=120)
    MAX_ATTEMPTS = 3

    source = models.ForeignKey("knowledge.Source", models.CASCADE, related_name="link_checks")
    works = models.BooleanField(null=True)  # what was found, once it is done
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [waits_only_once("link_check_waits_only_once", "source")]
        indexes = [
            models.Index(fields=["state", "due_at"], name="link_check_by_state"),
            models.Index(fields=["source", "-queued_at"], name="link_check_by_source"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} ({self.state})"
