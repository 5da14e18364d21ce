"""Build the demo world: example people, requests, offers and matches, made through the actions."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.actions import trail
from tsc_portal import marks
from tsc_portal.demo import world


class Command(BaseCommand):
    help = "Build the example world in an empty database with reference data. Needs TSC_MODE=demo."

    def handle(self, *args, **options):
        if settings.PRODUCTION:
            raise CommandError(
                "Example data never go into production. Start the portal with `make run`, or set TSC_MODE=demo."
            )
        if world.is_there():
            self.stdout.write("The example world is there already; nothing was changed.")
            return
        if world.has_people():
            raise CommandError(
                "This database has people in it that the demo did not make. Use an empty one: set TSC_DATA_DIR."
            )
        with trail.unguarded(), transaction.atomic():  # the world is moved into the past, its trail too
            counts = world.build()
        marks.remember_demo()
        for noun, count in counts.items():
            self.stdout.write(f"{noun}: {count}")
