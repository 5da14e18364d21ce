"""Addresses of co-funding that others report."""

from django.urls import path

from .views import co_funding

urlpatterns = [
    path("co-funding/", co_funding.co_funding_list, name="co_funding"),
    path("co-funding/<str:reference>/", co_funding.co_funding_detail, name="co_funding_detail"),
    path("co-funding/<str:reference>/<slug:name>/", co_funding.co_funding_step, name="co_funding_step"),
]
