"""The page about the API: what there is, read from the API's own description, without a script."""

from itertools import groupby
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.api.changes import Changes
from accounts.api.deprecation import DEPRECATED
from accounts.api.schema import ERRORS

from .errors import TITLES
from .resources import RESOURCES
from .views import described

METHODS = ("get", "post", "patch", "delete")


class Operation(NamedTuple):
    """One line of the page: what can be called, and what it does."""

    kind: str
    method: str
    path: str
    words: str


@login_not_required
@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """Every list, record and step with one sentence, and every kind of problem under its own anchor."""
    words = {resource.plural: (resource.__doc__ or "").partition("\n")[0] for resource in [*RESOURCES, Changes]}
    kinds = [
        {"name": name, "words": words.get(name, ""), "operations": list(lines)}
        for name, lines in groupby(sorted(_operations(), key=lambda line: line.kind), key=lambda line: line.kind)
        if name in words
    ]
    problems = [
        {"slug": slug, "status": status, "title": title, "words": ERRORS[status]}
        for status, (slug, title) in TITLES.items()
        if status in ERRORS
    ]
    return render(
        request, "tsc_portal/api_docs.html", {"kinds": kinds, "problems": problems, "going": DEPRECATED.items()}
    )


def _operations() -> list[Operation]:
    return [
        Operation(operation["tags"][0], method.upper(), path, _sentence(operation))
        for path, methods in described()["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def _sentence(operation: dict[str, Any]) -> str:
    return str(operation.get("summary") or operation.get("description", "")).partition("\n")[0]
