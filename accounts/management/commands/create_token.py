"""Make a token for a partner system from the command line."""

from django.core.management.base import BaseCommand, CommandError

from accounts.actions.tokens import make_token
from accounts.models import User
from accounts.models.access import SCOPES


class Command(BaseCommand):
    """Prints the token once; only a digest of it is kept."""

    help = "Make an API token for a person and print it. It is shown only once."

    def add_arguments(self, parser):
        parser.add_argument("email", help="The address of the person whose rights the token has")
        parser.add_argument("--scopes", default="read", help="What it may do: read, or read,write (default: read)")
        parser.add_argument("--name", default="", help="A name to recognize it by")

    def handle(self, *, email, scopes, name, **options):
        scopes = [scope.strip() for scope in scopes.split(",") if scope.strip()]
        if not scopes or set(scopes) - set(SCOPES):
            raise CommandError("Write the scopes as read, or as read,write.")
        person = User.objects.filter(email__iexact=email, is_active=True).first()
        if person is None:
            raise CommandError(f"Nobody with an active account has the address {email}.")
        _, secret = make_token(person, name=name, scopes=scopes, by=None)
        self.stdout.write(secret)
