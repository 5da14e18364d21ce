"""Addresses of requests, offers, matches, engagements and of the page of what waits for me."""

from django.urls import path

from .views import calendar, engagements, matches, my, offers, requests, wizard

urlpatterns = [
    path("requests/", requests.request_list, name="request_list"),
    path("requests/new/", wizard.request_new, name="request_new"),
    path("requests/<str:reference>/", requests.request_detail, name="request_detail"),
    path("requests/<str:reference>/edit/", wizard.request_edit, name="request_edit"),
    path("requests/<str:reference>/delete/", requests.request_delete, name="request_delete"),
    path("requests/<str:reference>/steps/<slug:name>/", requests.request_step, name="request_step"),
    path("requests/<str:reference>/matches/", matches.request_matches, name="request_matches"),
    path("requests/<str:reference>/matches/propose/", matches.match_propose, name="match_propose"),
    path("requests/<str:reference>/matches/compare/", matches.match_compare, name="match_compare"),
    path("matches/<str:reference>/steps/<slug:name>/", matches.match_step, name="match_step"),
    path("engagements/<str:reference>/steps/<slug:name>/", engagements.engagement_step, name="engagement_step"),
    path("offers/", offers.offer_list, name="offer_list"),
    path("offers/new/", offers.offer_new, name="offer_new"),
    path("offers/<str:reference>/", offers.offer_detail, name="offer_detail"),
    path("offers/<str:reference>/edit/", offers.offer_edit, name="offer_edit"),
    path("offers/<str:reference>/steps/<slug:name>/", offers.offer_step, name="offer_step"),
    path("my/", my.my, name="my"),
    path("my/calendar/", calendar.my_calendar, name="my_calendar"),
    path("my/calendar/open/", calendar.my_calendar_open, name="my_calendar_open"),
    path("my/calendar/close/", calendar.my_calendar_close, name="my_calendar_close"),
    path("my/calendar/<slug:secret>.ics", calendar.calendar_file, name="calendar_file"),
]
