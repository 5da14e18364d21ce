"""Addresses of a centre's own desk. They stand before those of requests: `queue` and `criteria` are not references."""

from django.urls import path

from .views import by_mail, criteria, reply_templates, triage

urlpatterns = [
    path("requests/queue/", triage.request_queue, name="request_queue"),
    path("requests/criteria/", criteria.triage_criteria, name="triage_criteria"),
    path("coordination/criteria/", criteria.criteria_edit, name="criteria_edit"),
    path("requests/texts/", reply_templates.reply_template_list, name="reply_template_list"),
    path("requests/texts/new/", reply_templates.reply_template_new, name="reply_template_new"),
    path("requests/texts/<int:pk>/", reply_templates.reply_template_edit, name="reply_template_edit"),
    path("requests/texts/<int:pk>/retire/", reply_templates.reply_template_retire, name="reply_template_retire"),
    path("requests/answer/<str:token>/", by_mail.clarification_by_mail, name="clarification_by_mail"),
    path("requests/<str:reference>/assign/", triage.request_assign, name="request_assign"),
    path("requests/<str:reference>/notes/", triage.request_note, name="request_note"),
    path("requests/<str:reference>/scores/", triage.request_assessment, name="request_assessment"),
]
