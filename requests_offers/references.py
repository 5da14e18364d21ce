"""References of requests, offers, matches and engagements, made as in every room."""

from accounts.references import PATTERN, make_reference, number_in

__all__ = ["PATTERN", "make_reference", "number_in"]
