"""Import a file of knowledge sources."""

from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from accounts.errors import DomainError
from accounts.models import User
from knowledge.actions.importing import BadFile, import_sources


class Command(BaseCommand):
    help = "Import knowledge sources from a JSON, JSON Lines, CSV or XLSX file: as suggestions, or published."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--state", choices=("suggested", "published"), default="suggested")
        parser.add_argument("--by", metavar="EMAIL", help="in whose name it is done; without it, the operator’s")
        parser.add_argument("--skip-bad", action="store_true", help="import the good rows of a file that has faults")

    def handle(self, *args, **options):
        by = self._user(options["by"])
        try:
            report = import_sources(options["file"], by=by, state=options["state"], skip_bad=options["skip_bad"])
        except BadFile as bad:
            self._list(bad.faults)
            raise CommandError(str(bad)) from None
        except (DomainError, PermissionDenied) as error:
            raise CommandError(f"{error} Nothing was imported.") from None
        self._list(report.faults)
        self.stdout.write(
            f"{len(report.made)} sources imported ({options['state']}), {len(report.changed)} changed, "
            f"{report.same} as before."
        )
        if report.faults:
            self.stdout.write(f"{len({fault.row for fault in report.faults})} rows with faults were left out.")

    def _user(self, email):
        if not email:
            return None
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody has the address {email}.")
        return user

    def _list(self, faults):
        for fault in faults:
            self.stderr.write(str(fault))
