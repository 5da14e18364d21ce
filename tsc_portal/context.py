"""What every page knows: the mode, the places to go, the office acted for, and how many notices wait."""

from functools import partial

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext

from tsc_portal import navigation


def portal(request: HttpRequest) -> dict[str, object]:
    """Values for base.html. All wait until a template asks, because small templates get them too."""
    user = getattr(request, "user", None)
    return {
        "mode": settings.TSC_MODE,
        "is_example_site": settings.TSC_MODE == "demo",
        "nav": SimpleLazyObject(partial(navigation.main_links, request)),
        "languages": SimpleLazyObject(partial(navigation.languages, request)),
        "account_nav": SimpleLazyObject(partial(navigation.links, navigation.ACCOUNT, request.path, user)),
        "signing_in_nav": SimpleLazyObject(partial(navigation.links, navigation.SIGNING_IN, request.path)),
        "footer_nav": SimpleLazyObject(partial(navigation.links, navigation.FOOTER, request.path)),
        "translation_note": SimpleLazyObject(_translation_note),
        "office": SimpleLazyObject(lambda: str(getattr(user, "office_label", "") or "")),
        "unread_notices": partial(_unread, user),  # a plain number once a template calls it: plural forms divide it
    }


def _translation_note() -> str:
    """Whether a speaker of the field has read the words of the page; English is what they are written in."""
    language = get_language() or settings.LANGUAGE_CODE
    if language == settings.LANGUAGE_CODE:
        return ""
    if language in settings.REVIEWED_LANGUAGES:
        return gettext("The words of this page were reviewed by a speaker of the field.")
    return gettext("The words of this page have not yet been reviewed by a speaker of the field.")


def _unread(user: object) -> int:
    count = getattr(user, "unread_notice_count", 0)
    return int(count() if callable(count) else count)
