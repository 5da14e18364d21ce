"""Addresses below /accounts/ whose pages show offices, centres and organizations."""

from django.urls import path

from centres.views import claims, memberships

urlpatterns = [
    path("claims/", claims.claim_list, name="claim_list"),
    path("claims/new/", claims.claim_new, name="claim_new"),
    path("claims/<int:pk>/verify/", claims.claim_verify, name="claim_verify"),
    path("claims/<int:pk>/refuse/", claims.claim_refuse, name="claim_refuse"),
    path("memberships/", memberships.membership_list, name="membership_list"),
    path("memberships/new/", memberships.membership_new, name="membership_new"),
    path("memberships/<int:pk>/end/", memberships.membership_end, name="membership_end"),
]
