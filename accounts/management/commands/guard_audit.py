"""Let the database refuse to change or delete what stands in the audit trail."""

from django.core.management.base import BaseCommand

from accounts.actions import trail


class Command(BaseCommand):
    help = "Install the triggers that keep the audit trail append-only. Each start of the portal does it too."

    def handle(self, *args, **options):
        trail.guard()
        self.stdout.write("The audit trail is guarded: rows can be added and nothing else.")
