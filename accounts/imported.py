"""Kinds of records that come in files. Each app names its own when it is ready (`register`)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from django.utils.functional import Promise

from .models import User
from .sheets.cells import Row


class End(StrEnum):
    """What becomes of one good row."""

    MADE = "made"
    CHANGED = "changed"
    SAME = "same"  # sent before, with the same content
    LEFT = "left"  # the record is past the state in which its owner's file may change it


class Stored(NamedTuple):
    """What became of a row, and the record it belongs to; a trial has no reference for what it would make."""

    end: End
    reference: str


class Importer(Protocol):
    """Reads and stores the rows of one import, in the name of one person."""

    def read(self, row: Row) -> Any:
        """What a row means; what is wrong with it, the rights of the person included, is left at the row."""

    def identifier(self, entry: Any) -> str:
        """Under which identifier the sender knows it."""

    def foresee(self, entry: Any) -> Stored:
        """What `store` would do, without doing it."""

    def store(self, entry: Any) -> Stored:
        """Make the record or bring it up to date, in one transaction. The same entry again changes nothing."""


@dataclass(frozen=True)
class ImportKind:
    """One kind: its name in addresses, what people call it, who may send it, and who reads it for one person.

    `begin` takes the person and the name of the system in which the records are kept.
    """

    name: str
    label: str | Promise
    open_to: Callable[[User], bool]
    begin: Callable[[User, str], Importer]


_KINDS: dict[str, ImportKind] = {}


def register(kind: ImportKind) -> None:
    """Let people send files of a kind of records; called from the `ready()` of its app."""
    _KINDS[kind.name] = kind


def kind_of(name: str) -> ImportKind | None:
    """The kind with this name, or None."""
    return _KINDS.get(name)


def kinds() -> list[ImportKind]:
    """All kinds, in the order of their names."""
    return [_KINDS[name] for name in sorted(_KINDS)]
