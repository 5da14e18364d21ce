"""Addresses of pledges."""

from django.urls import path

from .views import pledges

urlpatterns = [
    path("pledges/", pledges.pledge_list, name="pledge_list"),
    path("pledges/new/", pledges.pledge_new, name="pledge_new"),
    path("pledges/<str:reference>/", pledges.pledge_detail, name="pledge_detail"),
    path("pledges/<str:reference>/say/", pledges.pledge_say, name="pledge_say"),
    path("pledges/<str:reference>/more-than-asked/", pledges.pledge_above_gap, name="pledge_above_gap"),
    path("pledges/<str:reference>/documents/<int:pk>/", pledges.pledge_document, name="pledge_document"),
    path("pledges/<str:reference>/<slug:name>/", pledges.pledge_step, name="pledge_step"),
]
