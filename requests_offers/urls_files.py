"""Addresses of the files of a request. They stand before those of requests: `offline` is not a reference."""

from django.urls import path

from .views import attachments, endorsements, filings, letters, offline

urlpatterns = [
    path("requests/offline/", offline.request_offline, name="request_offline"),
    path("requests/offline/form/", offline.offline_form, name="request_offline_form"),
    path("requests/<str:reference>/offline/", offline.request_offline_of, name="request_offline_of"),
    path("requests/<str:reference>/offline/form/", offline.offline_form_of, name="request_offline_form_of"),
    path("requests/<str:reference>/letter.pdf", letters.request_letter, name="request_letter"),
    path("requests/<str:reference>/files/", attachments.request_attachments, name="request_attachments"),
    path("requests/<str:reference>/files/<int:pk>/", attachments.attachment_download, name="attachment_download"),
    path("requests/<str:reference>/files/<int:pk>/remove/", attachments.attachment_remove, name="attachment_remove"),
    path("requests/<str:reference>/endorsement/", endorsements.request_endorsement, name="request_endorsement"),
    path("requests/<str:reference>/filed/", filings.request_filings, name="request_filings"),
    path("requests/<str:reference>/filed/<int:pk>/", filings.request_filing, name="request_filing"),
]
