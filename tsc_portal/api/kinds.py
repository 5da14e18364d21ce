"""How the records of the feed of changes are read: as their API resources read them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.test import RequestFactory
from rest_framework.request import Request

from accounts.api.resource import RecordResource

from ..followed import FOLLOWED, LABELS, Offices, Paths
from .resources import RESOURCES


@dataclass(frozen=True)
class ResourceKind:
    """A kind that is read as its API resource reads it: same rows, same rights, same records."""

    name: str
    label: Any
    resource: type[RecordResource]
    touched_by: Paths
    concerned: Offices = ()
    kept: dict[str, Any] = field(default_factory=dict)  # only rows that fulfil this

    def _reader(self, user: Any) -> RecordResource:
        """The resource as if `user` had called it."""
        reader: Any = self.resource()
        called: Any = Request(RequestFactory(SERVER_NAME="portal").get("/"))
        called.user, called.build_absolute_uri = user, absolute
        reader.request = called
        reader.kwargs, reader.action = {}, "list"
        return reader

    def _all(self) -> Any:
        return self._reader(None).rows().filter(**self.kept)

    def touched(self, model: str, ids: list[int]) -> list[int]:
        path = self.touched_by.get(model)
        if path == "pk":  # those that were deleted, too
            return ids
        if path is None:
            return []
        return list(self._all().order_by().filter(**{f"{path}__in": ids}).values_list("pk", flat=True).distinct())

    def rows(self, ids: Iterable[int]) -> dict[int, Any]:
        return {row.pk: row for row in self._all().filter(pk__in=list(ids))}

    def reference(self, row: Any) -> str:
        return str(getattr(row, self.resource.key))

    def records(self, rows: list[Any], user: Any) -> list[dict[str, Any]]:
        return self._reader(user).present(rows)

    def visible(self, ids: Iterable[int], user: Any) -> set[int]:
        reader = self._reader(user)
        rows = reader.visible(reader.rows().filter(**self.kept)).filter(pk__in=list(ids))
        return set(rows.order_by().values_list("pk", flat=True))

    def offices(self, ids: list[int]) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        for office, path, condition in self.concerned:
            rows = self._all().order_by().filter(pk__in=ids, **condition).exclude(**{f"{path}__isnull": True})
            for number, holder in rows.values_list("pk", path).distinct():
                found.setdefault(number, set()).add(f"{office}:{holder}")
        return found

    def all_ids(self) -> Iterable[int]:
        return self._all().order_by().values_list("pk", flat=True).iterator(chunk_size=2000)

    def address(self, reference: str) -> str:
        """The address of a record in the API."""
        return f"{self._reader(None).address_of(self.name)}{reference}/"


def absolute(path: str) -> str:
    """Records name each other by their addresses; outside of a call those begin with the portal's own."""
    return f"{settings.SITE_ADDRESS.rstrip('/')}{path}"


@cache
def kinds() -> dict[str, ResourceKind]:
    """The kinds that can be followed, of those that the API serves."""
    served: dict[str, Any] = {resource.plural: resource for resource in RESOURCES}
    return {
        name: ResourceKind(name, LABELS[name], served[name], paths, offices, kept)
        for name, (paths, offices, kept) in FOLLOWED.items()
        if name in served
    }
