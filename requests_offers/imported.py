"""The records of this app that people and partner systems may send in files."""

from django.utils.translation import gettext_lazy as _

from accounts.imported import ImportKind, register
from accounts.permissions import Permission, can

from .actions.imports.own import OwnOffers, OwnRequests


def _writes_requests(user) -> bool:
    return can(user, Permission.REQUEST_DRAFT)


def _writes_offers(user) -> bool:
    return can(user, Permission.OFFER_EDIT)


def register_kinds() -> None:
    """Name them; called when the app is ready."""
    register(ImportKind("requests", _("Requests, as drafts"), _writes_requests, OwnRequests))
    register(ImportKind("offers", _("Offers, as drafts"), _writes_offers, OwnOffers))
