"""Addresses of the clocks, of what is late, and of the office's own page."""

from django.urls import path

from .views import clocks, office

urlpatterns = [
    path("clock/", clocks.clock, name="clock"),
    path("coordination/clocks/", clocks.clock_lengths_page, name="clock_lengths"),
    path("coordination/late/", clocks.late_list, name="late_list"),
    path("coordination/late/<str:reference>/", clocks.late_hand_over, name="late_hand_over"),
    path("accounts/office/", office.office_page, name="office"),
    path("accounts/office/absence/<int:pk>/", office.absence_new, name="absence_new"),
    path("accounts/office/absence/<int:pk>/cancel/", office.absence_cancel, name="absence_cancel"),
]
