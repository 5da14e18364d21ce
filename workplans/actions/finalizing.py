"""Making a version the public one, and changing what is public: only by a new version beside it."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actions.audit import record
from accounts.errors import DomainError
from accounts.models import User

from .. import announce
from ..lifecycle import CONSULTED, Amendment, VersionStatus
from ..models import Comment, Version, Workplan
from . import amendments, snapshots
from .completeness import refuse_incomplete
from .consultation import next_draft
from .gaps import refresh_gaps
from .plans import refresh_search_text
from .pledges import tell_of_removed
from .steps import check, require_draft, take


@transaction.atomic
def finalize(version: Version, *, by: User | None) -> Version:
    """Make a version the public one. Refused while a comment lacks its answer, or while offices must be asked first."""
    check(version, "finalize", by=by)
    document = snapshots.build(version) if version.status == VersionStatus.DRAFT else None
    if document is not None:
        refuse_incomplete(version, document)
        _refuse_unconsulted(version, document)
    _refuse_unanswered(version)
    now = timezone.now()
    former = Version.objects.public().filter(workplan=version.workplan_id).select_for_update().first()
    if former:
        take(former, "supersede", by=None, changes={"superseded_at": now})
    event = take(
        version,
        "finalize",
        by=by,
        changes=snapshots.frozen_fields(version, document) | {"finalized_at": now},
        public=True,
    )
    Workplan.objects.filter(pk=version.workplan_id).update(current_version=version)
    version.workplan.current_version = version
    refresh_search_text(version.workplan, version)
    refresh_gaps(version.workplan)
    if former:
        tell_of_removed(version.workplan, former)
    people = None if version.was_consulted or former is None else announce.asked(former)
    announce.about(version, event, "finalize", people=people)
    return version


def _refuse_unanswered(version: Version) -> None:
    count = Comment.objects.of_ledger(version).open().count()
    if count:
        sentence = ngettext(
            "%(count)s comment has no disposition yet. Answer it first.",
            "%(count)s comments have no disposition yet. Answer them first.",
            count,
        )
        raise DomainError(sentence % {"count": count})


def _refuse_unconsulted(version: Version, document: dict[str, Any]) -> None:
    """Only a correction, or a budget change up to 20 % since offices were last asked, goes without asking them."""
    measured = amendments.measure(version, document)
    if measured is None or version.amendment in CONSULTED:
        raise DomainError(_("This plan must pass a consultation first. Open the consultation."))
    if measured.must_be_consulted:
        sentence = _(
            "This draft is more than was said: “%(class)s”. It must pass a consultation. Open the consultation."
        )
        raise DomainError(sentence % {"class": measured.amendment.label})
    if amendments.heavier(version.amendment, measured.amendment) != version.amendment:
        version.amendment = measured.amendment
        version.save(update_fields=["amendment"])


@transaction.atomic
def amend(version: Version, *, by: User | None, amendment: str) -> Version:
    """Begin a new draft beside the finalized version, which stays public until the next replaces it."""
    check(version, "amend", by=by)
    if amendment not in Amendment.values:
        raise DomainError(_("Choose what the amendment changes."))
    if Version.objects.open().filter(workplan=version.workplan_id).exists():
        raise DomainError(_("There is a draft of this plan already. Finish it first, or throw it away."))
    event = take(version, "amend", by=by, amendment=amendment)
    draft = next_draft(version, by=by, round=version.round + 1, base=version)
    draft.amendment = amendment
    draft.save(update_fields=["amendment"])
    announce.about(draft, event, "amend")
    return draft


@transaction.atomic
def change_amendment(version: Version, *, by: User | None, amendment: str) -> Version:
    """Say anew what a draft amends, while it is written."""
    check_draft_of_amendment(version, by)
    if amendment not in Amendment.values:
        raise DomainError(_("Choose what the amendment changes."))
    before, version.amendment = version.amendment, amendment
    version.save(update_fields=["amendment"])
    record("change_amendment", version, by=by, before=before, after=amendment)
    return version


def check_draft_of_amendment(version: Version, by: User | None) -> None:
    """Refuse whoever may not write the draft, and a draft that amends nothing."""
    from_draft = version.base_id is not None
    require_draft(version, by=by)
    if not from_draft:
        raise DomainError(_("This is the first version of the plan: it amends nothing."))
