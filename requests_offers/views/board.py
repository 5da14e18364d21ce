"""The centre's match board, and the search for an offer to propose."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, can, require

from .. import board
from ..forms.approaches import OfferSearchForm
from ..models import Component, Match, Offer
from .matches import places_words
from .requests import visible_request
from .steps import buttons

PER_PAGE = 20


@require_safe
def match_board(request, reference):
    """All needs of a request with their matches in columns, for the centre that holds it and the coordinator."""
    record = visible_request(request.user, reference)
    require(request.user, Permission.MATCH_VIEW, record)
    lanes = board.lanes_of(record, request.user, whole=request.GET.get("all", ""))
    for lane in lanes:
        for card in (card for column in lane.columns for card in column.cards):
            card.buttons = buttons(card, request.user)
        for approach in lane.approaches:
            approach.buttons = buttons(approach, request.user)
        lane.call_buttons = buttons(lane.call, request.user) if lane.call else []
    works = can(request.user, Permission.MATCH_OFFER, record)
    return render(request, "requests_offers/match_board.html", {"record": record, "lanes": lanes, "works": works})


@require_safe
def offer_search(request, reference, number):
    """The published offers that are not on the board of a need yet, to propose one by hand."""
    record = visible_request(request.user, reference)
    require(request.user, Permission.MATCH_OFFER, record)
    component = get_object_or_404(record.components, number=number)
    form = OfferSearchForm(request.GET)
    rows = Offer.objects.matchable(timezone.now().date()).select_related("organization__party")
    rows = rows.exclude(matches__in=Match.objects.filter(component=component))
    if form.is_valid():
        rows = rows.search(form.cleaned_data["search"])
    page = Paginator(rows.order_by("-published_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    for offer in page.object_list:
        offer.places_words = places_words(offer)
    is_open = Component.objects.scored().filter(pk=component.pk).exists()
    context = {"record": record, "component": component, "form": form, "page_obj": page, "is_open": is_open}
    return render(request, "requests_offers/offer_search.html", context)
