"""Addresses of what donors look for."""

from django.urls import path

from .views import donors, feeds, host_documents, needs, network

urlpatterns = [
    path("donors/", donors.donors, name="donors"),
    path("donors/compare/", donors.compare, name="donors_compare"),
    path("donors/network/", network.network, name="donors_network"),
    path("donors/papers/", host_documents.host_documents, name="host_documents"),
    path("donors/papers/<int:pk>/", host_documents.host_document, name="host_document"),
    path("donors/papers/<int:pk>/withdraw/", host_documents.host_document_withdraw, name="host_document_withdraw"),
    path("donors/papers/<slug:place>/new/", host_documents.host_document_new, name="host_document_new"),
    path("needs/unmet/", needs.unmet_needs, name="unmet_needs"),
    path("needs/<slug:reference>/brief.pdf", needs.need_brief, name="need_brief"),
    path("feeds/publications.atom", feeds.publications, name="feed_publications"),
    path("feeds/gaps.atom", feeds.gaps, name="feed_gaps"),
]
