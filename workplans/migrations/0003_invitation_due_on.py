from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workplans", "0002_first_periods")]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="due_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["due_on"], name="invitation_by_due_day"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(due_on__isnull=True) | models.Q(answered_at__isnull=True),
                name="invitation_waits_only_for_an_answer",
            ),
        ),
    ]
