"""Beginning a workplan, from nothing or from the last period, and the periods themselves."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep
from accounts.models import User
from accounts.permissions import Permission, require
from centres.models import LANGUAGES, SupportCentre, fold

from ..models import ActivityIdentity, IndicatorIdentity, LineIdentity, Period, Version, Workplan
from .copying import copy_rows
from .steps import lock, require_draft


@transaction.atomic
def add_period(*, starts: int, ends: int, by: User | None) -> Period:
    """Add the years for which workplans can be made. Refused where they overlap those of another period."""
    if by is not None:
        require(by, Permission.REFERENCE_EDIT)
    if not 2020 <= starts <= ends <= starts + 9 <= 2109:
        raise DomainError(_("Give a first year from 2020 and a last year at most nine years later."))
    if Period.objects.filter(starts__lte=ends, ends__gte=starts).exists():
        raise DomainError(_("These years overlap another period. Choose years that are free."))
    made = Period.objects.create(starts=starts, ends=ends)
    record("add_period", made, by=by, starts=starts, ends=ends)
    return made


@transaction.atomic
def start_workplan(
    centre: SupportCentre | None,
    period: Period,
    *,
    by: User | None,
    language: str = "en",
    title: str = "",
    copy_from: Version | None = None,
    is_example: bool | None = None,
) -> Workplan:
    """Begin the workplan of a centre, or of the network (None), for a period, with an empty first draft or a copy.

    A centre has one plan for a period: whoever begins it a second time gets the first.
    """
    example = bool(centre and centre.is_example) if is_example is None else is_example
    workplan = Workplan(centre=centre, period=period, language=language, created_by=by, is_example=example)
    if by is not None:
        require(by, Permission.WORKPLAN_EDIT, workplan)
    if language not in LANGUAGES:
        raise DomainError(_("Choose one of the six languages of the portal."))
    if copy_from is not None and by is not None and not Version.objects.visible_to(by).contains(copy_from):
        raise DomainError(_("Choose a plan that you can see."))
    try:
        with transaction.atomic():
            workplan.save()
    except IntegrityError:
        return Workplan.objects.get(centre=centre, period=period)
    version = Version.objects.create(workplan=workplan, number=1, title=title[:300], created_by=by)
    record("start_workplan", workplan, by=by, workplan=workplan.reference)
    refresh_search_text(workplan, version)
    if copy_from is not None:
        copy_from_last(version, copy_from, by=by)
    return workplan


@transaction.atomic
def copy_from_last(version: Version, source: Version, *, by: User | None) -> int:
    """Fill an empty draft with the activities of another plan, moved to its own years; returns how many.

    They get numbers of their own: what was pledged, said or reported of the old ones stays with those.
    """
    require_draft(version, by=by)
    if by is not None and not Version.objects.visible_to(by).contains(source):
        raise DomainError(_("Choose a plan that you can see."))
    if version.activities.exists():
        raise DomainError(_("This draft has activities already. Copy into an empty draft."))
    years = version.workplan.period.starts - source.workplan.period.starts
    copied = copy_rows(source, version, years=years, new_identities=True)
    if not version.title:
        Version.objects.filter(pk=version.pk).update(title=source.title, summary=source.summary)
    record("copy_from_last", version, by=by, source=source.reference, activities=copied)
    return copied


@transaction.atomic
def delete_draft(version: Version, *, by: User | None) -> None:
    """Throw a draft away. The versions before it stay; a plan that has no other version goes with it."""
    require_draft(version, by=by, permission=Permission.WORKPLAN_DECIDE)
    workplan = version.workplan
    if workplan.versions.filter(round=version.round, number__lt=version.number).exists():
        raise IllegalStep(_("This draft answers the comments of a consultation. It can be changed, not thrown away."))
    record("delete_draft", workplan, by=by, number=version.number)
    version.changes.all().delete()
    version.delete()
    if not workplan.versions.exists():
        for identity in (LineIdentity, ActivityIdentity, IndicatorIdentity):
            identity.objects.filter(workplan=workplan).delete()
        workplan.delete()


@transaction.atomic
def change_language(workplan: Workplan, *, language: str, by: User | None) -> Workplan:
    """Change the language of a plan that is still its first draft."""
    version = workplan.newest_version
    lock(version)
    require_draft(version, by=by)
    if language not in LANGUAGES or version.number > 1:
        raise DomainError(
            _("The language can be chosen until the first consultation opens, from the six of the portal.")
        )
    before, workplan.language = workplan.language, language
    workplan.save(update_fields=["language", "updated_at"])
    record("change_language", workplan, by=by, before=before, after=language)
    return workplan


def refresh_search_text(workplan: Workplan, version: Version) -> None:
    """Fold reference, title and centre into the text that search reads: of the version that people see."""
    names: list[Any] = list(workplan.centre.names.values()) if workplan.centre else []
    text = fold(" ".join([workplan.reference, version.title, version.summary, *names]))[:20000]
    Workplan.objects.filter(pk=workplan.pk).update(search_text=text, updated_at=timezone.now())
