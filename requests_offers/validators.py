"""Rules about what a person may type, shared by forms, API and imports. Each raises ValidationError with a sentence.

A record may be incomplete while it is a draft, so nothing here asks for an answer: the actions do, on submission.
"""

import re
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
MOST_LANGUAGES = 12
MOST_PARTNERS = 9
MOST_PLACES = 999
LONGEST_LIFE = timedelta(days=5 * 366)


def validate_language(tag: str) -> None:
    """A BCP-47 tag such as fr, pt-BR or zh-Hans."""
    if len(tag) > 35 or not LANGUAGE_TAG.fullmatch(tag):
        raise ValidationError(_("Write the language as a tag such as fr, pt-BR or sw."), code="language")


def validate_languages(tags: list[str]) -> None:
    """The working languages of a need or an offer."""
    if len(tags) > MOST_LANGUAGES:
        raise ValidationError(
            _("Name at most %(most)s languages."), code="too_many_languages", params={"most": MOST_LANGUAGES}
        )
    for tag in tags:
        validate_language(tag)


def validate_period(starts: date | None, ends: date | None) -> None:
    """A period whose end does not lie before its beginning."""
    if starts and ends and ends < starts:
        raise ValidationError(_("Choose a last day that is not before the first day."), code="ends_before_it_starts")


def validate_expiry(day: date | None, today: date) -> None:
    """The last day of an offer: not in the past, and not so far away that nobody would look after it."""
    if day is None:
        return
    if day < today:
        raise ValidationError(_("Choose a day that has not passed."), code="past")
    if day > today + LONGEST_LIFE:
        raise ValidationError(_("Choose a day within the next five years; an offer can be renewed."), code="too_far")


def validate_partners(count: int) -> None:
    """How many partners one need may have."""
    if not 1 <= count <= MOST_PARTNERS:
        raise ValidationError(
            _("Write a number from 1 to %(most)s."), code="out_of_range", params={"most": MOST_PARTNERS}
        )


def validate_places(count: int) -> None:
    """How many matches one offer may serve at the same time."""
    if not 1 <= count <= MOST_PLACES:
        raise ValidationError(
            _("Write a number from 1 to %(most)s."), code="out_of_range", params={"most": MOST_PLACES}
        )


def validate_co_parties(party, co_parties) -> None:
    """The Parties that ask together: others than the one that files the request."""
    if party in co_parties:
        raise ValidationError(
            _("The Party that files the request asks already. Choose only the others."), code="asks_already"
        )


def may_be_public(consent_required: bool, consent_given: bool) -> bool:
    """Whether a request may be public: traditional knowledge needs the consent of those whose knowledge it is."""
    return consent_given or not consent_required


def validate_consent(visibility: str, consent_required: bool, consent_given: bool) -> None:
    """A visibility that those whose knowledge is concerned agree to."""
    if visibility == "public" and not may_be_public(consent_required, consent_given):
        raise ValidationError(
            _(
                "Traditional knowledge is concerned, and nobody has said yet that those whose knowledge it is agree. "
                "Say so, or choose who may see it: the network, or only those concerned."
            ),
            code="no_consent",
        )


def validate_priorities(parties, priorities) -> None:
    """National priorities of the Parties that ask, and of no other."""
    asking = {party.pk for party in parties}
    others = sorted(priority.code for priority in priorities if priority.party_id not in asking)
    if others:
        raise ValidationError(
            _("These are priorities of a Party that does not ask: %(codes)s. Take them out."),
            code="of_another_party",
            params={"codes": ", ".join(others)},
        )
