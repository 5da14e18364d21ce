"""Texts for answers that are given again and again: a centre keeps its own, the coordinator the network's."""

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep, StaleWrite
from accounts.models import User
from accounts.permissions import Permission, require

from ..models import ReplyTemplate

# What may stand in braces; `reply_texts.fill` puts the request's own words there.
PLACEHOLDERS = ("party", "reference", "title", "centre", "until")
BRACES = re.compile(r"\{([^{}]*)\}")


@transaction.atomic
def save_template(
    template: ReplyTemplate, *, by: User, data: dict[str, Any], version: int | None = None
) -> ReplyTemplate:
    """Keep a new text, or change one; `version` is the one that the person saw, a newer one raises StaleWrite."""
    before = template.pk
    if before:
        template.refresh_from_db(from_queryset=ReplyTemplate.objects.select_for_update())
        require(by, Permission.TEMPLATE_EDIT, template)
        if template.retired_at:
            raise IllegalStep(_("This text was taken out of use. Write a new one."))
        if version is not None and version != template.version:
            raise StaleWrite(
                _("Somebody else has changed this text meanwhile. Read theirs before you change it again.")
            )
        template.version += 1
    else:
        template.created_by, template.is_example = by, by.is_example
    for name, value in data.items():
        setattr(template, name, value)
    require(by, Permission.TEMPLATE_EDIT, template)
    _check(template)
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError:
        raise DomainError(_("There is a text with this title for this step and language already.")) from None
    record("reply_template_changed" if before else "reply_template_made", template, by=by, step=template.step)
    return template


def _check(template: ReplyTemplate) -> None:
    if not template.title.strip() or not template.text.strip():
        raise DomainError(_("Write a title and a text."))
    unknown = [f"{{{name}}}" for name in BRACES.findall(template.text) if name not in PLACEHOLDERS]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        sentence = _("There is no placeholder %(unknown)s. Choose from %(known)s.")
        raise DomainError(sentence % {"unknown": unknown[0], "known": known})


@transaction.atomic
def retire_template(template: ReplyTemplate, *, by: User) -> None:
    """Take a text out of use. A second time changes nothing."""
    template.refresh_from_db(from_queryset=ReplyTemplate.objects.select_for_update())
    require(by, Permission.TEMPLATE_EDIT, template)
    if template.retired_at is None:
        template.retired_at = timezone.now()
        template.save(update_fields=["retired_at"])
        record("reply_template_retired", template, by=by, step=template.step)
