"""Addresses of projects, programmes and opportunities."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
