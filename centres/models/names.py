"""What every reference record shares: names in six languages, a day of retirement, a day in the sun."""

import unicodedata
from typing import Any, Self

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf, Replace
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.texts import Line

LANGUAGES = ("en", "fr", "es", "ar", "zh", "ru")
LANGUAGE_CHOICES = {
    "en": _("English"),
    "fr": _("French"),
    "es": _("Spanish"),
    "ar": _("Arabic"),
    "zh": _("Chinese"),
    "ru": _("Russian"),
}

# Databases sort by code point or by the collation of the server: without this, Égypte comes after Zimbabwe on one.
# Only the letters that our names need, by language: SQLite's parser takes about 25 nested functions.
_PLAIN_LETTERS = {
    "en": {"ô": "o", "ü": "u"},
    "fr": dict(zip("ÉÎéèêëïîôçâü", "EIeeeeiiocau", strict=True)),
    "es": dict(zip("ÁÉÍÓÚáéíóúñü", "AEIOUaeiounu", strict=True)),
    "ar": dict(zip("أإآ", "ااا", strict=True)),
}


def language_of(language: str | None = None) -> str:
    """One of our six codes for a Django language code; the active one when none is given, English otherwise."""
    code = (language or get_language() or "en").split("-")[0]
    return code if code in LANGUAGES else "en"


def fold(text: str) -> str:
    """Text as we search it: lower case, without accents, in any script."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).strip()


def _sort_expression(language: str) -> Any:
    expression: Any = F(f"name_{language}")
    for accented, plain in _PLAIN_LETTERS.get(language, {}).items():
        expression = Replace(expression, Value(accented), Value(plain))
    return expression


class ReferenceQuerySet(models.QuerySet):
    """Records that are retired instead of deleted."""

    def current(self) -> Self:
        """Those that have not been retired."""
        return self.filter(retired_on__isnull=True)


class NamedQuerySet(ReferenceQuerySet):
    """Records with names in six languages."""

    def by_name(self) -> Self:
        """In the order of their names in the active language."""
        named = _sort_expression(language_of())
        if language_of() == "en":
            return self.order_by(named, "pk")
        return self.order_by(Coalesce(NullIf(named, Value("")), F("name_en")), "pk")

    def named_like(self, text: str) -> Self:
        """Those with these words in one of their six names."""
        condition = models.Q()
        for language in LANGUAGES:
            condition |= models.Q(**{f"name_{language}__icontains": text})
        return self.filter(condition)


class SixNames(models.Model):
    """Names in the six languages of the United Nations; English is always there."""

    name_en = Line(_("name in English"), max_length=250)
    name_fr = Line(_("name in French"), max_length=250, blank=True)
    name_es = Line(_("name in Spanish"), max_length=250, blank=True)
    name_ar = Line(_("name in Arabic"), max_length=250, blank=True)
    name_zh = Line(_("name in Chinese"), max_length=250, blank=True)
    name_ru = Line(_("name in Russian"), max_length=250, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language, in English where there is none."""
        return self.name_in()

    @property
    def names(self) -> dict[str, str]:
        """All the names that are known, by language code."""
        every = {language: getattr(self, f"name_{language}") for language in LANGUAGES}
        return {language: name for language, name in every.items() if name}

    def name_in(self, language: str | None = None) -> str:
        return getattr(self, f"name_{language_of(language)}") or self.name_en


class ReferenceRecord(models.Model):
    """A fact with a source. Retired instead of deleted, since older records refer to it."""

    source = Line(_("source"), max_length=500, blank=True)
    retired_on = models.DateField(_("retired on"), null=True, blank=True)
    # True while the row is kept by load_reference. Whoever changes it in the portal sets it to False,
    # and the next load leaves it alone; rows made in the portal are never retired by a load.
    from_reference = models.BooleanField(_("kept by the reference tables"), default=False, editable=False)

    class Meta:
        abstract = True


class Confidence(models.TextChoices):
    """How sure we are of a fact."""

    HIGH = "high", _("high")
    MEDIUM = "medium", _("medium")
    LOW = "low", _("low")
