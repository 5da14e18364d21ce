"""Closed by default: a view of the API says who may use it, or nobody may."""

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, BasePermission

from accounts.api.access import Access, has_scope, needed_scope


class Closed(BasePermission):
    """Opens a view as far as its `access` says. What somebody may do to a record is the action's business."""

    message = _("This token does not have the scope that this call needs. Make one that may write, or ask its owner.")

    def has_permission(self, request, view) -> bool:
        access = getattr(view, "access", None)
        if not isinstance(access, Access):
            return False
        if request.method == "OPTIONS" or (access is Access.PUBLIC and request.method in SAFE_METHODS):
            return True
        return bool(request.user.is_authenticated and has_scope(request, needed_scope(view, request.method)))
