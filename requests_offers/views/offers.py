"""Offers: the public list, the page of each, its form on two pages, and its steps."""

import uuid
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError, NotAllowed, StaleWrite
from accounts.permissions import Permission, can, reach, require
from accounts.together import prefetch_together
from centres.models import Organization, language_of

from .. import timeline, whats_next
from ..actions import drafts
from ..actions.offers import STEPS
from ..clocks import centre_calendars
from ..filters import OfferFilter
from ..forms.offer import FLAG_CHOICES, READINESS, OfferContentForm, OfferTechnologyForm, OfferTermsForm
from ..forms.suggestions import suggested_on
from ..lifecycle import MatchStatus, OfferStatus
from ..models import Match, Offer
from ..wording.evidence import languages
from .drafting import differences, exit_of, stale_page, stopped
from .matches import places_words
from .steps import buttons, step_page

PER_PAGE = 25
EXTENDED_BEFORE = timedelta(days=60)
TEMPLATE = "requests_offers/offer_form.html"
PAGES = {"1": OfferContentForm, "2": OfferTermsForm, "3": OfferTechnologyForm}
TECHNOLOGY = frozenset({"technology_transfer", "technology_assessment"})


@login_not_required
@require_safe
def offer_list(request):
    rows = Offer.objects.visible_to(request.user).select_related("organization__party", "verifying_centre")
    found = OfferFilter(request.GET, queryset=rows.order_by("-published_at", "-pk"), request=request)
    if not can(request.user, Permission.OFFER_VIEW):
        for name in ("status", "mine"):
            found.form.fields.pop(name)
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    described(page.object_list, request.user)
    context = {"page_obj": page, "filter_form": found.form, "can_start": can(request.user, Permission.OFFER_EDIT)}
    return render(request, "requests_offers/offer_list.html", context)


def described(offers, user) -> None:
    """Give each of these offers its targets, its places in words and its baton, in two queries for all."""
    now, calendars = timezone.now(), centre_calendars({row.verifying_centre_id for row in offers} - {None})
    targets = _target_numbers(offers)
    for row in offers:
        row.baton = whats_next.of_offer(row, user, now, calendars[row.verifying_centre_id])
        row.target_numbers = ", ".join(str(number) for number in targets.get(row.pk, ()))
        row.places_words = places_words(row)


def _target_numbers(offers) -> dict[int, list[int]]:
    tied = Offer.targets.through.objects.filter(offer__in=[row.pk for row in offers])
    found: dict[int, list[int]] = {}
    for pk, number in tied.values_list("offer", "target__number").order_by("target__number"):
        found.setdefault(pk, []).append(number)
    return found


# One offer ------------------------------------------------------------------------------------------------------------

WORDS = (
    "targets",
    "subjects",
    "cooperation_types",
    "regions",
    "parties",
    "eligible_parties",
    "eligible_regions",
)


@login_not_required
@require_safe
def offer_detail(request, reference):
    rows = Offer.objects.visible_to(request.user).by_reference(reference)
    rows = rows.select_related("organization__party", "verifying_centre").prefetch_related("items", "experts")
    offer = get_object_or_404(rows)
    prefetch_together(([offer], WORDS))
    full = can(request.user, Permission.OFFER_VIEW, offer)
    context = {
        "offer": offer,
        "baton": whats_next.of_offer(offer, request.user, timezone.now()),
        "full": full,
        "facts": _facts(offer),
        "technology": _technology(offer) if offer.describes_technology else [],
        "can_extend": _can_extend(offer, request.user),
        "contact": offer.contact if full or _has_agreed(offer, request.user) else "",
        "matches": _offered_matches(offer, request.user),
        "events": timeline.of_offer(offer, full=full),
        "acts": buttons(offer, request.user),
        "can_write": offer.status in drafts.OFFER_EDITABLE and can(request.user, Permission.OFFER_EDIT, offer),
    }
    return render(request, "requests_offers/offer_detail.html", context)


def _facts(offer) -> list[tuple]:
    """Attributes of an offer, all of them public."""
    only = [*offer.eligible_parties.all(), *offer.eligible_regions.all()]
    flags = dict(FLAG_CHOICES)
    return [
        (_("Targets"), _(", ").join(f"{target.number} {target.name}" for target in offer.targets.all())),
        (_("Subjects"), _joined(offer.subjects.all())),
        (_("Forms of cooperation"), _joined(offer.cooperation_types.all())),
        (
            _("For"),
            _("countries everywhere") if offer.worldwide else _joined([*offer.regions.all(), *offer.parties.all()]),
        ),
        (
            _("Only for"),
            _(", ").join([*(str(flags.get(f, f)) for f in offer.eligible_flags), *(row.name for row in only)]),
        ),
        (_("Working languages"), languages(offer.languages)),
        (_("Places"), places_words(offer)),
        (_("Costs"), offer.get_cost_model_display()),
        (_("Delivery"), offer.get_delivery_display()),
        (_("Prior informed consent"), _("follows protocols") if offer.respects_consent else ""),
        (_("Experts who would do it"), _(", ").join(expert.role for expert in offer.experts.all())),
    ]


def _technology(offer) -> list[tuple]:
    """What only a technology has: readiness, conditions, assessments, what it needs on the ground."""
    return [
        (_("Readiness level"), dict(READINESS).get(offer.readiness_level, "")),
        (_("Conditions of access"), offer.access_conditions),
        (_("Assessments"), offer.assessments),
        (_("Needed on the ground"), offer.needs_on_ground),
    ]


def _is_technology(offer) -> bool:
    """Whether the form asks for what only a technology has."""
    return offer.describes_technology or any(kind.code in TECHNOLOGY for kind in offer.cooperation_types.all())


def _joined(rows) -> str:
    return _(", ").join(row.name for row in rows)


def _offered_matches(offer, user) -> list[Match]:
    """The matches of an offer that its reader may see: offered to both sides, or agreed and published."""
    rows = Match.objects.visible_to(user).filter(offer=offer, offered_at__isnull=False)
    return list(
        rows.select_related("component__request__party", "offer__organization").order_by("-offered_at", "-pk")[:50]
    )


def _can_extend(offer, user) -> bool:
    """Whether one click gives this offer another year: it is published and its last day is near."""
    soon = timezone.now().date() + EXTENDED_BEFORE
    live = offer.status in {OfferStatus.PUBLISHED, OfferStatus.PAUSED}
    near = live and offer.expires_on is not None and offer.expires_on <= soon
    return near and can(user, Permission.OFFER_EDIT, offer)


def _has_agreed(offer, user) -> bool:
    """Whether the reader's office has agreed on a match with this offer."""
    office = reach(user, Permission.MATCH_ANSWER_PARTY).as_q({"party": "component__request__party"})
    return Match.objects.filter(office, offer=offer, status=MatchStatus.AGREED).exists()


@require_http_methods(["GET", "POST"])
def offer_step(request, reference, name):
    """One step of an offer: the page that asks, and the act."""
    rows = Offer.objects.visible_to(request.user).by_reference(reference)
    offer = get_object_or_404(rows.select_related("organization__party", "verifying_centre"))
    back = offer.get_absolute_url() if can(request.user, Permission.OFFER_VIEW, offer) else reverse("my")
    return step_page(request, offer, name, STEPS, back=back)


@require_http_methods(["GET", "POST"])
def offer_delete(request, reference):
    """Throw the draft of an offer away, after asking."""
    offer = get_object_or_404(
        Offer.objects.visible_to(request.user).by_reference(reference).select_related("organization")
    )
    require(request.user, Permission.OFFER_EDIT, offer)
    if offer.status != OfferStatus.DRAFT:
        messages.warning(request, _("Only a draft can be deleted. Withdraw the offer instead."))
        return redirect(offer)
    if request.method == "POST":
        drafts.delete_offer(offer, by=request.user)
        messages.success(request, _("The draft is deleted."))
        return redirect("my")
    return render(request, "requests_offers/offer_delete.html", {"offer": offer})


# Writing an offer -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def offer_new(request):
    """Page 1 of an offer that does not exist yet; posted twice, it is made once."""
    ours = Organization.objects.filter(pk__in=reach(request.user, Permission.OFFER_EDIT).organizations).by_name()
    if not ours:
        raise NotAllowed(_("Only organizations offer. Claim or register your organization first, in your account."))
    leaving = exit_of(request)
    initial = {"version": 1, "form_key": uuid.uuid4(), "language": language_of(get_language())}
    form = OfferContentForm(request.POST or None, initial=initial, organizations=ours, lenient=leaving != "next")
    if leaving == "suggest":
        return _suggest(request, form, None)
    if form.is_valid():
        offer = drafts.start_offer(
            form.cleaned_data.get("organization") or ours[0],
            by=request.user,
            data=form.answers,
            form_key=form.cleaned_data["form_key"],
        )
        return _leave(request, offer, "1", leaving)
    return render(request, TEMPLATE, {"form": form, "page": "1", "offer": None})


@require_http_methods(["GET", "POST"])
def offer_edit(request, reference):
    """One of the two pages of an offer."""
    offer = _in_full(request.user, reference)
    require(request.user, Permission.OFFER_EDIT, offer)
    if offer.status not in drafts.OFFER_EDITABLE:
        messages.warning(request, _("An offer can be changed while it is a draft, published or paused."))
        return redirect(offer)
    page = request.GET.get("page", "1")
    page = page if page in PAGES else "1"
    form = _form(offer, page, request.POST or None, lenient=exit_of(request) != "next")
    if exit_of(request) == "suggest" and page == "1":
        return _suggest(request, form, offer)
    if form.is_valid():
        return _save(request, offer, page, form)
    return render(request, TEMPLATE, {"form": form, "page": page, "offer": offer})


def _suggest(request, form, offer):
    """Page 1 again with suggested tags ticked, for what has been typed; nothing is saved."""
    texts = [form.data.get(name, "") for name in ("title", "text", "items")]
    more = suggested_on(form, texts, form.data.get("language", ""))
    return render(request, TEMPLATE, {"form": form, "page": "1", "offer": offer} | more)


def _in_full(user, reference) -> Offer:
    rows = (
        Offer.objects.visible_to(user).by_reference(reference).select_related("organization__party", "verifying_centre")
    )
    return get_object_or_404(rows.prefetch_related(*WORDS, "items", "experts"))


def _form(offer, page, data, *, lenient):
    form = PAGES[page]
    # What is published stays complete: only a draft may be saved with gaps.
    lenient = lenient and offer.status == OfferStatus.DRAFT
    more = {"organization": offer.organization} if page == "2" else {}
    return form(data, initial=form.initial_of(offer) | {"version": offer.version}, lenient=lenient, **more)


def _save(request, offer, page, form):
    answers = form.answers
    if offer.status != OfferStatus.DRAFT:
        answers = {name: value for name, value in answers.items() if name in form.changed_data}
    try:
        if answers:
            drafts.save_offer(offer, by=request.user, data=answers, version=form.cleaned_data["version"])
    except StaleWrite:
        return _stale(request, offer.reference, page, form)
    except DomainError as error:
        form.add_error(None, str(error))
        return render(request, TEMPLATE, {"form": form, "page": page, "offer": offer})
    return _leave(request, offer, page, exit_of(request))


def _stale(request, reference, page, form):
    offer = _in_full(request.user, reference)
    saved = PAGES[page].initial_of(offer)
    if not differences(form, saved):
        return _leave(request, offer, page, exit_of(request))
    context = {"page": page, "offer": offer}
    return stale_page(request, TEMPLATE, form, saved, version=offer.version, context=context)


def _leave(request, offer, page, leaving):
    """Where the exits lead: the other page, or the record, which says what comes next."""
    edit = reverse("offer_edit", args=[offer.reference])
    if page == "1" and leaving == "next":
        return redirect(f"{edit}?page=2")
    if page != "1" and leaving == "back":
        return redirect(f"{edit}?page={int(page) - 1}")
    if page == "2" and leaving == "next" and _is_technology(offer):
        return redirect(f"{edit}?page=3")
    if offer.status == OfferStatus.DRAFT:
        return stopped(request, offer.get_absolute_url(), _("The draft is saved. Read it once more, then submit it."))
    return stopped(
        request, offer.get_absolute_url(), _("Saved. Needs that this may concern are compared with it again.")
    )
