"""What an action may refuse. Faces turn these into answers in one place each (middleware, API exception handler)."""

from django.core.exceptions import PermissionDenied


class DomainError(Exception):
    """A business rule says no; the text is a sentence for the person who asked."""


class IllegalStep(DomainError):
    """The record is not in a state from which this step leads on. `open_steps` names those that do."""

    def __init__(self, sentence, open_steps=()):
        super().__init__(sentence)
        self.open_steps = tuple(open_steps)


class StaleWrite(DomainError):
    """Somebody else saved the record first."""


class NotAllowed(PermissionDenied):
    """The person sees the record but may not do this; the text says who may."""
