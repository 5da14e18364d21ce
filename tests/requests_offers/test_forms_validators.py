"""Rules about what a person may type: what passes, and what is refused."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts import texts
from requests_offers import validators

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize("tag", ["en", "pt-BR", "zh-Hans", "sw", "fil"])
def test_language_tags_pass(tag):
    validators.validate_language(tag)


@pytest.mark.parametrize("tag", ["", "e", "english language", "fr_FR", "x" * 40, "fr-", "français"])
def test_what_is_no_language_tag_is_refused(tag):
    with pytest.raises(ValidationError):
        validators.validate_language(tag)


def test_a_list_of_languages_is_checked_one_by_one_and_has_an_end():
    validators.validate_languages(["en"] * validators.MOST_LANGUAGES)
    for tags in (["en"] * (validators.MOST_LANGUAGES + 1), ["en", "no language"]):
        with pytest.raises(ValidationError):
            validators.validate_languages(tags)


def test_a_text_may_be_long_but_not_endless_and_holds_no_null_character():
    texts.validate_text("x" * texts.LONGEST_TEXT)
    for text in ("x" * (texts.LONGEST_TEXT + 1), "a\x00b"):
        with pytest.raises(ValidationError):
            texts.validate_text(text)


@pytest.mark.parametrize(("starts", "ends"), [(None, None), (TODAY, None), (None, TODAY), (TODAY, TODAY)])
def test_periods_that_pass(starts, ends):
    validators.validate_period(starts, ends)


def test_a_period_does_not_end_before_it_starts():
    with pytest.raises(ValidationError):
        validators.validate_period(TODAY, TODAY - timedelta(days=1))


@pytest.mark.parametrize("day", [None, TODAY, TODAY + validators.LONGEST_LIFE])
def test_last_days_that_pass(day):
    validators.validate_expiry(day, TODAY)


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), TODAY + validators.LONGEST_LIFE + timedelta(days=1)])
def test_a_last_day_is_neither_past_nor_far_away(day):
    with pytest.raises(ValidationError):
        validators.validate_expiry(day, TODAY)


@pytest.mark.parametrize(
    ("check", "most"),
    [
        (validators.validate_partners, validators.MOST_PARTNERS),
        (validators.validate_places, validators.MOST_PLACES),
    ],
)
def test_numbers_have_their_bounds(check, most):
    check(1)
    check(most)
    for count in (0, -1, most + 1):
        with pytest.raises(ValidationError):
            check(count)


def test_the_party_that_asks_is_not_among_those_that_ask_with_it():
    validators.validate_co_parties("FJ", ["TV"])
    with pytest.raises(ValidationError):
        validators.validate_co_parties("FJ", ["TV", "FJ"])
