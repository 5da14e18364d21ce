"""Addresses of a person's imports, below their own page."""

from django.urls import path

from .views import imports

urlpatterns = [
    path("my/imports/", imports.import_list, name="import_list"),
    path("my/imports/<int:pk>/", imports.import_detail, name="import_detail"),
]
