"""Addresses of the coordinator's side of matching: weights, allocation rounds, calibration."""

from django.urls import path

from .views import calibration, rounds, weights

urlpatterns = [
    path("matching/weights/", weights.how_the_score_works, name="how_the_score_works"),
    path("coordination/weights/", weights.match_weights, name="match_weights"),
    path("coordination/calibration/", calibration.match_calibration, name="match_calibration"),
    path("coordination/rounds/", rounds.round_list, name="round_list"),
    path("coordination/rounds/<int:pk>/", rounds.round_detail, name="round_detail"),
    path("coordination/rounds/<int:pk>/compare/", rounds.round_compare, name="round_compare"),
    path("coordination/rounds/<int:pk>/<slug:name>/", rounds.round_step, name="round_step"),
]
