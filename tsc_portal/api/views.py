"""The API's own pages: its root, its schema, and the answer to addresses that lead nowhere."""

from functools import lru_cache

from django.http import Http404, HttpResponse
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.api.access import Access
from accounts.api.examples import add_examples, problem_example
from accounts.api.resource import ApiView
from accounts.api.schema import PROBLEM_TYPE

from .errors import TITLES
from .resources import RESOURCES


class Root(ApiView):
    """Where everything is."""

    access = Access.PUBLIC
    plural = "root"

    @extend_schema(responses={200: {"type": "object", "additionalProperties": {"type": "string"}}})
    def get(self, request):
        """The addresses of all lists."""
        names = {resource.plural: f"api-{resource.plural}-list" for resource in RESOURCES}
        names |= {"changes": "api-changes-list", "schema": "api-schema"}
        return Response({name: request.build_absolute_uri(reverse(route)) for name, route in names.items()})


class Schema(ApiView):
    """The API's description of itself."""

    access = Access.PUBLIC
    plural = "schema"

    @extend_schema(responses={200: {"type": "object", "additionalProperties": True}})
    def get(self, request):
        """This description, as OpenAPI 3.1."""
        return Response(described())


@lru_cache(maxsize=1)
def described() -> dict:
    """The schema: it changes with the code only."""
    with patched_settings({"POSTPROCESSING_HOOKS": []}):  # lists of values stand where they belong
        return with_problems(add_examples(SchemaGenerator().get_schema(request=None, public=True)))


def with_problems(schema: dict) -> dict:
    """Each refusal with an example of its own."""
    for methods in schema["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if found := answer.get("content", {}).get(PROBLEM_TYPE):
                    slug, title = TITLES[int(status)]
                    found["example"] = problem_example(int(status), slug, str(title), answer["description"])
    return schema


class Nowhere(ApiView):
    """An address that leads nowhere answers as a hidden record does."""

    access = Access.PUBLIC
    schema = None  # type: ignore[assignment]  # not an address to describe

    def dispatch(self, request, *args, **kwargs):
        if not request.path.endswith("/"):  # 308 keeps method and body, where Django's own redirect would lose them
            return HttpResponse(status=308, headers={"Location": request.get_full_path(force_append_slash=True)})
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request, *args, **kwargs):
        raise Http404
