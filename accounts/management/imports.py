"""What commands that import a file share: arguments, the acting user, the list of faults."""

from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from accounts.errors import DomainError
from accounts.models import User
from accounts.sheets.files import BadFile


class ImportCommand(BaseCommand):
    """A command names its states and its action, and says what has come in."""

    states: tuple[str, ...] = ()
    state = ""

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--state", choices=self.states, default=self.state)
        parser.add_argument(
            "--by", metavar="EMAIL", help="in whose name the steps are taken; without it, the operator's"
        )
        parser.add_argument("--skip-bad", action="store_true", help="import the good rows of a file that has faults")

    def handle(self, *args, **options):
        by = self._user(options["by"])
        try:
            report = self.act(options["file"], by=by, state=options["state"], skip_bad=options["skip_bad"])
        except BadFile as bad:
            self._list(bad.faults)
            raise CommandError(str(bad)) from None
        except (DomainError, PermissionDenied) as error:
            raise CommandError(f"{error} Nothing was imported.") from None
        self._list(report.faults)
        for line in self.told(report, options["state"]):
            self.stdout.write(line)
        if report.faults:
            self.stdout.write(f"{len({fault.row for fault in report.faults})} rows with faults were left out.")

    def act(self, path, **options):
        """Call the action; each command names its own."""
        raise NotImplementedError

    def told(self, report, state) -> list[str]:
        """What has come in."""
        raise NotImplementedError

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
