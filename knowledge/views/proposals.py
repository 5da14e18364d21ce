"""Proposed changes in words: the field, what it says now and what it would say."""

from typing import Any, cast

from django.db.models import Field
from django.utils.translation import gettext as _

from centres.models import Region, Subject, Target
from centres.models.names import LANGUAGE_CHOICES

from ..models import Access, Convention, Kind, ProposedChange, Rhythm, Source

CHOICES: dict[str, dict[str, Any]] = {
    "kind": dict(Kind.choices),
    "access": dict(Access.choices),
    "update_rhythm": dict(Rhythm.choices),
    "languages": dict(LANGUAGE_CHOICES),
    "conventions": dict(Convention.choices),
}


def shown(proposals: list[ProposedChange]) -> list[dict[str, Any]]:
    """These proposals with their words, undecided ones first, in two queries for all."""
    names = _names(proposals)
    found = [_shown(proposal, names) for proposal in proposals]
    return sorted(found, key=lambda one: (bool(one["proposal"].decision), one["proposal"].pk))


def _names(proposals: list[ProposedChange]) -> dict[str, dict[str, str]]:
    """The names of the words of the vocabularies that the proposals speak of."""
    asked = {proposal.field for proposal in proposals}
    found: dict[str, dict[str, str]] = {}
    for field, model in (("targets", Target), ("subjects", Subject), ("regions", Region)):
        if field in asked:
            found[field] = {row.reference: row.name for row in model.objects.all()}
    return found


def _shown(proposal: ProposedChange, names: dict[str, dict[str, str]]) -> dict[str, Any]:
    if proposal.field == ProposedChange.REMOVAL:
        return {"proposal": proposal, "label": _("Take it out"), "before": "", "after": ""}
    label = cast(Field, Source._meta.get_field(proposal.field)).verbose_name
    before, after = (_worded(proposal.field, value, names) for value in (proposal.before, proposal.after))
    return {"proposal": proposal, "label": label, "before": before, "after": after}


def _worded(field: str, value: Any, names: dict[str, dict[str, str]]) -> str:
    known = CHOICES.get(field) or names.get(field, {})
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return _(", ").join(_term(field, str(code), known) for code in value)
    return str(known.get(value, value) if known else value or "")


def _term(field: str, code: str, known: dict[str, Any]) -> str:
    name = str(known.get(code, code))
    return f"{code} {name}" if field == "targets" else name
