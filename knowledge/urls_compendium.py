"""Addresses of sources, review rounds, questions and practices."""

from django.urls import path

from .views import compendium, coverage, practices, questions, reviewing

ROUND = "knowledge/rounds/<int:pk>/"
SOURCE = "knowledge/<str:reference>/"

urlpatterns = [
    path("knowledge/", compendium.source_list, name="knowledge"),
    path("knowledge/suggest/", compendium.source_new, name="source_new"),
    path("knowledge/coverage/", coverage.coverage_page, name="coverage"),
    path("knowledge/questions/", questions.question_list, name="question_list"),
    path("knowledge/questions/ask/", questions.question_new, name="question_new"),
    path("knowledge/questions/<int:pk>/", questions.question_detail, name="question_detail"),
    path("knowledge/questions/<int:pk>/withdraw/", questions.question_withdraw, name="question_withdraw"),
    path("knowledge/questions/publish/<str:reference>/", questions.question_publish, name="question_publish"),
    path("knowledge/rounds/", reviewing.round_list, name="review_rounds"),
    path("knowledge/rounds/new/", reviewing.round_new, name="review_round_new"),
    path(ROUND, reviewing.round_detail, name="review_round"),
    path(f"{ROUND}close/", reviewing.round_close, name="review_round_close"),
    path(f"{ROUND}sources/<int:review>/", reviewing.review_answer, name="review_answer"),
    path(f"{ROUND}proposals/<int:proposal>/", reviewing.review_decide, name="review_decide"),
    path(SOURCE, compendium.source_detail, name="source_detail"),
    path(f"{SOURCE}edit/", compendium.source_edit, name="source_edit"),
    path(f"{SOURCE}<slug:name>/", compendium.source_step, name="source_step"),
    path("practices/", practices.practice_list, name="practice_list"),
    path("practices/new/", practices.practice_new, name="practice_new"),
    path("practices/<str:reference>/edit/", practices.practice_edit, name="practice_edit"),
    path("practices/<str:reference>/<slug:name>/", practices.practice_step, name="practice_step"),
]
