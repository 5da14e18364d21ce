"""Addresses of matching with people: the board, single matches, invitations, open calls.

They stand before those of offers.
"""

from django.urls import path

from .views import approaches, board, calls, declines, match_page, offers

urlpatterns = [
    path("requests/<str:reference>/board/", board.match_board, name="match_board"),
    path("requests/<str:reference>/needs/<int:number>/search/", board.offer_search, name="offer_search"),
    path("requests/<str:reference>/needs/<int:number>/invite/", approaches.approach_new, name="approach_new"),
    path("requests/<str:reference>/needs/<int:number>/call/", calls.call_new, name="call_new"),
    path("requests/<str:reference>/needs/<int:number>/offer/", approaches.need_offer, name="need_offer"),
    path("matches/answer/<str:token>/", match_page.match_by_mail, name="match_by_mail"),
    path("matches/<str:reference>/", match_page.match_detail, name="match_detail"),
    path("matches/<str:reference>/message/", match_page.match_message, name="match_message"),
    path("matches/<str:reference>/files/<int:pk>/", match_page.message_file, name="message_file"),
    path("matches/<str:reference>/translator/", match_page.match_translator, name="match_translator"),
    path("matches/<str:reference>/next/", match_page.match_next, name="match_next"),
    path("invitations/answer/<str:token>/", approaches.approach_by_mail, name="approach_by_mail"),
    path("invitations/<str:reference>/", approaches.approach_detail, name="approach_detail"),
    path("invitations/<str:reference>/answer/", approaches.approach_answer, name="approach_answer"),
    path("invitations/<str:reference>/steps/<slug:name>/", approaches.approach_step, name="approach_step"),
    path("calls/", calls.call_list, name="call_list"),
    path("calls/<str:reference>/", calls.call_detail, name="call_detail"),
    path("calls/<str:reference>/steps/<slug:name>/", calls.call_step, name="call_step"),
    path("offers/declines/", declines.own_declines, name="own_declines"),
    path("offers/<str:reference>/delete/", offers.offer_delete, name="offer_delete"),
]
