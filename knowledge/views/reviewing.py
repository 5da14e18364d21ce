"""Review rounds: the coordinator's pages, and the page on which an advisor answers."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import DomainError, IllegalStep
from accounts.permissions import Permission, can, require

from .. import whats_next
from ..actions import reviewing as acts
from ..filters.compendium import SourceFilter
from ..forms.sources import ReviewForm, RoundForm, initial_of
from ..models import Decision, ProposedChange, Review, ReviewRound, Source
from .compendium import described
from .proposals import shown

PER_PAGE = 50


@require_safe
def round_list(request):
    """The rounds of this person: all for the coordinator, for an advisor those with something to answer."""
    rounds = ReviewRound.objects.visible_to(request.user)
    asked, answered = Count("reviews"), Count("reviews", filter=~Q(reviews__verdict=""))
    mine = Q(reviews__advisor=request.user)
    if not can(request.user, Permission.SOURCE_ROUND):
        asked = Count("reviews", filter=mine)
        answered = Count("reviews", filter=mine & ~Q(reviews__verdict=""))
    rows = rounds.annotate(asked=asked, answered=answered).order_by("closed_at", "-due_on", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "opens_rounds": can(request.user, Permission.SOURCE_ROUND)}
    return render(request, "knowledge/round_list.html", context)


@require_http_methods(["GET", "POST"])
def round_new(request):
    """Open a round over the sources that the filters of the compendium leave."""
    require(request.user, Permission.SOURCE_ROUND)
    filters = SourceFilter(request.GET, queryset=Source.objects.listed(), request=request)
    listed = list(filters.qs)
    form = RoundForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        people = list(said.pop("people").order_by("pk"))
        query = {name: value for name, value in request.GET.items() if value and name != "page"}
        try:
            made = acts.open_round(by=request.user, listed=listed, people=people, filters=query, **said)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The round is open. The advisors have been told."))
            return redirect(made)
    context = {"form": form, "listed": listed, "chips": filters.form, "query": _query_of(request.GET)}
    return render(request, "knowledge/round_new.html", context)


def _query_of(query: QueryDict) -> str:
    return f"?{query.urlencode()}" if query else ""


@require_safe
def round_detail(request, pk):
    """One round: an advisor's assignments; for the coordinator everybody's, with each proposed change."""
    made = get_object_or_404(ReviewRound.objects.visible_to(request.user), pk=pk)
    reviews = made.reviews.visible_to(request.user).select_related("source", "advisor").prefetch_related("proposals")
    rows = list(reviews.order_by("source__name", "pk"))
    runs = can(request.user, Permission.SOURCE_ROUND)
    proposals = shown([one for review in rows for one in review.proposals.all()])
    context = {
        "made": made,
        "reviews": rows,
        "mine": [review for review in rows if review.advisor_id == request.user.pk],
        "runs": runs,
        "proposals": proposals,
        "undecided": sum(not one["proposal"].decision for one in proposals),
        "answered": sum(bool(review.verdict) for review in rows),
    }
    return render(request, "knowledge/round_detail.html", context)


@require_http_methods(["GET", "POST"])
def review_answer(request, pk, review):
    """The assignment of an advisor: the source as it stands, and the form for the verdict."""
    rows = Review.objects.visible_to(request.user).filter(round=pk)
    found = get_object_or_404(rows.select_related("round", "source", "advisor"), pk=review)
    described([found.source])
    form = ReviewForm(request.POST or None, initial=_first(found))
    if form.is_valid():
        said = form.cleaned_data
        try:
            acts.answer(found, by=request.user, verdict=said["verdict"], reason=said["reason"], changes=form.changes)
        except IllegalStep as error:
            messages.warning(request, str(error))
            return redirect(found.round)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Thank you, your word is kept. You can change it until it is decided on."))
            return redirect(_next(found, request.user))
    context = {"review": found, "form": form, "baton": whats_next.of_review(found, request.user)}
    context["can_answer"] = found.advisor_id == request.user.pk and found.round.is_open
    return render(request, "knowledge/review_answer.html", context)


def _first(review: Review) -> dict:
    """What the form shows at first: the source, with what the advisor has proposed already."""
    found = initial_of(review.source) | {"verdict": review.verdict, "reason": review.reason}
    proposed = {one.field: one.after for one in review.proposals.all() if one.field != ProposedChange.REMOVAL}
    values = acts.values_of(proposed)
    for name, value in values.items():
        found[name] = [row.pk for row in value] if name in acts.ROWS else value
    return found


def _next(review: Review, user) -> str:
    """The next assignment that waits, else the page of the round."""
    waiting = Review.objects.waiting_for(user).filter(round=review.round_id).order_by("pk").first()
    return waiting.get_absolute_url() if waiting else reverse("review_round", args=[review.round_id])


@require_POST
def review_decide(request, pk, proposal):
    """Apply or reject one proposed change."""
    require(request.user, Permission.SOURCE_ROUND)
    rows = ProposedChange.objects.select_related("review__source", "review__round")
    found = get_object_or_404(rows, pk=proposal, review__round=pk)
    decision = Decision.APPLIED if request.POST.get("decision") == Decision.APPLIED else Decision.REJECTED
    try:
        acts.decide(found, by=request.user, decision=decision, note=request.POST.get("note", "")[:1000])
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Decided. The history of the source keeps it."))
    return redirect(f"{reverse('review_round', args=[pk])}#proposals")


@require_POST
def round_close(request, pk):
    """End a round."""
    require(request.user, Permission.SOURCE_ROUND)
    made = get_object_or_404(ReviewRound, pk=pk)
    try:
        acts.close_round(made, by=request.user)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The round is closed. Sources that were looked at count as checked today."))
    return redirect(made)
