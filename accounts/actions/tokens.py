"""Making and revoking the tokens of partner systems."""

from collections.abc import Collection
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ..errors import IllegalStep
from ..models import ApiToken, User
from ..models.access import SCOPES
from .audit import record

LONGEST_LIFE = timedelta(days=365)


@transaction.atomic
def make_token(
    user: User, *, name: str, scopes: Collection[str], by: User | None, life: timedelta = LONGEST_LIFE
) -> tuple[ApiToken, str]:
    """A new token for `user`, and its secret, which exists nowhere else from then on."""
    unknown = set(scopes) - set(SCOPES)
    if unknown or not scopes:
        raise ValueError(f"Scopes are {' and '.join(SCOPES)}, not {', '.join(sorted(unknown)) or 'none'}.")
    try:
        with transaction.atomic():
            token, secret = ApiToken.objects.create(
                user, expiry=min(life, LONGEST_LIFE), name=name, scopes=[scope for scope in SCOPES if scope in scopes]
            )
    except IntegrityError:
        raise IllegalStep(
            _("You have a token with this name already. Revoke it first, or choose another name.")
        ) from None
    record("token_made", user, by=by, token=token.token_key, scopes=token.scopes)
    return token, secret


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User) -> None:
    """End a token at once; whoever uses it is refused from the next request on."""
    record("token_revoked", token.user, by=by, token=token.token_key)
    token.delete()
