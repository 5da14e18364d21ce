"""What people asked the helpdesk, for their own file."""

from accounts.actions.own_data import Kept, also

from ..models import Ticket


def register() -> None:
    """The ticket stays with the helpdesk when its asker's account is erased; nobody's name stands on it then."""
    asked = ("kind", "subject", "text", "status", "created_at")
    also(Kept("tickets", lambda person: Ticket.objects.filter(asker=person), asked))
