"""Addresses under /api/: lists and records by their names in docs/api.md; anything else is a problem, not a page."""

from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from accounts.api.changes import Changes

from .pages import api_docs
from .resources import RESOURCES
from .views import Nowhere, Root, Schema

router = SimpleRouter()
for resource in RESOURCES:
    router.register(resource.plural, resource, basename=f"api-{resource.plural}")

urlpatterns = [
    path("docs/", api_docs, name="api_docs"),
    path("v1/", Root.as_view(), name="api-root"),
    path("v1/changes/", Changes.as_view(), name="api-changes-list"),
    path("v1/schema/", Schema.as_view(), name="api-schema"),
    path("v1/", include(router.urls)),
    re_path(r"^v1/[\s\S]*$", Nowhere.as_view()),
]
