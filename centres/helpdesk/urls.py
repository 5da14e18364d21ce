"""Addresses of the helpdesk."""

from django.urls import path

from . import views

urlpatterns = [
    path("helpdesk/", views.helpdesk, name="helpdesk"),
    path("helpdesk/new/", views.ticket_new, name="ticket_new"),
    path("helpdesk/<str:reference>/", views.ticket_detail, name="ticket_detail"),
    path("helpdesk/<str:reference>/<slug:name>/", views.ticket_step, name="ticket_step"),
]
