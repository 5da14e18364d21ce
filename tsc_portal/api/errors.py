"""Every refusal as problem details (RFC 9457), made in this one place."""

from collections.abc import Iterator

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.exceptions import ErrorDetail
from rest_framework.response import Response

from accounts.api.schema import PROBLEM_TYPE
from accounts.errors import DomainError, IllegalStep, StaleWrite

WHOLE_RECORD = "non_field_errors"
TITLES = {
    400: ("invalid", gettext_lazy("The request is not valid")),
    401: ("not-signed-in", gettext_lazy("Not signed in")),
    403: ("not-allowed", gettext_lazy("Not allowed")),
    404: ("not-found", gettext_lazy("Not found")),
    405: ("no-such-method", gettext_lazy("No such method")),
    406: ("no-such-form", gettext_lazy("No such form")),
    409: ("illegal-step", gettext_lazy("This step is not possible now")),
    410: ("gone", gettext_lazy("Not kept any more")),
    412: ("stale", gettext_lazy("The record has changed")),
    413: ("too-large", gettext_lazy("The body is too large")),
    415: ("not-json", gettext_lazy("The body is not JSON")),
    422: ("key-reused", gettext_lazy("The key was used for another request")),
    429: ("too-many-requests", gettext_lazy("Too many requests")),
}


def problem(error, context) -> Response | None:
    """The answer to a refusal; None for a fault of our own, which becomes a 500 and is logged."""
    request = context["request"]
    if isinstance(error, DomainError):
        return _of_domain(error, request)
    if isinstance(error, Http404 | exceptions.NotFound):
        return _answer(request, 404, _("There is nothing here, or nothing that you may see."))
    if isinstance(error, PermissionDenied):
        return _answer(request, 403, str(error) or _("You do not have the right to do this."))
    if isinstance(error, DjangoValidationError):
        return _invalid(request, exceptions.ValidationError(" ".join(error.messages)))
    if isinstance(error, RequestDataTooBig):
        return _answer(request, 413, _("The body is too large. Send fewer records at once."))
    if isinstance(error, exceptions.ValidationError | exceptions.ParseError):
        return _invalid(request, error)
    if isinstance(error, exceptions.APIException):
        return _of_framework(error, request)
    return None


def _of_domain(error: DomainError, request) -> Response:
    if isinstance(error, IllegalStep):
        return _answer(request, 409, str(error), open_steps=list(error.open_steps))
    if isinstance(error, StaleWrite):
        return _answer(request, 412, str(error))
    return _answer(request, 400, str(error), errors={WHOLE_RECORD: [{"code": "rule", "detail": str(error)}]})


def _of_framework(error: exceptions.APIException, request) -> Response:
    said = {"WWW-Authenticate": getattr(error, "auth_header", None), "Retry-After": getattr(error, "wait", None)}
    headers = {name: str(value) for name, value in said.items() if value is not None}
    return _answer(request, error.status_code, str(error.detail), headers=headers)


def _invalid(request, error: exceptions.APIException) -> Response:
    errors: dict[str, list[dict]] = {}
    for field, fault in _flat(error.detail):
        errors.setdefault(field or WHOLE_RECORD, []).append({"code": fault.code, "detail": str(fault)})
    if list(errors) == [WHOLE_RECORD]:
        sentence = errors[WHOLE_RECORD][0]["detail"]
    else:
        sentence = _("Mend these and send it again: %(fields)s.") % {"fields": ", ".join(errors)}
    return _answer(request, 400, sentence, errors=errors)


def _flat(detail, path: str = "") -> Iterator[tuple[str, ErrorDetail]]:
    """Faults with the path of their field: components.0.title."""
    if isinstance(detail, ErrorDetail):
        yield path.removesuffix(f".{WHOLE_RECORD}"), detail
    elif isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    else:
        plain = all(isinstance(inner, ErrorDetail) for inner in detail)
        for place, inner in enumerate(detail):
            yield from _flat(inner, path if plain else f"{path}.{place}" if path else str(place))


def _answer(request, status: int, detail: str, headers=None, **more) -> Response:
    slug, title = TITLES.get(status, ("refused", detail))
    body = {
        "type": request.build_absolute_uri(f"/api/docs/#{slug}"),
        "title": str(title),
        "status": status,
        "detail": detail,
        **more,
    }
    return Response(body, status=status, headers=headers, content_type=PROBLEM_TYPE)
