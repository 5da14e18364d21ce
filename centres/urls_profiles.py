"""Addresses of the profiles of organizations and of their verification."""

from django.urls import path

from centres.views import profiles

urlpatterns = [
    path("organizations/verification/", profiles.verification_list, name="verification_list"),
    path("organizations/<slug:slug>/profile/", profiles.organization_profile, name="organization_profile"),
    path("organizations/<slug:slug>/profile/renewal/", profiles.renewal_ask, name="renewal_ask"),
    path("organizations/<slug:slug>/profile/<slug:part>/new/", profiles.profile_part, name="profile_part_new"),
    path("organizations/<slug:slug>/profile/<slug:part>/<int:pk>/", profiles.profile_part, name="profile_part"),
    path(
        "organizations/<slug:slug>/profile/<slug:part>/<int:pk>/remove/",
        profiles.profile_part_remove,
        name="profile_part_remove",
    ),
    path("organizations/<slug:slug>/verification/renew/", profiles.verification_renew, name="verification_renew"),
    path("organizations/<slug:slug>/verification/refuse/", profiles.verification_refuse, name="verification_refuse"),
]
