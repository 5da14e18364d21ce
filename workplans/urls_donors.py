"""Addresses of what donors look for."""

from django.urls import path

from .views import donors

urlpatterns = [
    path("donors/", donors.donors, name="donors"),
    path("donors/compare/", donors.compare, name="donors_compare"),
]
