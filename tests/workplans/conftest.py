"""What the tests of workplans share."""

import sys
from types import ModuleType

import pytest
from django.http import HttpResponse
from django.urls import NoReverseMatch, clear_url_caches, path, reverse


@pytest.fixture(autouse=True)
def addresses(settings):
    """Notices lead to pages; while those do not stand, addresses of the same names stand in for them."""
    try:
        reverse("workplan_version", args=["WP-2025-pacific", 1])
        reverse("workplan_detail", args=["WP-2025-pacific"])
    except NoReverseMatch:
        from tsc_portal import urls as portal

        made = ModuleType("addresses_for_tests")
        made.urlpatterns = [
            path("workplans/<slug:reference>/", HttpResponse, name="workplan_detail"),
            path("workplans/<slug:reference>/versions/<int:number>/", HttpResponse, name="workplan_version"),
            *portal.urlpatterns,
        ]
        sys.modules[made.__name__] = made
        settings.ROOT_URLCONF = made.__name__
        clear_url_caches()
