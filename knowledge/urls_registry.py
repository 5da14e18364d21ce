"""Addresses of projects, programmes and opportunities."""

from django.urls import path

from .views import countries, opportunities, programmes, project_mails, projects

urlpatterns = [
    path("projects/", projects.project_list, name="project_list"),
    path("projects/submit/", projects.project_submit, name="project_submit"),
    path("projects/submit/sent/", project_mails.project_sent, name="project_sent"),
    path("projects/submitted/<slug:token>/", project_mails.project_submission, name="project_submission"),
    path("projects/change/<slug:token>/", project_mails.project_change_by_mail, name="project_change_by_mail"),
    path("projects/confirm/<slug:token>/", project_mails.project_confirm_by_mail, name="project_confirm_by_mail"),
    path("projects/<slug:reference>/", projects.project_detail, name="project_detail"),
    path("projects/<slug:reference>/edit/", projects.project_edit, name="project_edit"),
    path("projects/<slug:reference>/<slug:name>/", projects.project_step, name="project_step"),
    path("programmes/", programmes.programme_list, name="programme_list"),
    path("programmes/<slug:slug>/", programmes.programme_detail, name="programme_detail"),
    path("programmes/<slug:slug>/edit/", programmes.programme_edit, name="programme_edit"),
    path("opportunities/", opportunities.opportunity_list, name="opportunity_list"),
    path("opportunities.ics", opportunities.opportunity_calendar, name="opportunity_calendar"),
    path("opportunities.atom", opportunities.opportunity_feed, name="opportunity_feed"),
    path("opportunities/new/", opportunities.opportunity_new, name="opportunity_new"),
    path("opportunities/<slug:reference>/", opportunities.opportunity_detail, name="opportunity_detail"),
    path("opportunities/<slug:reference>/edit/", opportunities.opportunity_edit, name="opportunity_edit"),
    path("opportunities/<slug:reference>/<slug:name>/", opportunities.opportunity_step, name="opportunity_step"),
    path("countries/<slug:iso2>/records/", countries.country_records, name="country_records"),
    path("countries/<slug:iso2>/records/<slug:kind>/new/", countries.country_record_new, name="country_record_new"),
    path("countries/<slug:iso2>/records/<slug:kind>/<int:pk>/", countries.country_record, name="country_record"),
    path(
        "countries/<slug:iso2>/records/<slug:kind>/<int:pk>/remove/",
        countries.country_record_remove,
        name="country_record_remove",
    ),
]
