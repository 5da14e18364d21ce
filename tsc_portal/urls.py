"""Addresses: English at the root, the other languages under their prefix, the API under /api/."""

from django.contrib import admin
from django.urls import URLResolver, include, path
from django.urls.resolvers import LocalePrefixPattern
from django.utils.translation import get_language

from .views import (
    coordination,
    health,
    help,
    home,
    mailbox,
    needs,
    network,
    programmes,
    status,
    style,
    wellknown,
    widget,
)


class LanguagePrefix(LocalePrefixPattern):
    """Django's code for Chinese is zh-hans; its prefix is zh."""

    @property
    def language_prefix(self):
        return "zh/" if get_language() == "zh-hans" else super().language_prefix


def in_six_languages(*patterns):
    """`i18n_patterns` with our prefixes; English needs none."""
    return URLResolver(LanguagePrefix(prefix_default_language=False), list(patterns))


urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("robots.txt", wellknown.robots, name="robots"),
    path("favicon.ico", wellknown.favicon, name="favicon"),
    path(".well-known/security.txt", wellknown.security_txt, name="security_txt"),
    path("api/", include("tsc_portal.api.urls")),
    path("admin/", admin.site.urls),
    path("", include("workplans.urls_iati")),
    in_six_languages(
        path("", home.home, name="home"),
        path("about/", home.about, name="about"),
        path("help/", help.help_list, name="help"),
        path("help/<slug:slug>/", help.help_task, name="help_task"),
        path("terms/", home.terms, name="terms"),
        path("privacy/", home.privacy, name="privacy"),
        path("accessibility/", home.accessibility, name="accessibility"),
        path("search/", home.search, name="search"),
        path("needs/", needs.needs, name="needs"),
        path("coordination/", coordination.coordination, name="coordination"),
        path("style/", style.style, name="style"),
        path("coordination/status/", status.status, name="status"),
        path("coordination/status/<slug:kind>/<int:pk>/", status.status_try_again, name="status_try_again"),
        path("mailbox/", mailbox.mailbox, name="mailbox"),
        path("mailbox/<str:name>/", mailbox.mailbox_mail, name="mailbox_mail"),
        path("mailbox/<str:name>/page/", mailbox.mailbox_html, name="mailbox_html"),
        path("countries/<slug:iso2>/", network.party_detail, name="party_detail"),
        path("widget/<slug:iso2>/", widget.widget, name="widget"),
        path("widget/<slug:iso2>.json", widget.widget_feed, name="widget_feed"),
        path("centres/<slug:slug>/", network.centre_detail, name="centre_detail"),
        path("", include("centres.urls_profiles")),
        path("programmes/", programmes.programme_list, name="programme_list"),
        path("programmes/<slug:slug>/", programmes.programme_detail, name="programme_detail"),
        path("", include("knowledge.urls")),
        path("", include("requests_offers.urls_delivery")),
        path("organizations/<slug:slug>/", network.organization_detail, name="organization_detail"),
        path("helpdesk/", network.helpdesk, name="helpdesk"),
        path("", include("requests_offers.urls_files")),
        path("", include("requests_offers.urls_triage")),
        path("", include("requests_offers.urls_coordination")),
        path("", include("requests_offers.urls_matching")),
        path("", include("requests_offers.urls")),
        path("", include("requests_offers.urls_clock")),
        path("", include("centres.urls")),
        path("", include("centres.urls_priorities")),
        path("", include("centres.urls_claims")),
        path("", include("centres.helpdesk.urls")),
        path("", include("workplans.urls_documents")),
        path("", include("workplans.urls")),
        path("", include("workplans.urls_pledges")),
        path("", include("workplans.urls_co_funding")),
        path("", include("workplans.urls_donors")),
        path("", include("accounts.urls_imports")),
        path("", include("accounts.urls_partners")),
        path("accounts/", include("accounts.urls")),
        path("accounts/", include("allauth.urls")),
    ),
]

handler400 = "tsc_portal.views.errors.bad_request"
handler403 = "tsc_portal.views.errors.forbidden"
handler404 = "tsc_portal.views.errors.not_found"
handler500 = "tsc_portal.views.errors.server_error"
