"""How the API knows who asks: a partner's token, or the session of a person at the browser."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework.authentication import SessionAuthentication as PlainSessionAuthentication
from rest_framework.exceptions import AuthenticationFailed

NOTE_USE_EVERY = timedelta(hours=1)


class TokenAuthentication(KnoxTokenAuthentication):
    """Knox's digests; notes a token's last use, at most once an hour."""

    def authenticate(self, request):
        found = super().authenticate(request)
        if found:
            self._note_use(found[1])
        return found

    def authenticate_credentials(self, token):
        try:
            return super().authenticate_credentials(token)
        except UnicodeDecodeError:
            raise AuthenticationFailed(_("Invalid token.")) from None

    def _cleanup_token(self, auth_token) -> bool:
        """Whether a token has expired. Knox would delete it, and look through the others: reading deletes nothing."""
        return auth_token.is_expired

    def _note_use(self, token):
        now = timezone.now()
        if token.last_used_at is None or token.last_used_at < now - NOTE_USE_EVERY:
            type(token).objects.filter(pk=token.pk).update(last_used_at=now)


class SessionAuthentication(PlainSessionAuthentication):
    """A person's session, with CSRF protection; answers 401 rather than 403 to whoever is not signed in."""

    def authenticate_header(self, request):
        return 'Token realm="api"'
