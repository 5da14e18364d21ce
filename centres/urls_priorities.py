"""Addresses of a country's national priorities."""

from django.urls import path

from centres.views import priorities

urlpatterns = [
    path("countries/<slug:iso2>/priorities/", priorities.priority_list, name="priority_list"),
    path("countries/<slug:iso2>/priorities/new/", priorities.priority_new, name="priority_new"),
    path("countries/<slug:iso2>/priorities/<int:pk>/", priorities.priority_edit, name="priority_edit"),
    path("countries/<slug:iso2>/priorities/<int:pk>/end/", priorities.priority_end, name="priority_end"),
]
