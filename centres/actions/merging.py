"""Merging an organization that is in the network twice: whatever refers to the one refers to the other afterwards."""

from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError
from accounts.models import Membership, User
from accounts.permissions import Permission, require
from centres.models import Organization


def references(organization: Organization) -> Iterator[tuple[Any, str, models.QuerySet]]:
    """The rows of every table, of this room and of those above, that refer to an organization, with their field."""
    for relation in Organization._meta.related_objects:
        if relation.many_to_many:
            continue
        model, name = relation.related_model, relation.field.name
        yield model, name, model._base_manager.filter(**{name: organization}).order_by("pk")


def preview(organization: Organization) -> list[tuple[str, int]]:
    """What would move, by kind and number, before anything does."""
    found: dict[str, int] = {}
    for model, _name, rows in references(organization):
        kind = str(model._meta.verbose_name_plural)
        found[kind] = found.get(kind, 0) + rows.count()
    return sorted((kind, count) for kind, count in found.items() if count)


def check_pair(duplicate: Organization, kept: Organization) -> None:
    """Refuse a merge that makes no sense."""
    if duplicate.pk == kept.pk:
        raise DomainError(_("Choose two different organizations."))
    for organization in (duplicate, kept):
        if organization.status == Organization.Status.MERGED or organization.retired_on:
            raise DomainError(_("%(name)s is not in the directory any more.") % {"name": organization.name})
    if duplicate.is_practice != kept.is_practice:
        raise DomainError(_("Practice organizations are merged with practice organizations only."))


@transaction.atomic
def merge(duplicate: Organization, kept: Organization, *, by: User | None) -> Organization:
    """Move every reference of a duplicate to the organization that is kept; its old address leads there for good."""
    locked = Organization.objects.select_for_update().filter(pk__in=[duplicate.pk, kept.pk]).order_by("pk")
    found = {row.pk: row for row in locked}
    duplicate, kept = found[duplicate.pk], found[kept.pk]
    if by is not None:
        require(by, Permission.REFERENCE_EDIT)
    check_pair(duplicate, kept)
    moved = dict(preview(duplicate))
    for model, name, rows in references(duplicate):
        for row in rows.select_for_update(of=("self",)):
            _move(model, name, row, kept)
    duplicate.status, duplicate.merged_into = Organization.Status.MERGED, kept
    duplicate.from_reference = False
    duplicate.renewal_asked_at = duplicate.renewal_due_on = None
    duplicate.save()
    _fill_gaps(duplicate, kept)
    record("merge", duplicate, by=by, after=duplicate.status, into=kept.slug, moved=moved)
    record("merge_in", kept, by=by, of=duplicate.slug, moved=moved)
    return kept


def _move(model: Any, name: str, row: Any, kept: Organization) -> None:
    """Let one row refer to the organization that is kept; where that has the same already,
    the row is not needed twice.
    """
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=row.pk).update(**{name: kept})
    except IntegrityError:
        _settle_twin(model, name, row, kept)


def _settle_twin(model: Any, name: str, row: Any, kept: Organization) -> None:
    """A membership that somebody holds in both ends today; of what both profiles say, one stays."""
    if model is Membership:
        day = max(row.starts_on, timezone.localdate())
        model._base_manager.filter(pk=row.pk).update(**{name: kept, "ends_on": day})
    elif model._meta.app_label == "centres":
        row.delete()
    else:
        raise DomainError(
            _("%(kind)s %(row)s stands in the way: both organizations have it. Settle it first, then merge.")
            % {"kind": model._meta.verbose_name, "row": row}
        ) from None


def _fill_gaps(duplicate: Organization, kept: Organization) -> None:
    """What only the duplicate knows of itself is not lost."""
    for field in ("acronym", "name_local", "city", "website", "about", "languages", "party"):
        if not getattr(kept, field):
            setattr(kept, field, getattr(duplicate, field))
    if duplicate.is_verified and not kept.is_verified:
        kept.is_verified, kept.verified_at = True, duplicate.verified_at
        kept.verified_until, kept.verification_lapsed_on = duplicate.verified_until, None
    kept.save()
