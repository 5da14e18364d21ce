"""Refusals of the API that no business rule knows; `tsc_portal.api.errors` words them as problem details."""

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException


class Stale(APIException):
    """The record is not the one that If-Match speaks of."""

    status_code = 412
    default_detail = _("The record has changed since you read it. Read it again, then send your change.")
    default_code = "stale"


class Gone(APIException):
    """What was asked for was there once and is not kept any more."""

    status_code = 410
    default_code = "gone"


class KeyReused(APIException):
    """An Idempotency-Key came back with another request."""

    status_code = 422
    default_detail = _("This Idempotency-Key was used for another request. Use a new key for each new request.")
    default_code = "key_reused"
