"""What every request passes through: an id for the log, compression, what browsers may keep,
domain errors as answers.
"""

import uuid

import structlog
from django.contrib import messages
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.errors import DomainError


class RequestIdMiddleware:
    """Give each request a number that the log, the audit trail and the error page can quote."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = uuid.uuid4().hex[:12]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.id)
        response = self.get_response(request)
        response["X-Request-ID"] = request.id
        return response


class CompressionMiddleware(GZipMiddleware):
    """Gzip with random padding against length guessing (Django's mitigation), for pages and the API alike."""


class BrowserMiddleware:
    """Tell browsers and caches on the way what they may keep and use: pages of signed-in people are nobody else's."""

    POLICY = ", ".join(f"{feature}=()" for feature in ("camera", "geolocation", "microphone", "payment", "usb"))

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.POLICY)
        if "Cache-Control" not in response.headers and request.user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-cache"
        return response


class DomainErrorMiddleware:
    """Turn what an action refuses into a sentence for the person: a message, and the way back."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, error):
        if isinstance(error, DomainError) and request.method == "POST":
            messages.warning(request, str(error))
            return redirect(self._way_back(request))
        return None

    def _way_back(self, request) -> str:
        back = request.headers.get("referer", "")
        safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
        return back if safe else "/"
