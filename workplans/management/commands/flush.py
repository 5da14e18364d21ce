"""Django's flush, for a database whose frozen versions refuse to be deleted."""

from django.core.management.commands.flush import Command as Flush

from workplans import guards


class Command(Flush):
    def handle(self, **options):
        guards.drop(options["database"])
        try:
            super().handle(**options)
        finally:
            if not guards.is_installed(options["database"]):
                guards.install(options["database"])
