"""Django's flush, for a database whose frozen versions and audit trail refuse to be deleted."""

from django.core.management.commands.flush import Command as Flush

from accounts.actions import trail
from workplans import guards


class Command(Flush):
    def handle(self, **options):
        was_guarded = trail.is_guarded(using=options["database"])
        trail.unguard(using=options["database"])
        guards.drop(options["database"])
        try:
            super().handle(**options)
        finally:
            if was_guarded:
                trail.guard(using=options["database"])
            if not guards.is_installed(options["database"]):
                guards.install(options["database"])
