"""Addresses of this room: the compendium and practices, then projects, programmes and opportunities."""

from . import urls_compendium, urls_registry

urlpatterns = [*urls_compendium.urlpatterns, *urls_registry.urlpatterns]
