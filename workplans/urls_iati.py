"""Addresses of the IATI files. They are the same in every language."""

from django.urls import path

from .views import iati

urlpatterns = [
    path("iati.xml", iati.activities, name="iati"),
    path("iati-organisation.xml", iati.about_reporter, name="iati_organisation"),
    path("centres/<slug:slug>/iati.xml", iati.activities, name="iati_centre"),
    path("workplans/<slug:reference>/iati.xml", iati.activities, name="iati_workplan"),
]
