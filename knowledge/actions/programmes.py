"""Programmes and partners: a coordinator brings up to date what the reference table says."""

from typing import Any

from django.db import transaction

from accounts.actions.audit import record
from accounts.models import User
from accounts.permissions import Permission, require

from ..models import Programme

FIELDS = (
    "name", "acronym", "kind", "held_by", "about", "standing", "standing_note", "as_of", "confidence", "eligibility",
    "how_to_apply", "url", "source",
)  # fmt: skip


@transaction.atomic
def change_programme(programme: Programme, *, by: User, data: dict[str, Any]) -> Programme:
    """Change what is said of a programme; a later load of the reference table leaves it alone."""
    require(by, Permission.REFERENCE_EDIT)
    programme.refresh_from_db(from_queryset=Programme.objects.select_for_update())
    before = programme.standing
    for name in FIELDS:
        if name in data:
            setattr(programme, name, data[name])
    programme.from_reference = False
    programme.save()
    record("change_programme", programme, by=by, before=before, after=programme.standing)
    return programme
