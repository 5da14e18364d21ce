"""Texts for answers with the request's own words in them, in the language of the text."""

import re

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from ..actions.reply_templates import BRACES, PLACEHOLDERS
from ..clocks import office_due
from ..days import day
from ..models import CooperationRequest, ReplyTemplate

MEANINGS = {
    "party": _("the name of the Party"),
    "reference": _("the reference of the request"),
    "title": _("its title"),
    "centre": _("the name of your centre"),
    "until": _("the day until which an office answers, if it is asked today"),
}
assert set(MEANINGS) == set(PLACEHOLDERS)


def fill(template: ReplyTemplate, request: CooperationRequest) -> str:
    """The text with its placeholders filled from a request; names and days in the language of the text."""
    language = "zh-hans" if template.language == "zh" else template.language
    with translation.override(language):
        words = {
            "party": request.party.name,
            "reference": request.reference,
            "title": request.title,
            "centre": request.centre.name if request.centre else translation.gettext("The coordinator’s helpdesk"),
            "until": day(office_due(request.party, timezone.now()), "long"),
        }
    return BRACES.sub(lambda found: _word(found, words), template.text)


def _word(found: re.Match[str], words: dict[str, str]) -> str:
    return words.get(found[1], found[0])
