"""Clock lengths move down to this app, where claims and tickets can read them. The table stays; one clock is new."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

BEFORE = ["triage", "clarification", "match_answer", "verification", "consultation", "donor_question"]
CHOICES = [
    ("triage", "First answer of a centre to a request"),
    ("clarification", "Answer of an office to a question"),
    ("match_answer", "Answer of both sides to an offered match"),
    ("verification", "Verification of an offer or a claim"),
    ("consultation", "Consultation on a workplan"),
    ("donor_question", "Answer to a question of a donor"),
    ("helpdesk", "Answer of the helpdesk to a question"),
]


class Migration(migrations.Migration):

    dependencies = [
        ("centres", "0003_national_priorities"),
        ("requests_offers", "0003_clocks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[],
            state_operations=[
                migrations.CreateModel(
                    name="ClockLength",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("key", models.CharField(choices=CHOICES, max_length=20)),
                        ("working_days", models.PositiveSmallIntegerField()),
                        ("reason", models.TextField()),
                        ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("changed_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        "db_table": "requests_offers_clocklength",
                        "indexes": [models.Index(fields=["key", "-changed_at"], name="clock_length_newest_first")],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("key__in", BEFORE)), name="clock_key_known"),
                            models.CheckConstraint(condition=models.Q(("working_days__gte", 1), ("working_days__lte", 90)), name="clock_runs_one_to_ninety_days"),
                        ],
                    },
                ),
            ],
        ),
        migrations.RemoveConstraint(model_name="clocklength", name="clock_key_known"),
        migrations.AddConstraint(
            model_name="clocklength",
            constraint=models.CheckConstraint(condition=models.Q(("key__in", [*BEFORE, "helpdesk"])), name="clock_key_known"),
        ),
    ]
