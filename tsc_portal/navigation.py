"""Which pages the masthead, the account menu and the footer lead to, by the names of their addresses."""

from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, can


class Place(NamedTuple):
    """A named address, what its link says, and the permission that somebody needs somewhere to be shown it."""

    url_name: str
    label: str | Promise
    permission: Permission | None = None


class LanguageLink(NamedTuple):
    """The present page in another language: the tag for lang="", the language's own name, the address."""

    tag: str
    name: str
    url: str
    is_current: bool


class Link(NamedTuple):
    """A link as a template draws it; current is "page", "true" or "" (aria-current)."""

    url: str
    label: str | Promise
    current: str


MAIN = [
    Place("request_list", _("Requests")),
    Place("offer_list", _("Offers")),
    Place("workplan_list", _("Workplans")),
    Place("needs", _("Needs")),
    Place("donors", _("Donors")),
    Place("knowledge", _("Knowledge")),
    Place("centre_list", _("Centres")),
    Place("party_list", _("Countries")),
    Place("forum_list", _("Community")),
]
ACCOUNT = [
    Place("my", _("My page: what waits for me")),
    Place("request_queue", _("Requests that my centre holds"), Permission.REQUEST_TRIAGE),
    Place("pledge_list", _("Pledges"), Permission.PLEDGE_VIEW),
    Place("co_funding", _("Co-funding that others report"), Permission.WORKPLAN_EDIT),
    Place("notice_list", _("Notices")),
    Place("saved_search_list", _("Saved searches")),
    Place("account_home", _("My account and mail")),
    Place("membership_list", _("Offices and roles")),
    Place("office", _("My office: people, absences, handover"), Permission.MEMBERSHIP_MANAGE),
    Place("verification_list", _("Verification of organizations"), Permission.CLAIM_ORGANIZATION_DECIDE),
    Place("coordination", _("Coordination"), Permission.REFERENCE_EDIT),
    Place("account_logout", _("Sign out")),
]
SIGNING_IN = [
    Place("account_home", _("My account and mail")),
    Place("account_email", _("Email addresses")),
    Place("account_change_password", _("Password")),
    Place("mfa_index", _("Two-step sign-in")),
    Place("usersessions_list", _("Where I am signed in")),
    Place("token_list", _("Tokens for partner systems")),
]
FOOTER = [
    Place("opportunity_list", _("Opportunities")),
    Place("project_list", _("Projects")),
    Place("programme_list", _("Programmes and partners")),
    Place("help", _("Help")),
    Place("about", _("About technical and scientific cooperation")),
    Place("helpdesk", _("Helpdesk")),
    Place("achievements", _("What cooperation achieved")),
    Place("clock", _("How long things take")),
    Place("api_docs", _("Data and API")),
    Place("accessibility", _("Accessibility")),
    Place("privacy", _("Privacy")),
    Place("terms", _("Terms of use")),
    Place("mailbox", _("Outgoing mail")),
]


def address_of(url_name: str) -> str:
    """The address of a page in the reader's language, or "" while the portal does not have it."""
    return _address(url_name, get_language(), settings.ROOT_URLCONF)


# The addresses do not change while the portal runs, and every page asks for some twenty of them.
@lru_cache(maxsize=1024)
def _address(url_name: str, language: str | None, urlconf: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def links(places: list[Place], path: str = "", user: Any = None) -> list[Link]:
    """The places that exist and that this reader may use, with a mark on the one they are in."""
    open_to = [place for place in places if place.permission is None or (user and can(user, place.permission))]
    found = [(address_of(place.url_name), place.label) for place in open_to]
    return [Link(url, label, _current(url, path)) for url, label in found if url]


def _current(url: str, path: str) -> str:
    if url == path:
        return "page"
    return "true" if path.startswith(url) else ""


def main_links(request: HttpRequest | None) -> list[Link]:
    """The links under the masthead."""
    return links(MAIN, request.path if request else "")


def language_tag(code: str) -> str:
    """The tag for lang="": Django's zh-hans is zh on our pages."""
    return "zh" if str(code).lower().startswith("zh-hans") else str(code)


def languages(request: HttpRequest) -> list[LanguageLink]:
    """The present page in the six languages; the start page where there is none at this address."""
    here = request.get_full_path() if request.resolver_match else "/"
    current = get_language()
    return [
        LanguageLink(language_tag(code), name, translate_url(here, code), code == current)
        for code, name in settings.LANGUAGES
    ]
