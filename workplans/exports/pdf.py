"""Plans and final reports as PDF, in the language of the plan whatever the language of the page."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from requests_offers.days import day
from requests_offers.letters.typesetting import typeset

from ..actions.comments import ledger_counts
from ..lifecycle import VersionStatus
from ..models import Disposition, Version, Workplan
from .plan_words import words_of
from .report_words import report_words

PAGE = Path(__file__).resolve().parent / "document.typ"


def django_language(language: str) -> str:
    """Django's code for one of our six languages."""
    return "zh-hans" if language == "zh" else language


def plan_pdf(version: Version, document: dict[str, Any]) -> bytes:
    """The PDF of a version; `document` is what the reader may see of it."""
    with override(django_language(document["language"])):
        return typeset(PAGE, "document", said(version, document))


def said(version: Version, document: dict[str, Any]) -> dict[str, Any]:
    """Everything that the document of a version says, in the active language."""
    address = settings.SITE_ADDRESS + reverse("workplan_version", args=[version.workplan.reference, version.number])
    counts = counts_in_words(ledger_counts(version)) if version.was_consulted or version.round > 1 else []
    return words_of(document, standing=standing(version), address=address, counts=counts)


def standing(version: Version) -> str:
    """What a version is, in a sentence: how far one may rely on it."""
    words = {"day": day(version.finalized_at, "long"), "until": day(version.due_on, "long")}
    if version.status == VersionStatus.FINALIZED:
        return _("Finalized and published on %(day)s.") % words
    if version.status == VersionStatus.CONSULTATION:
        return _("In consultation until %(until)s: not agreed yet.") % words
    if version.status == VersionStatus.ADDRESSING:
        return _("The comments of the consultation are being answered: not agreed yet.")
    if version.status == VersionStatus.SUPERSEDED and version.finalized_at:
        return _("Published on %(day)s and replaced by a later version since.") % words
    if version.status == VersionStatus.SUPERSEDED:
        return _("Replaced by a later version; it was never published.")
    return _("Draft: not agreed yet.")


def counts_in_words(counts: dict[str, int]) -> list[tuple[str, str]]:
    """How many comments there were and what became of them, label by label."""
    rows = [(_("Comments"), counts["comments"])]
    rows += [(str(label), counts.get(code, 0)) for code, label in Disposition.choices]
    rows.append((_("Without an answer"), counts["without_answer"]))
    return [(label, str(number)) for label, number in rows if number or label == rows[0][0]]


def report_pdf(workplan: Workplan, report: dict[str, Any]) -> bytes:
    """The PDF of a final report, or of one that is on its way."""
    with override(django_language(report["language"])):
        address = settings.SITE_ADDRESS + reverse("workplan_detail", args=[workplan.reference])
        return typeset(PAGE, "document", report_words(report, address=address))
