"""Addresses below /accounts/ whose pages show offices, centres and organizations."""

from django.urls import path

from centres.views import claims, invitations, memberships

urlpatterns = [
    path("accounts/claims/", claims.claim_list, name="claim_list"),
    path("accounts/claims/new/", claims.claim_new, name="claim_new"),
    path("accounts/claims/<int:pk>/verify/", claims.claim_verify, name="claim_verify"),
    path("accounts/claims/<int:pk>/refuse/", claims.claim_refuse, name="claim_refuse"),
    path("accounts/memberships/", memberships.membership_list, name="membership_list"),
    path("accounts/memberships/new/", memberships.membership_new, name="membership_new"),
    path("accounts/memberships/<int:pk>/end/", memberships.membership_end, name="membership_end"),
    path("accounts/invitations/new/", invitations.invitation_new, name="invitation_new"),
    path("accounts/invitations/<int:pk>/withdraw/", invitations.invitation_withdraw, name="invitation_withdraw"),
    path("accounts/invitations/<int:pk>/bounced/", invitations.invitation_bounced, name="invitation_bounced"),
    path("accounts/invitation/<slug:token>/", invitations.invitation, name="invitation"),
]
