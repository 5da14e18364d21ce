"""How the API describes itself (OpenAPI 3.1): what all lists, records, writes and errors have in common."""

from copy import copy
from typing import Any

import django_filters
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS

from .access import Access
from .deprecation import DEPRECATED, operation_of
from .export import TYPES

PROBLEM_TYPE = "application/problem+json"


class FaultRecord(serializers.Serializer):
    """One fault of one field."""

    code = serializers.CharField(help_text="For machines: required, invalid, invalid_choice, unknown, max_length …")
    detail = serializers.CharField(help_text="For people, in the language of the request.")


class ProblemRecord(serializers.Serializer):
    """Problem details as in RFC 9457."""

    type = serializers.CharField(help_text="An address that stands for this kind of problem.")
    title = serializers.CharField(help_text="The kind of problem in a few words.")
    status = serializers.IntegerField(help_text="The HTTP status code again.")
    detail = serializers.CharField(help_text="What is wrong here and what to do, as a sentence.")
    errors = serializers.DictField(  # type: ignore[assignment]  # the name that RFC 9457 readers expect
        child=FaultRecord(many=True), required=False, help_text="With 400: the faults by field (`components.0.title`)."
    )
    open_steps = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="With 409: the steps that you may take now."
    )


ERRORS = {
    400: "Invalid: `errors` names each field or parameter with its faults.",
    401: "Not signed in, or the token is not known.",
    403: "You see the record but may not do this, or the token may read only.",
    404: "There is no such record, or none that you may see.",
    405: "The resource has no such method.",
    409: "The step is not possible from the record's state; `open_steps` names those that are.",
    410: "The cursor is older than the changes that are kept: read the lists again, then follow from `now`.",
    412: "The record has changed since you read it (If-Match or `version`).",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The Idempotency-Key was used for another request.",
    429: "Too many requests: wait as many seconds as `Retry-After` says.",
}
OF_READING = (400, 401, 404, 405, 429)
OF_WRITING = (400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429)

LANG = OpenApiParameter(
    "lang", str, enum=["en", "fr", "es", "ar", "zh", "ru"], description="The language of names and sentences."
)
PAGES = [
    OpenApiParameter("page", {"type": "integer", "minimum": 1}, description="The number of the page, from 1."),
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1, "default": 25},
        description="Records on a page; never more than 100.",
    ),
    OpenApiParameter(
        "format",
        str,
        enum=["json", *TYPES],
        description="Another form than JSON gives the whole filtered list as a file.",
    ),
]
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag you read: the write is refused (412) if the record changed.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag you have: 304 if the record is still the same."
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="A key of your own: the same request sent again within 24 hours does its work once.",
)
SECURITY = {
    "token": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Authorization: Token tsc_…`: its owner's rights, cut down to its scopes (read, write).",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "sessionid",
        "description": "A person's session; writes carry the CSRF token in the header X-CSRFToken.",
    },
}
NAMES = {  # how the fields of a filter form read in the schema
    django_filters.BooleanFilter: {"type": "boolean"},
    django_filters.DateFilter: {"type": "string", "format": "date"},
    django_filters.NumberFilter: {"type": "number"},
}


def filter_parameter(name: str, item: django_filters.Filter) -> OpenApiParameter:
    """A filter of the pages as a query parameter."""
    words = str(item.label or "")
    choices = item.extra.get("choices")
    if choices and not callable(choices):
        values = list(dict.fromkeys(["", *(str(value) for value, _label in choices)]))  # empty: any, as forms send it
        many = isinstance(item, django_filters.MultipleChoiceFilter)
        return OpenApiParameter(name, str, enum=values, many=many or None, description=words)
    kind = next((kind for cls, kind in NAMES.items() if isinstance(item, cls)), {"type": "string"})
    return OpenApiParameter(name, dict(kind), description=words)


class PortalSchema(AutoSchema):
    """Reads what a view of the API says about itself."""

    view: Any

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "plural", "") or "api"]

    def get_filter_backends(self) -> list:
        return []

    def get_auth(self) -> list[dict]:
        public = self.view.access is Access.PUBLIC and self.method in SAFE_METHODS
        for name, scheme in SECURITY.items():
            kind = ResolvedComponent.SECURITY_SCHEMA
            self.registry.register_on_missing(ResolvedComponent(name=name, type=kind, object=name, schema=scheme))
        return [*([{}] if public else []), *({name: []} for name in SECURITY)]

    def get_operation_id(self) -> str:
        return operation_of(self.view, self.method)

    def is_deprecated(self) -> bool:
        return self.get_operation_id() in DEPRECATED

    @property
    def lists(self) -> bool:
        """Whether this operation is a list with pages."""
        return getattr(self.view, "action", "") == "list"

    def _is_list_view(self, serializer=None) -> bool:
        return self.lists

    def get_override_parameters(self) -> list:
        found = [copy(parameter) for parameter in self._parameters()]
        for parameter in found:
            parameter.deprecated = f"{self.get_operation_id()}?{parameter.name}" in DEPRECATED
        return found

    def _parameters(self) -> list:
        found = [LANG, *self._key_parameter()]
        if self.lists:
            found += [*PAGES, *self._list_parameters()]
        elif self.method == "GET" and getattr(self.view, "action", "") == "retrieve":
            found.append(IF_NONE_MATCH)
        elif self.method not in SAFE_METHODS:
            found.append(IDEMPOTENCY_KEY)
            if "{" in self.path:
                found.append(IF_MATCH)
        return found

    def _key_parameter(self) -> list:
        key = getattr(self.view, "key", "")
        if f"{{{key}}}" not in self.path:
            return []
        kind = {"type": "string", "pattern": f"^{self.view.key_pattern}$"}
        return [OpenApiParameter(key, kind, OpenApiParameter.PATH, description="The record's reference or code.")]

    def _list_parameters(self) -> list:
        view = self.view
        filters = view.filterset_class.base_filters if view.filterset_class else {}
        found = [filter_parameter(name, item) for name, item in filters.items()]
        if view.orderings:
            names = [name for plain in view.orderings for name in (plain, f"-{plain}")]
            words = "Names separated by commas; a minus turns one around."
            found.append(OpenApiParameter("ordering", str, enum=names, description=words))
        if view.changed_at:
            words = "Only records that changed at this moment or later."
            found.append(OpenApiParameter("updated_since", OpenApiTypes.DATETIME, description=words))
        return found

    def get_request_serializer(self):
        return None

    def get_response_serializers(self):
        return getattr(self.view, "record_class", None)

    def _get_response_bodies(self, direction="response"):
        bodies = super()._get_response_bodies(direction)
        for code in OF_READING if self.method in SAFE_METHODS else OF_WRITING:
            problem = OpenApiResponse(ProblemRecord, description=ERRORS[code])
            bodies.setdefault(str(code), self._get_response_for_code(problem, str(code), [PROBLEM_TYPE], direction))
        if self.lists:
            for kind in TYPES.values():
                bodies["200"]["content"][kind.split(";")[0]] = {"schema": {"type": "string"}}
        elif IF_NONE_MATCH in self._parameters():
            bodies["304"] = {"description": "You have the record already."}
        return bodies
