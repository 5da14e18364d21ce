from django.db import migrations

AT_ONCE = 500


def endorse(apps, schema_editor):
    """Only offices submitted until now, so every request that left its draft has the word of its own office."""
    requests = apps.get_model("requests_offers", "CooperationRequest").objects.filter(submitted_at__isnull=False)
    endorsements = apps.get_model("requests_offers", "Endorsement").objects
    made = []
    for pk, party_id, at in requests.order_by("pk").values_list("pk", "party_id", "submitted_at").iterator(AT_ONCE):
        made.append(endorsements.model(request_id=pk, party_id=party_id, status="given", answered_at=at))
        if len(made) == AT_ONCE:
            endorsements.bulk_create(made, ignore_conflicts=True)
            made = []
    endorsements.bulk_create(made, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("requests_offers", "0009_intake")]
    operations = [migrations.RunPython(endorse, migrations.RunPython.noop)]
