"""Addresses of what donors look for."""

from django.urls import path

from .views import donors, feeds, needs, network

urlpatterns = [
    path("donors/", donors.donors, name="donors"),
    path("donors/compare/", donors.compare, name="donors_compare"),
    path("donors/network/", network.network, name="donors_network"),
    path("needs/unmet/", needs.unmet_needs, name="unmet_needs"),
    path("needs/<slug:reference>/brief.pdf", needs.need_brief, name="need_brief"),
    path("feeds/publications.atom", feeds.publications, name="feed_publications"),
    path("feeds/gaps.atom", feeds.gaps, name="feed_gaps"),
]
