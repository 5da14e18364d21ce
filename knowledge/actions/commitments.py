"""A Party's commitments and key players: kept by its office or the coordinator."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError
from accounts.permissions import Permission, require
from centres.models import Party

from ..models import Commitment, KeyPlayer

OF_COMMITMENT = ("scope", "kind", "title", "language", "year", "url")
OF_PLAYER = ("organization", "name", "role", "url")


@transaction.atomic
def save_commitment(party: Party, *, by: Any, data: dict[str, Any], row: Commitment | None = None) -> Commitment:
    """Write down a commitment of a Party, or mend one. A title stands for one. `by` None: the demo."""
    made = row or Commitment(party=party, is_example=party.is_example or by is None)
    _save(made, by, OF_COMMITMENT, data, _("This commitment is listed already."))
    made.targets.set(data.get("targets", ()))
    record("save_commitment", made, by=by, party=party.iso2)
    return made


@transaction.atomic
def remove_commitment(row: Commitment, *, by: Any) -> None:
    """Take a commitment out of the list."""
    _remove(row, by, "remove_commitment")


@transaction.atomic
def save_key_player(party: Party, *, by: Any, data: dict[str, Any], row: KeyPlayer | None = None) -> KeyPlayer:
    """Name an organization that matters in a country, or mend what is said of it."""
    made = row or KeyPlayer(party=party, is_example=party.is_example or by is None)
    if data.get("organization"):
        data = {**data, "name": data["organization"].name}
    if not data.get("name", "").strip():
        raise DomainError(_("Choose an organization of the directory, or write its name."))
    _save(made, by, OF_PLAYER, data, _("This organization is listed already."))
    record("save_key_player", made, by=by, party=party.iso2)
    return made


@transaction.atomic
def remove_key_player(row: KeyPlayer, *, by: Any) -> None:
    """Take an organization out of the list."""
    _remove(row, by, "remove_key_player")


def _save(row: Any, by: Any, fields: tuple[str, ...], data: dict[str, Any], twice: str) -> None:
    if by is not None:
        require(by, Permission.COUNTRY_EDIT, row)
    for name in fields:
        if name in data:
            setattr(row, name, data[name])
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise DomainError(twice) from None


def _remove(row: Any, by: Any, name: str) -> None:
    require(by, Permission.COUNTRY_EDIT, row)
    record(name, row, by=by, party=row.party.iso2)
    row.delete()
