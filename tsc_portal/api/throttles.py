"""How often one token, and one address without a token, may call; every answer says how much is left."""

import time

from django.core.cache import cache
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

PERIODS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Window(BaseThrottle):
    """So many calls in a fixed window of time, counted in the cache."""

    scope = ""

    def who(self, request) -> str | None:
        """Whose calls are counted together; None where this throttle has nothing to say."""
        raise NotImplementedError

    def allow_request(self, request, view) -> bool:
        who = self.who(request)
        if who is None:
            return True
        limit, period = self.rate()
        now = time.time()
        self.left = int(period - now % period) + 1
        key = f"rate:{self.scope}:{who}:{int(now // period)}"
        cache.add(key, 0, period + 1)
        try:
            count = cache.incr(key)
        except ValueError:  # it went between the two lines
            count = 1
        request.rate_headers = {
            "RateLimit-Limit": str(limit),
            "RateLimit-Remaining": str(max(limit - count, 0)),
            "RateLimit-Reset": str(self.left),
        }
        return count <= limit

    def rate(self) -> tuple[int, int]:
        """The number of calls and the seconds in which they may be made."""
        calls, _slash, period = str(api_settings.DEFAULT_THROTTLE_RATES[self.scope]).partition("/")
        return int(calls), PERIODS[period[0]]

    def wait(self) -> float:
        return self.left


class PerToken(Window):
    """A token's calls; a person's, where they come with a session."""

    scope = "token"

    def who(self, request) -> str | None:
        if not request.user.is_authenticated:
            return None
        return str(getattr(request.auth, "token_key", None) or f"user-{request.user.pk}")


class PerAddress(Window):
    """Calls without a token, by the address they come from: behind proxies, what the last trusted one saw."""

    scope = "address"

    def who(self, request) -> str | None:
        return None if request.user.is_authenticated else _address(request)


def _address(request) -> str:
    proxies = api_settings.NUM_PROXIES or 0
    forwarded = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()]
    if proxies and forwarded:
        return forwarded[-min(proxies, len(forwarded))]
    return request.META.get("REMOTE_ADDR", "")
