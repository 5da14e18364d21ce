"""Files that offices and organizations send themselves: their own drafts, found again by the identifier of the sender.

The commands read files with the same readers, as the operator's.
"""

import json
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.imports import own_id
from accounts.imported import End, Stored
from accounts.models import User
from accounts.permissions import Permission, can
from accounts.sheets.cells import Row
from centres.models import Organization, fold

from ...models import CooperationRequest, Offer
from ..drafts import OFFER_EDITABLE, REQUEST_EDITABLE, save_offer, save_request, start_offer, start_request
from ..steps import lock
from .rows import PROVIDER_NOT_NAMED, Known, read_offer, read_request


@dataclass
class _Own:
    """What both kinds share: `user` sends records that `system` keeps."""

    user: User
    system: str
    known: Known = field(default_factory=Known)

    def identifier(self, entry: dict[str, Any]) -> str:
        """Under which identifier the sender knows it."""
        return str(entry["external_id"])

    def _marks(self, entry: dict[str, Any]) -> dict[str, Any]:
        marks = {"external_id": entry["external_id"], "external_digest": entry["digest"]}
        return {"external_system": self.system} | marks

    def _find(self, entry: dict[str, Any]) -> Any:
        raise NotImplementedError

    def _make(self, entry: dict[str, Any]) -> Any:
        raise NotImplementedError

    def _change(self, row: Any, entry: dict[str, Any]) -> None:
        raise NotImplementedError

    def _may_change(self, row: Any) -> bool:
        raise NotImplementedError

    def foresee(self, entry: dict[str, Any]) -> Stored:
        """What `store` would do, without doing it."""
        row = self._find(entry)
        if row is None:
            return Stored(End.MADE, "")
        if row.external_digest == entry["digest"]:
            return Stored(End.SAME, row.reference)
        return Stored(End.CHANGED if self._may_change(row) else End.LEFT, row.reference)

    @transaction.atomic
    def store(self, entry: dict[str, Any]) -> Stored:
        """Make the draft, or bring it up to date while it may be changed; what was sent before changes nothing."""
        row = self._find(entry)
        if row is None:
            return Stored(End.MADE, self._make(entry).reference)
        lock(row)
        foreseen = self.foresee(entry)
        if foreseen.end is End.CHANGED:
            self._change(row, entry)
            type(row).objects.filter(pk=row.pk).update(external_digest=entry["digest"])
        return foreseen


def _digest(values: dict[str, Any]) -> str:
    return sha256(json.dumps(values, sort_keys=True, default=str).encode("utf-8", "replace")).hexdigest()


class OwnRequests(_Own):
    """Requests of the Parties whose drafts the sender writes."""

    def read(self, row: Row) -> dict[str, Any]:
        """One request, as `start_request` takes it; one of somebody else's Party is a fault."""
        entry = read_request(row, self.known) | {"digest": _digest(row.values)}
        entry["external_id"] = entry["external_id"] or own_id(row.values)
        party = entry["party"]
        if party and not can(self.user, Permission.REQUEST_DRAFT, CooperationRequest(party=party)):
            row.fault("party", _("You do not write requests for %(party)s.") % {"party": party.iso2})
        return entry

    def _find(self, entry: dict[str, Any]) -> CooperationRequest | None:
        rows = CooperationRequest.objects.filter(party=entry["party"])
        return rows.known_as(entry["external_id"], self.system).first()

    def _make(self, entry: dict[str, Any]) -> CooperationRequest:
        return start_request(entry["party"], by=self.user, data=entry["data"], **self._marks(entry))

    def _may_change(self, row: CooperationRequest) -> bool:
        return row.status in REQUEST_EDITABLE

    def _change(self, row: CooperationRequest, entry: dict[str, Any]) -> None:
        """The needs of the file take the places of those of the draft, in their order."""
        numbers = list(row.components.order_by("number").values_list("number", flat=True))
        needs = [
            need | ({"number": numbers[place]} if place < len(numbers) else {})
            for place, need in enumerate(entry["data"]["components"])
        ]
        save_request(row, by=self.user, data=entry["data"] | {"components": needs})


class OwnOffers(_Own):
    """Offers of the organizations for which the sender acts."""

    def read(self, row: Row) -> dict[str, Any]:
        """One offer, as `start_offer` takes it; one of somebody else's organization is a fault."""
        entry = read_offer(row, self.known) | {"digest": _digest(row.values)}
        entry["external_id"] = entry["external_id"] or own_id(row.values)
        entry["organization"] = self._provider(row, entry["provider"])
        return entry

    def _provider(self, row: Row, name: str) -> Organization | None:
        """The organization that the row names; without a name the sender's only one."""
        if name == PROVIDER_NOT_NAMED:
            if len(self._mine) == 1:
                return next(iter(self._mine))
            row.fault("provider", _("Name the organization, by its name or its slug."))
            return None
        found = self.known.organizations.get(name) or self.known.organizations.get(fold(name))
        if found is None or found not in self._mine:
            row.fault("provider", _("You do not act for an organization with this name or slug."))
            return None
        return found

    @cached_property
    def _mine(self) -> set[Organization]:
        rows = set(self.known.organizations.values())
        return {one for one in rows if can(self.user, Permission.OFFER_EDIT, Offer(organization=one))}

    def _find(self, entry: dict[str, Any]) -> Offer | None:
        rows = Offer.objects.filter(organization=entry["organization"])
        return rows.known_as(entry["external_id"], self.system).first()

    def _make(self, entry: dict[str, Any]) -> Offer:
        return start_offer(entry["organization"], by=self.user, data=entry["data"], **self._marks(entry))

    def _may_change(self, row: Offer) -> bool:
        return row.status in OFFER_EDITABLE

    def _change(self, row: Offer, entry: dict[str, Any]) -> None:
        save_offer(row, by=self.user, data=entry["data"])
