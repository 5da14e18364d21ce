"""One kind of resource: what all lists and records of the API have in common, so that whoever knows one knows all."""

from collections.abc import Iterator
from typing import Any

import django_filters
from django.http import Http404, HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from rest_framework.exceptions import ErrorDetail, MethodNotAllowed, ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from . import export, reading
from .access import Access
from .deprecation import deprecations, operation_of
from .deprecation import headers as deprecation_headers
from .faults import Stale
from .schema import PortalSchema

EXPORTED_AT_ONCE = 500
Records = list[dict]  # a view has a method that is called list
Names = list[str]
OPEN_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "ETag, Location, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Deprecation, Sunset, Link"
    ),
}
PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class AlwaysJson(BaseContentNegotiation):
    """Answers are JSON whatever a browser says it would rather have; files are asked for by `format`."""

    def select_parser(self, request, parsers):
        kinds = {parser.media_type: parser for parser in parsers}
        return kinds.get(request.content_type.split(";")[0].strip().lower())

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """A view of the API: says who may use it, speaks the language asked for, opens public reading to every site."""

    access: Access | None = None  # closed until a view says otherwise
    changes_nothing = False  # a POST that a token without the scope "write" may send
    content_negotiation_class = AlwaysJson
    schema = PortalSchema()
    parameters: tuple[str, ...] = ()  # names of query parameters that this view reads besides `lang`

    def dispatch(self, request, *args, **kwargs):
        code = reading.LANGUAGES.get(request.GET.get("lang", "en"), "en")
        with translation.override(code):
            response = super().dispatch(request, *args, **kwargs)
            if isinstance(response, Response):
                response.render()  # while its language is the one in force
        response.headers.setdefault("Content-Language", code)
        return response

    def initial(self, request, *args, **kwargs):
        if request.method not in self.allowed_methods:
            raise MethodNotAllowed(request.method)
        super().initial(request, *args, **kwargs)
        reading.refuse_unknown(request.query_params, self.known_parameters())
        reading.refuse_repeated(request.query_params, self.may_repeat())
        reading.one_of(request.query_params, "lang", reading.LANGUAGES, "en")

    def known_parameters(self) -> set[str]:
        """The query parameters that this call understands."""
        return {"lang", "format", *self.parameters}

    def may_repeat(self) -> set[str]:
        """Those of them that may be given more than once."""
        return {"fields"}

    def options(self, request, *args, **kwargs):
        return Response(status=204, headers={"Allow": ", ".join(self.allowed_methods)})

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        signed_in = request.user is not None and request.user.is_authenticated
        if request.method in SAFE_METHODS and not signed_in:
            _add(response, OPEN_HEADERS)
            if request.method == "OPTIONS":
                _add(response, PREFLIGHT_HEADERS)
        response.headers.setdefault("Cache-Control", "private, no-cache" if signed_in else "no-cache")
        patch_vary_headers(response, ["Authorization", "Cookie"])
        _add(response, getattr(request, "rate_headers", {}))
        going = deprecations(operation_of(self, request.method), request.GET)
        _add(response, deprecation_headers(going, request.build_absolute_uri("/api/docs/#going")))
        return response

    def address_of(self, name: str) -> str:
        """The address of a list of the API, for the addresses of its records."""
        return self.request.build_absolute_uri(reverse(f"api-{name}-list"))


def _add(response, headers: dict[str, str]) -> None:
    for name, value in headers.items():
        response[name] = value


class RecordResource(ViewSetMixin, ApiView):
    """Single records of one kind, with tags.

    A kind says which rows there are (`rows`, with what its records need), which of them somebody sees (`visible`), and
    what their records look like (`present`: rows to plain dicts, with as many queries for a hundred rows as for one).
    """

    access = Access.PUBLIC
    plural = ""  # as in the address
    key = "reference"  # the field by which records are addressed
    key_pattern = r"[A-Za-z0-9_-]+"
    record_class: type | None = None  # the serializer that describes a record in the schema
    worded: tuple[str, ...] = ()  # fields in the reader's language
    lookup_field = ""  # the router's words for key and pattern
    lookup_value_regex = ""

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.lookup_field, cls.lookup_value_regex = cls.key, cls.key_pattern

    # What a kind says ------------------------------------------------------

    def rows(self):
        """All rows with what their records need."""
        raise NotImplementedError

    def visible(self, rows):
        """Those of them that the caller may see."""
        return rows

    def present(self, rows) -> Records:
        """The records of some rows, as plain values."""
        raise NotImplementedError

    def find(self, rows, value: str):
        """The row with this natural code."""
        return rows.filter(**{self.key: value})

    def more(self, row) -> dict:
        """What a single record says besides."""
        return {}

    def lock(self, row) -> None:
        """Lock a row, its parents first, before a conditional write looks at it."""
        type(row).objects.select_for_update().filter(pk=row.pk).first()

    # Reading ---------------------------------------------------------------

    @classmethod
    def field_names(cls) -> Names:
        """The fields of a record, in order."""
        return list(cls.record_class._declared_fields)  # type: ignore[union-attr]

    def known_parameters(self) -> set[str]:
        return super().known_parameters() | {"fields"}

    def retrieve(self, request, **kwargs) -> Response:
        reading.one_of(request.query_params, "format", ("json",), "json")
        return self.answer(self.row())

    def row(self):
        """The row that the address names, or 404: also where it exists and is not for this reader."""
        found = self.find(self.visible(self.rows()), self.kwargs[self.key]).first()
        if found is None:
            raise Http404
        return found

    def answer(self, row, status: int = 200) -> Response:
        """One record with its tag; 304 where the client has it already."""
        record = self._in_full(row)
        tag = reading.tag_of(record, self.worded)
        known = self.request.headers.get("If-None-Match", "")
        if self.request.method in SAFE_METHODS and known and reading.names_tag(known, tag):
            return Response(status=304, headers={"ETag": tag})
        fields = reading.chosen_fields(self.request.query_params, self.field_names())
        return Response(_trimmed([record], fields)[0], status=status, headers={"ETag": tag})

    def _in_full(self, row) -> dict:
        return self.present([row])[0] | self.more(row)

    # Writing ---------------------------------------------------------------

    def answer_again(self, row, status: int = 200) -> Response:
        """The record after a write, read anew; whoever wrote it may see the answer, whatever comes of it."""
        response = self.answer(self.rows().get(pk=row.pk), status)
        if status == 201:
            response["Location"] = f"{self.address_of(self.plural)}{getattr(row, self.key)}/"
        return response

    def refuse_stale(self, row) -> None:
        """Compare If-Match with the row as it is now, under lock; call it in the transaction of the write."""
        known = self.request.headers.get("If-Match")
        if known is None:
            return
        self.lock(row)
        record = self._in_full(self.rows().get(pk=row.pk))
        if not reading.names_tag(known, reading.tag_of(record, self.worded)):
            raise Stale

    def validated(self, serializer_class, more: dict | None = None) -> dict:
        """What the body says, or 400 with every fault; `more` is what the check needs to know."""
        serializer = serializer_class(data=self.request.data, context=more or {})
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class Resource(RecordResource):
    """Records of one kind with their list: pages, filters, order and files."""

    filterset_class: Any = None
    pagination_class: Any = api_settings.DEFAULT_PAGINATION_CLASS
    orderings: dict[str, str] = {}
    default_order: tuple[str, ...] = ("pk",)
    changed_at = ""  # look-up path of the moment of the last change
    amounts: tuple[str, ...] = ()  # fields that hold decimal numbers as text

    def known_parameters(self) -> set[str]:
        known = super().known_parameters()
        if self.action != "list":
            return known
        named = {name for name, there in (("ordering", self.orderings), ("updated_since", self.changed_at)) if there}
        return known | named | {*reading.PAGING, *self.filter_names()}

    @classmethod
    def filter_names(cls, kind: type = django_filters.Filter) -> Names:
        """The names of the filters of a kind."""
        filters = cls.filterset_class.base_filters if cls.filterset_class else {}
        return [name for name, item in filters.items() if isinstance(item, kind)]

    def may_repeat(self) -> set[str]:
        return {*super().may_repeat(), *self.filter_names(django_filters.MultipleChoiceFilter)}

    def list(self, request, **kwargs) -> HttpResponseBase:
        query = request.query_params
        kind = reading.one_of(query, "format", reading.FORMATS, "json")
        for name in reading.PAGING:
            reading.whole_number(query, name)
        fields = reading.chosen_fields(query, self.field_names())
        rows = self.narrowed(self.visible(self.rows()))
        if kind != "json":
            words = {name: field.help_text for name, field in self.record_class._declared_fields.items()}  # type: ignore[union-attr]
            table = export.Table(self.plural, fields or self.field_names(), words, self.amounts)
            return export.answer(kind, table, self._stream(rows, fields))
        paginator = self.pagination_class()
        page = paginator.paginate_queryset(rows, request, view=self)
        return paginator.get_paginated_response(_trimmed(self.present(page), fields))

    def narrowed(self, rows):
        """The rows that the filters leave, in the order that was asked for."""
        query = self.request.query_params
        if self.filterset_class:
            reading.yes_or_no(query, self.filter_names(django_filters.BooleanFilter))
            found: Any = self.filterset_class(query, queryset=rows, request=self.request)
            if not found.is_valid():
                raise ValidationError(_errors_of(found.form))
            rows = found.qs
        if since := reading.moment(query, "updated_since") if self.changed_at else None:
            rows = rows.filter(**{f"{self.changed_at}__gte": since})
        if "ordering" in self.filter_names():
            return rows  # the pages' own allow-list
        return rows.order_by(*reading.order(query, self.orderings, self.default_order))

    def _stream(self, rows, fields) -> Iterator[dict]:
        """All records in pieces, so that memory stays flat. It outlives the view: each piece sets the language."""
        language, piece = translation.get_language(), []
        for row in rows.iterator(chunk_size=EXPORTED_AT_ONCE):
            piece.append(row)
            if len(piece) == EXPORTED_AT_ONCE:
                yield from self._presented(piece, fields, language)
                piece = []
        yield from self._presented(piece, fields, language)

    def _presented(self, rows, fields, language) -> Records:
        with translation.override(language):
            return _trimmed(self.present(rows), fields) if rows else []


def _trimmed(records: Records, fields: Names | None) -> Records:
    if fields is None:
        return records
    return [{name: record[name] for name in fields if name in record} for record in records]


def _errors_of(form) -> dict[str, list]:
    """Faults of a filter form, with their codes."""
    return {
        name: [ErrorDetail(" ".join(error.messages), error.code or "invalid") for error in errors.as_data()]
        for name, errors in form.errors.items()
    }
