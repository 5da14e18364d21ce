"""Addresses of sources, review rounds, questions and practices."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
