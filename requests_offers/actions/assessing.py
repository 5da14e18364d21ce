"""Scores beside the decision: each officer alone first, then all of them see how far they are apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep, StaleWrite
from accounts.models import User
from accounts.permissions import Permission, can, require
from centres.models import LANGUAGES

from ..criteria import MOST, Criterion, Kind
from ..lifecycle import RequestStatus
from ..models import Assessment, AssessmentScore, CooperationRequest, CriteriaVersion
from .steps import lock

OPEN_TO_SCORES = frozenset({RequestStatus.SUBMITTED, RequestStatus.CLARIFICATION, RequestStatus.DORMANT})


@dataclass(frozen=True)
class Given:
    """What one officer gives one criterion."""

    value: int
    note: str = ""


# Criteria -------------------------------------------------------------------------------------------------------------


def version_in_force() -> int:
    """The number of the criteria by which requests are looked at now."""
    newest = CriteriaVersion.objects.newest()
    return newest.version if newest else 1


def version_for(request: CooperationRequest) -> int:
    """The version by which a request is scored: that of its first score, so that all of them can be compared."""
    first = request.assessments.order_by("pk").values_list("criteria_version", flat=True).first()
    return first or version_in_force()


@transaction.atomic
def change_criteria(rows: list[dict[str, Any]], *, reason: str, based_on: int, by: User) -> CriteriaVersion:
    """Add a version of the criteria. Everybody can read it and the reason.

    `rows` are dicts with code (empty: new), kind, names and texts by language. `based_on` is the version that the
    person saw; somebody else's newer one raises StaleWrite.
    """
    require(by, Permission.CRITERIA_EDIT)
    list(CriteriaVersion.objects.select_for_update().order_by("-version")[:1])
    before = version_in_force()
    if before != based_on:
        raise _stale()
    if not reason.strip():
        raise DomainError(_("Write why the criteria change: everybody can read it."))
    listed = _checked(rows)
    if listed == in_six_languages(CriteriaVersion.of(before)):
        raise DomainError(_("These are the criteria in force already: nothing was changed."))
    try:
        with transaction.atomic():
            made = CriteriaVersion.objects.create(
                version=before + 1, criteria=listed, reason=reason.strip(), created_by=by
            )
    except IntegrityError:
        raise _stale() from None
    words = {"before": f"version {before}", "after": f"version {made.version}", "reason": reason.strip()}
    record("criteria_changed", made, by=by, public=True, **words)
    return made


def _stale() -> StaleWrite:
    return StaleWrite(
        _("Somebody else has changed the criteria meanwhile. Look at theirs before you change them again.")
    )


def _checked(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not 1 <= len(rows) <= MOST:
        raise DomainError(_("Keep between 1 and %(most)s criteria.") % {"most": MOST})
    used = {row["code"] for row in rows if row["code"]}
    found = []
    for row in rows:
        if not row["names"].get("en", "").strip():
            raise DomainError(_("Give each criterion a name in English. The other languages may follow."))
        code = row["code"] or _new_code(row["names"]["en"], used)
        used.add(code)
        found.append(
            {
                "code": code,
                "kind": Kind(row["kind"]).value,
                "names": _filled(row["names"]),
                "texts": _filled(row["texts"]),
            }
        )
    return found


def _new_code(name: str, used: set[str]) -> str:
    stem = slugify(name)[:30] or "criterion"
    return next(code for code in [stem, *(f"{stem}-{number}" for number in range(2, 99))] if code not in used)


def _filled(words: dict[str, str]) -> dict[str, str]:
    return {language: text.strip() for language, text in words.items() if text.strip()}


def in_six_languages(criteria: Iterable[Criterion]) -> list[dict[str, Any]]:
    """Criteria as rows, those of the first version with the words of the catalogues."""
    return [
        {
            "code": one.code,
            "kind": str(one.kind),
            "names": dict(one.names) or _spoken(one.name),
            "texts": dict(one.texts) or (_spoken(one.text) if one.text else {}),
        }
        for one in criteria
    ]


def _spoken(words: Any) -> dict[str, str]:
    found = {}
    for language in LANGUAGES:
        with override("zh-hans" if language == "zh" else language):
            found[language] = str(words)
    # A language without a translation shows the English words; it need not keep a copy of them.
    return {language: text for language, text in found.items() if language == "en" or text != found["en"]}


# Scores ---------------------------------------------------------------------------------------------------------------


def may_score(request: CooperationRequest, user: User) -> bool:
    """Whether somebody scores this request now: the staff of the centre that holds it, until it has decided."""
    return request.status in OPEN_TO_SCORES and can(user, Permission.REQUEST_TRIAGE, request)


def sees_others(request: CooperationRequest, user: User) -> bool:
    """Whether somebody may read the scores of others: whoever scores must have done so first."""
    if not can(user, Permission.REQUEST_NOTE, request):
        return False
    return not may_score(request, user) or request.assessments.filter(officer=user).exists()


@transaction.atomic
def assess(
    request: CooperationRequest, *, scores: dict[str, Given], by: User, note: str = "", version: int | None = None
) -> Assessment:
    """Score a request by every criterion, or change the own scores; `version` is that of the criteria which were seen.

    Raises NotAllowed outside the centre, IllegalStep once it has decided, DomainError where a criterion lacks a value.
    """
    lock(request)
    require(by, Permission.REQUEST_TRIAGE, request)
    if request.status not in OPEN_TO_SCORES:
        raise IllegalStep(_("The centre has decided about this request. Scores stay as they are."))
    number = version_for(request)
    if version is not None and version != number:
        raise StaleWrite(_("The criteria have changed meanwhile. Read them before you score the request."))
    criteria = CriteriaVersion.of(number)
    _check_scores(criteria, scores)
    made, is_new = Assessment.objects.get_or_create(
        request=request, officer=by, criteria_version=number, defaults={"centre": request.centre, "note": note}
    )
    if not is_new:
        made.note, made.changed_at = note, timezone.now()
        made.save(update_fields=["note", "changed_at"])
        made.scores.all().delete()
    AssessmentScore.objects.bulk_create(
        AssessmentScore(assessment=made, criterion=code, value=given.value, note=given.note)
        for code, given in scores.items()
    )
    record("assess" if is_new else "assess_again", request, by=by, criteria=number)
    return made


def _check_scores(criteria: Iterable[Criterion], scores: dict[str, Given]) -> None:
    known = {one.code: one for one in criteria}
    lacking = [one for code, one in known.items() if code not in scores]
    if lacking or set(scores) - set(known):
        raise DomainError(_("Give each criterion a value."))
    if any(given.value not in known[code].scale for code, given in scores.items()):
        raise DomainError(_("Choose a value from the scale of the criterion."))
