from django.urls import path

from centres.views import centres, organizations, parties

urlpatterns = [
    path("countries/", parties.party_list, name="party_list"),
    path("countries/<slug:iso2>/", parties.party_detail, name="party_detail"),
    path("centres/", centres.centre_list, name="centre_list"),
    path("centres/<slug:slug>/", centres.centre_detail, name="centre_detail"),
    path("institutions/<slug:slug>/", centres.institution_detail, name="institution_detail"),
    path("organizations/", organizations.organization_list, name="organization_list"),
    path("organizations/<slug:slug>/", organizations.organization_detail, name="organization_detail"),
]
