"""Addresses of the page for partner systems, below a person's own page."""

from django.urls import path

from .views import partners, webhooks

urlpatterns = [
    path("my/api/", partners.partner_page, name="partner_page"),
    path("my/api/accounts/new/", partners.service_account_new, name="service_account_new"),
    path("my/api/accounts/<int:pk>/", partners.service_account, name="service_account"),
    path("my/api/accounts/<int:pk>/end/", partners.service_account_end, name="service_account_end"),
    path("my/api/tokens/<slug:token_key>/revoke/", partners.service_token_revoke, name="service_token_revoke"),
    path("my/api/webhooks/new/", webhooks.webhook_new, name="webhook_new"),
    path("my/api/webhooks/<int:pk>/", webhooks.webhook_detail, name="webhook_detail"),
    path("my/api/webhooks/<int:pk>/change/", webhooks.webhook_change, name="webhook_change"),
    path("my/api/webhooks/<int:pk>/<slug:step>/", webhooks.webhook_step, name="webhook_step"),
    path("my/api/deliveries/<int:pk>/replay/", webhooks.delivery_replay, name="delivery_replay"),
]
