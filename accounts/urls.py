"""Addresses below /accounts/, beside those of signing in."""

from django.urls import path

from .views import account, notices, own_data, searches, tokens

urlpatterns = [
    path("", account.account_home, name="account_home"),
    path("data/", own_data.own_data_file, name="own_data_file"),
    path("erase/", own_data.account_erase, name="account_erase"),
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/read/", notices.notice_read, name="notice_read"),
    path("searches/", searches.saved_search_list, name="saved_search_list"),
    path("searches/new/", searches.saved_search_new, name="saved_search_new"),
    path("searches/<int:pk>/", searches.saved_search_open, name="saved_search_open"),
    path("searches/<int:pk>/change/", searches.saved_search_change, name="saved_search_change"),
    path("searches/<int:pk>/delete/", searches.saved_search_delete, name="saved_search_delete"),
    path("tokens/", tokens.token_list, name="token_list"),
    path("tokens/<slug:token_key>/revoke/", tokens.token_revoke, name="token_revoke"),
]
