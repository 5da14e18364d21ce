"""Queue the scoring of every need that is matched; the worker does it."""

from django.core.management.base import BaseCommand

from requests_offers.actions.scoring import rescore_all


class Command(BaseCommand):
    help = "Ask the worker to score every open need again."

    def handle(self, *args, **options):
        self.stdout.write(f"{rescore_all()} needs are queued; the worker scores them.")
