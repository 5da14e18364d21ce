"""Codes of sources and practices in the reader's words."""

from typing import Any

from django.utils.translation import gettext as _

from centres.models.names import LANGUAGE_CHOICES

from ..models import Source


def language_names(codes: list[str]) -> str:
    """The names of languages by their codes; codes that we have no name for stay."""
    return _(", ").join(str(LANGUAGE_CHOICES.get(code, code)) for code in codes)


def region_words(source: Source) -> str:
    """Where a source holds."""
    names = [region.name for region in source.regions.all()]
    return _(", ").join([_("the whole world"), *names] if source.worldwide else names)


def joined(rows: Any) -> str:
    """Names of words, one after the other."""
    return _(", ").join(row.name for row in rows)
