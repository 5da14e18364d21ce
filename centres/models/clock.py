"""How many working days each side has: the clocks, and what the coordinator chose for them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.texts import Lines


class Clock(models.TextChoices):
    """The clocks whose lengths the coordinator sets."""

    TRIAGE = "triage", _("First answer of a centre to a request")
    CLARIFICATION = "clarification", _("Answer of an office to a question")
    MATCH_ANSWER = "match_answer", _("Answer of both sides to an offered match")
    VERIFICATION = "verification", _("Verification of an offer or a claim")
    CONSULTATION = "consultation", _("Consultation on a workplan")
    DONOR_QUESTION = "donor_question", _("Answer to a question of a donor")
    HELPDESK = "helpdesk", _("Answer of the helpdesk to a question")


class ClockLengthQuerySet(models.QuerySet):
    def newest(self, key: str):
        """The length that counts for due dates set from now on; None while nobody has changed it."""
        return self.filter(key=key).order_by("-changed_at", "-pk").first()


class ClockLength(models.Model):
    """A length of a clock from a moment on. Rows are only added; the newest of a clock counts for new due dates."""

    key = models.CharField(max_length=20, choices=Clock)
    working_days = models.PositiveSmallIntegerField()
    reason = Lines()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    objects = ClockLengthQuerySet.as_manager()

    class Meta:
        db_table = "requests_offers_clocklength"  # where it was made, before claims and tickets had clocks, too
        constraints = [
            models.CheckConstraint(name="clock_key_known", condition=Q(key__in=Clock.values)),
            models.CheckConstraint(
                name="clock_runs_one_to_ninety_days", condition=Q(working_days__gte=1, working_days__lte=90)
            ),
        ]
        indexes = [models.Index(fields=["key", "-changed_at"], name="clock_length_newest_first")]

    def __str__(self):
        return f"{self.key}: {self.working_days}"
