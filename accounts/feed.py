"""What the feed of changes is about: kinds of records, registered from the top, and the hook in which acts leave word.

accounts knows no record of the rooms above; tsc_portal says at start which models are followed (`watch`) and how their
records are read (`fill_with`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from celery import current_app
from django.db import transaction
from django.utils.module_loading import import_string

from . import outbox
from .models import ChangeTouch
from .permissions import Permission, Role, reach

PUBLIC, NETWORK, COORDINATOR = "public", "network", "coordinator"
PUBLISH = "accounts.publish_changes"


class Kind(Protocol):
    """One kind of record that can be followed."""

    name: str  # as in the addresses of the API
    label: Any  # as people call them

    def touched(self, model: str, ids: list[int]) -> list[int]:
        """The records of this kind that something done to rows of `model` may change."""

    def rows(self, ids: Iterable[int]) -> dict[int, Any]:
        """The records that are there, by id."""

    def reference(self, row: Any) -> str:
        """The natural code by which the API addresses it."""

    def records(self, rows: list[Any], user: Any) -> list[dict[str, Any]]:
        """What the API shows `user` of these rows."""

    def visible(self, ids: Iterable[int], user: Any) -> set[int]:
        """Those of the ids that `user` may see now, in one query."""

    def offices(self, ids: list[int]) -> dict[int, set[str]]:
        """The seats that might see each record because they have to do with it."""

    def all_ids(self) -> Iterable[int]:
        """Everything of this kind, for the nightly look."""


_watched: set[str] = set()
_source = ""


def watch(*models_watched: str) -> None:
    """Follow what is done to rows of these models (labels in lower case)."""
    _watched.update(models_watched)


def fill_with(source: str) -> None:
    """Name the function that knows the kinds; called when they are needed, since reading it loads the whole API."""
    global _source
    _source = source


def kinds() -> Mapping[str, Kind]:
    """All kinds by name, in the order in which one batch publishes them."""
    return import_string(_source)() if _source else {}


# The hook -------------------------------------------------------------------------------------------------------------


def touch(model: str, object_id: int) -> None:
    """Leave word, in the transaction of the act, that something was done to this row."""
    if model in _watched:
        ChangeTouch.objects.create(model=model, object_id=object_id)
        nudge()


def nudge() -> None:
    """Wake the publisher after commit, once for a transaction. If the broker is down, the sweep wakes it."""
    if outbox.is_quiet() or any(after is wake for _ids, after, *_more in transaction.get_connection().run_on_commit):
        return
    transaction.on_commit(wake, robust=True)


def wake() -> None:
    """Wake the publisher now. Systems follow it, nobody sits before it: it leaves the quick queue to what people wait
    for.
    """
    current_app.send_task(PUBLISH, queue="bulk")


# Seats ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Verified:
    is_verified: bool = True


@dataclass(frozen=True)
class _SeatMembership:
    role: Role
    party_id: int | None = None
    centre_id: int | None = None
    organization_id: int | None = None
    organization: _Verified = _Verified()


class Seat:
    """Whoever sits in an office, as the permission table sees them: `visible_to` answers for a seat as for a person."""

    is_authenticated = is_active = True
    is_anonymous = False
    pk = id = 0

    def __init__(self, name: str):
        self.current_memberships = [_SeatMembership(role, **scope) for role, scope in _held_by(name)]


def _held_by(name: str) -> list[tuple[Role, dict[str, Any]]]:
    kind, _colon, number = name.partition(":")
    roles = {
        "party": [Role.FOCAL_POINT],
        "centre": [Role.HEAD],
        "organization": [Role.PROVIDER, Role.DONOR],
        COORDINATOR: [Role.COORDINATOR],
        NETWORK: [Role.DONOR],
    }[kind]
    # The network's seat belongs to a donor that nobody knows: it sees what the whole network sees, and no more.
    nobody: dict[str, Any] = {"organization_id": -1} if kind == NETWORK else {}
    scope: dict[str, Any] = {f"{kind}_id": int(number)} if number else nobody
    return [(role, scope) for role in roles]


def seats_of(user: Any) -> set[str]:
    """The seats of a reader: everybody's, and those of the offices for which they hold a role today."""
    if not user.is_authenticated:
        return {PUBLIC}
    found = {PUBLIC}
    for membership in user.current_memberships:
        found |= {
            f"{kind}:{number}"
            for kind in ("party", "centre", "organization")
            if (number := getattr(membership, f"{kind}_id"))
        }
    if reach(user, Permission.NETWORK_VIEW):
        found.add(NETWORK)
    if reach(user, Permission.REQUEST_VIEW).everywhere:
        found.add(COORDINATOR)
    return found
