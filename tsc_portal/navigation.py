"""Which pages the masthead, the account menu and the footer lead to, by the names of their addresses."""

from typing import NamedTuple

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Place(NamedTuple):
    """A named address and what its link says."""

    url_name: str
    label: str | Promise


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
    Place("country_list", _("Countries")),
    Place("forum_list", _("Community")),
]
ACCOUNT = [
    Place("my", _("My page: what waits for me")),
    Place("notice_list", _("Notices and mail")),
    Place("membership_list", _("My offices and roles")),
    Place("coordination", _("Coordination")),
    Place("account_email", _("Email addresses")),
    Place("account_change_password", _("Password")),
    Place("mfa_index", _("Two-step sign-in")),
    Place("usersessions_list", _("Where I am signed in")),
    Place("account_logout", _("Sign out")),
]
FOOTER = [
    Place("about", _("About technical and scientific cooperation")),
    Place("helpdesk", _("Helpdesk")),
    Place("clock", _("How long things take")),
    Place("api_docs", _("Data and API")),
    Place("accessibility", _("Accessibility")),
    Place("privacy", _("Privacy")),
    Place("terms", _("Terms of use")),
    Place("mailbox", _("Outgoing mail")),
]


def address_of(url_name: str) -> str:
    """The address of a page, or "" while the portal does not have it."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def links(places: list[Place], path: str = "") -> list[Link]:
    """The places that exist, with a mark on the one the reader is in."""
    found = [(address_of(place.url_name), place.label) for place in places]
    return [Link(url, label, _current(url, path)) for url, label in found if url]


def _current(url: str, path: str) -> str:
    if url == path:
        return "page"
    return "true" if path.startswith(url) else ""


def main_links(request: HttpRequest | None) -> list[Link]:
    """The links under the masthead."""
    return links(MAIN, request.path if request else "")
