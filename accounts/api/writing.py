"""Writing: the same request sent twice does its work once."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from ..models import IdempotencyKey
from .faults import KeyReused
from .reading import invalid

KEPT_FOR = timedelta(hours=24)
KEY = re.compile(r"[!-~]{1,200}")


def once(request, act: Callable[[], Response]) -> Response:
    """Do `act` in one transaction. With an Idempotency-Key that was seen before, give the first answer again instead.

    Only answers that changed something are kept: a refusal may be mended and sent again under the same key.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        with transaction.atomic():
            return act()
    if not KEY.fullmatch(key):
        raise invalid("Idempotency-Key", _("The key is 1 to 200 letters, digits and signs of ASCII, without spaces."))
    with transaction.atomic():
        row, first = _claim(request.user, key, _fingerprint(request))
        return _kept(row, act()) if first else _again(row)


def _fingerprint(request) -> str:
    """What makes two requests the same: method, address and body, files in it by what they hold."""
    said = [request.method, request.get_full_path(), request.data]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=_digest_of_file).encode()).hexdigest()


def _digest_of_file(file) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return f"{file.name} {digest.hexdigest()}"


def _claim(user, key: str, fingerprint: str) -> tuple[IdempotencyKey, bool]:
    """The row of this key, and whether it is new. Somebody who holds the same key at this moment is waited for."""
    IdempotencyKey.objects.filter(user=user, created_at__lt=timezone.now() - KEPT_FOR).delete()
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(user=user, key=key, fingerprint=fingerprint), True
    except IntegrityError:
        row = IdempotencyKey.objects.get(user=user, key=key)
    if row.fingerprint != fingerprint:
        raise KeyReused
    return row, False


def _kept(row: IdempotencyKey, response: Response) -> Response:
    row.status, row.location = response.status_code, response.headers.get("Location", "")
    row.body = json.loads(json.dumps(response.data, cls=JSONEncoder))
    row.save()
    return response


def _again(row: IdempotencyKey) -> Response:
    response = Response(row.body, status=row.status, headers={"Idempotent-Replayed": "true"})
    if row.location:
        response["Location"] = row.location
    return response
