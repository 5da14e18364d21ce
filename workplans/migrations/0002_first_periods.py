from django.db import migrations

FIRST = ((2025, 2026), (2027, 2028))


def add_periods(apps, schema_editor):
    """The period that ends and the one that is prepared; the coordinator adds the others."""
    period = apps.get_model("workplans", "Period")
    for starts, ends in FIRST:
        period.objects.get_or_create(starts=starts, defaults={"ends": ends})


def remove_periods(apps, schema_editor):
    """Only those without a workplan: the others are kept by their foreign keys."""
    apps.get_model("workplans", "Period").objects.filter(
        starts__in=[starts for starts, _ends in FIRST], workplans__isnull=True
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("workplans", "0001_initial")]
    operations = [migrations.RunPython(add_periods, remove_periods)]
