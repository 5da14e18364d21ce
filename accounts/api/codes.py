"""Many-to-many relations of a page of records as codes, in one query however many relations there are."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast

Codes = dict[tuple[str, int], list[str]]


class Relation(NamedTuple):
    """A relation under the name it has in the record, the rows that hold it, their owner, and the path to its code."""

    name: str
    rows: object  # a queryset of the table between the two sides
    owner: str
    code: str


def load_codes(relations: Iterable[Relation]) -> Codes:
    """The codes by (name, id of the owner), each list in order."""
    first, *rest = [_part(relation) for relation in relations]
    found: Codes = defaultdict(list)
    for name, owner, code in first.union(*rest, all=True):
        found[name, owner].append(code)
    for codes in found.values():
        codes.sort()
    return found


def _part(relation: Relation):
    text = CharField()
    return (
        relation.rows.order_by()  # type: ignore[attr-defined]
        .annotate(
            relation=Value(relation.name, output_field=text),
            owner=F(relation.owner),
            natural_code=Cast(F(relation.code), output_field=text),
        )
        .values_list("relation", "owner", "natural_code")
    )
