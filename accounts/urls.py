"""Addresses below /accounts/, beside those of signing in."""

from django.urls import path

from .views import account, notices, tokens

urlpatterns = [
    path("", account.account_home, name="account_home"),
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/read/", notices.notice_read, name="notice_read"),
    path("tokens/", tokens.token_list, name="token_list"),
    path("tokens/<slug:token_key>/revoke/", tokens.token_revoke, name="token_revoke"),
]
