"""What will go away, in one table: headers, the schema and docs/api.md are made from it.

Whatever is listed here goes on working for at least NOTICE after it was listed; then it is taken out of the code and of
the table. What goes is a call (`requests_destroy`, by its name in the schema) or a parameter of one
(`requests_list?mechanism`).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils.http import http_date

NOTICE = timedelta(days=365)


@dataclass(frozen=True)
class Deprecation:
    """Since when something is not to be used any more, until when it works, and what to use instead."""

    since: date
    sunset: date
    instead: str

    def __post_init__(self):
        if self.sunset - self.since < NOTICE:
            raise ValueError(f"Partners have {NOTICE.days} days to change their systems.")


DEPRECATED: dict[str, Deprecation] = {}


def deprecations(operation: str, query) -> list[Deprecation]:
    """What of a call will go away: the call itself, or parameters that it was given."""
    names = [operation, *(f"{operation}?{name}" for name in query)]
    return [DEPRECATED[name] for name in names if name in DEPRECATED]


def headers(found: list[Deprecation], docs: str) -> dict[str, str]:
    """`Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a link to what to do; of several the first that goes."""
    if not found:
        return {}
    first = min(found, key=lambda one: one.sunset)
    return {
        "Deprecation": f"@{_seconds(min(one.since for one in found))}",
        "Sunset": http_date(_seconds(first.sunset)),
        "Link": f'<{docs}>; rel="deprecation"; type="text/html"',
    }


def _seconds(day: date) -> int:
    return int(datetime.combine(day, time(), tzinfo=UTC).timestamp())


def operation_of(view, method: str) -> str:
    """The name of a call: `requests_list`, `requests_submit` … as the address and the action say."""
    action = getattr(view, "action", None) or method.lower()
    plural = getattr(view, "plural", "") or "api"
    return f"{plural}_{action.removeprefix('step_')}".replace("-", "_")
