"""Addresses of workplans."""

from django.urls import path

from .views import consulting, editing, ledger, periods, plans, presence, progress, results

PLAN = "workplans/<slug:reference>/"
VERSION = f"{PLAN}versions/<int:number>/"
EDIT = f"{PLAN}edit/"

urlpatterns = [
    path("workplans/", plans.workplan_list, name="workplan_list"),
    path("workplans/new/", plans.workplan_new, name="workplan_new"),
    path("workplans/periods/", periods.period_list, name="workplan_periods"),
    path("workplans/results/", results.network_results, name="network_results"),
    path("centres/<slug:slug>/results/", results.centre_results, name="centre_results"),
    path("workplans/from/<str:source>/", editing.become_activity, name="workplan_from"),
    path(PLAN, plans.workplan_detail, name="workplan_detail"),
    path(EDIT, editing.workplan_edit, name="workplan_edit"),
    path(f"{EDIT}undo/", editing.undo, name="workplan_undo"),
    path(f"{EDIT}present/", presence.present, name="workplan_present"),
    path(f"{EDIT}delete/", editing.delete_draft, name="workplan_delete_draft"),
    path(f"{EDIT}from-need/", editing.from_need, name="workplan_from_need"),
    path(f"{EDIT}activities/new/", editing.activity_new, name="workplan_activity_new"),
    path(f"{EDIT}activities/<str:activity>/", editing.activity_edit, name="workplan_activity"),
    path(f"{EDIT}activities/<str:activity>/move/", editing.activity_move, name="workplan_activity_move"),
    path(f"{EDIT}activities/<str:activity>/remove/", editing.activity_remove, name="workplan_activity_remove"),
    path(f"{EDIT}activities/<str:activity>/results/<int:number>/", editing.result_edit, name="workplan_result"),
    path(f"{EDIT}activities/<str:activity>/lines/new/", editing.line_new, name="workplan_line_new"),
    path(f"{EDIT}activities/<str:activity>/lines/<str:line>/", editing.line_edit, name="workplan_line"),
    path(f"{EDIT}activities/<str:activity>/lines/<str:line>/remove/", editing.line_remove, name="workplan_line_remove"),
    path(f"{PLAN}progress/", progress.progress_page, name="workplan_progress"),
    path(f"{PLAN}progress/<str:indicator>/<int:year>/", progress.progress_edit, name="workplan_progress_edit"),
    path(
        f"{PLAN}progress/<str:indicator>/<int:year>/<slug:name>/", progress.progress_step, name="workplan_progress_step"
    ),
    path(VERSION, plans.workplan_version, name="workplan_version"),
    path(f"{VERSION}comments/", consulting.consultation_page, name="workplan_consultation"),
    path(f"{VERSION}comments/new/", consulting.comment_new, name="workplan_comment_new"),
    path(f"{VERSION}comments/answer/", consulting.answer, name="workplan_answer"),
    path(f"{VERSION}comments/<int:pk>/", consulting.comment_edit, name="workplan_comment"),
    path(f"{VERSION}comments/<int:pk>/withdraw/", consulting.comment_withdraw, name="workplan_comment_withdraw"),
    path(f"{VERSION}comments/<int:pk>/publish/", consulting.comment_publish, name="workplan_comment_publish"),
    path(f"{VERSION}ledger/", ledger.ledger_page, name="workplan_ledger"),
    path(f"{VERSION}ledger/<int:pk>/", ledger.dispose, name="workplan_dispose"),
    path(f"{VERSION}<slug:name>/", plans.version_step, name="version_step"),
]
