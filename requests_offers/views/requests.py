"""Requests: the public list, the page of each, and its steps."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import Permission, can, require
from accounts.together import prefetch_together
from knowledge.models import Opportunity, Source

from .. import timeline, whats_next
from ..actions import drafts
from ..actions.knowledge_states import states
from ..actions.opening import sides_of
from ..actions.requests import STEPS
from ..audience import audience, sees_contact
from ..clocks import centre_calendars
from ..filters import RequestFilter
from ..lifecycle import ComponentStatus, MatchStatus, RequestStatus
from ..models import Component, CooperationRequest, Match, OpenCall
from ..stages import stages_of
from ..wording.evidence import languages
from ..wording.names import Names
from . import centre_desk, fitting, found_sources
from .attachments import files_of
from .steps import buttons, step_page

PER_PAGE = 25


@login_not_required
@require_safe
def request_list(request):
    rows = CooperationRequest.objects.visible_to(request.user).select_related("party", "centre")
    found = RequestFilter(request.GET, queryset=rows.order_by("-submitted_at", "-pk"), request=request)
    if not request.user.is_authenticated:
        found.form.fields.pop("mine")
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    described(page.object_list, request.user)
    context = {"page_obj": page, "filter_form": found.form, "can_start": can(request.user, Permission.REQUEST_DRAFT)}
    return render(request, "requests_offers/request_list.html", context)


def described(requests, user) -> None:
    """Give each of these requests its targets and its baton, in two queries for all."""
    now, calendars = timezone.now(), centre_calendars({row.centre_id for row in requests if row.centre_id})
    targets = _target_numbers(requests)
    for row in requests:
        row.baton = whats_next.of_request(row, user, now, calendars[row.centre_id])
        row.target_numbers = ", ".join(str(number) for number in targets.get(row.pk, ()))


def _target_numbers(requests) -> dict[int, list[int]]:
    """By request: the numbers of the targets of all its needs, in one query."""
    tied = Component.targets.through.objects.filter(component__request__in=[row.pk for row in requests])
    pairs = tied.values_list("component__request", "target__number").distinct().order_by("target__number")
    found: dict[int, list[int]] = {}
    for pk, number in pairs:
        found.setdefault(pk, []).append(number)
    return found


def _baton(record, matches, user):
    """The baton of the request; of an offered match where that waits for this reader."""
    offered = [match for some in matches.values() for match in some if match.status == MatchStatus.OFFERED]
    mine = sorted((one for one in offered if sides_of(one, user, "accept")), key=lambda match: match.due_on)
    now = timezone.now()
    if mine:
        return whats_next.of_match(mine[0], user, now)
    return whats_next.with_absence(whats_next.of_request(record, user, now), record, user)


NEED_SENTENCES = {
    ComponentStatus.OPEN: gettext_lazy("The search for a partner goes on"),
    ComponentStatus.OFFERED: gettext_lazy("An offer waits for answers"),
    ComponentStatus.AGREED: gettext_lazy("A partner was found"),
    ComponentStatus.CLOSED: gettext_lazy("Nothing is open any more"),
    ComponentStatus.UNMET: gettext_lazy("Nobody could help yet; it stays in the search"),
}


# One request ----------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def request_detail(request, reference):
    record = get_object_or_404(_in_full(request.user), pk__in=CooperationRequest.objects.by_reference(reference))
    prefetch_together(([record], WORDS), (list(record.components.all()), WORDS_OF_A_NEED))
    seen_as = audience(record, request.user)
    names, known = Names(), states()
    matches = _matches_by_component(record, request.user)
    context = {
        "record": record,
        "baton": _baton(record, matches, request.user),
        "stages": stages_of(record),
        "seen_as": seen_as,
        "components": [_need(component, matches.get(component.pk, [])) for component in record.components.all()],
        "facts": _facts(record, seen_as),
        "contact": record.contact if sees_contact(record, request.user, seen_as) else "",
        "events": timeline.of_request(
            record, request.user, seen_as, names, [match for some in matches.values() for match in some]
        ),
        "has_matches": record.accepted_at is not None,
        "fitting": fitting.of_request(record, names, known[Opportunity]),
        "found_sources": found_sources.by_need(record, names, known[Source]),
        "answer_records": record.answer_records.listed() if record.answer_text and seen_as == "full" else (),
        **_open_to_offers(record, request.user),
        **_acts(record, request.user),
        **(files_of(record, request.user) if seen_as != "public" else {}),
        **centre_desk.panel(record, request.user),
    }
    return render(request, "requests_offers/request_detail.html", context)


def _open_to_offers(record, user) -> dict:
    """Which needs a provider may offer for, and the open calls for them; nothing for the office and the centre."""
    if record.accepted_at is None:
        return {}
    calls = {call.component_id: call for call in OpenCall.objects.open().filter(component__request=record)}
    offering = can(user, Permission.OFFER_EDIT) and not can(user, Permission.REQUEST_VIEW, record)
    searched = Component.objects.scored().filter(request=record).values_list("pk", flat=True) if offering else ()
    return {"offer_for": set(searched), "open_calls": list(calls.values())}


WORDS = ("co_parties", "constraints_addressed", "priorities", "beneficiary_groups")
WORDS_OF_A_NEED = ("targets", "subjects", "cooperation_types")


def _in_full(user):
    """Apart from the controlled words, which come together in one query."""
    rows = CooperationRequest.objects.visible_to(user).select_related("party__region__parent__parent", "centre")
    return rows.prefetch_related(
        "endorsements", "filings", Prefetch("components", Component.objects.order_by("number"))
    )


def _matches_by_component(record, user) -> dict[int, list[Match]]:
    found: dict[int, list[Match]] = {}
    rows = (
        Match.objects.visible_to(user)
        .filter(component__request=record)
        .select_related("offer__organization", "component__request__party", "engagement")
    )
    for match in rows.order_by("pk"):
        found.setdefault(match.component_id, []).append(match)
    return found


def _need(component, matches) -> dict:
    """One row of the table of needs: its state in words, and until when."""
    waiting = [match for match in matches if match.status == MatchStatus.OFFERED]
    agreed = [match for match in matches if match.status == MatchStatus.AGREED]
    due = min((match.due_on for match in waiting), default=None)
    return {"record": component, "sentence": _need_sentence(component, waiting, agreed), "due": due}


def _need_sentence(component, waiting, agreed) -> str:
    if agreed:
        return _("With %(organizations)s") % {
            "organizations": _(", ").join(dict.fromkeys(match.offer.organization.name for match in agreed))
        }
    if waiting:
        count = len(waiting)
        sentence = ngettext("%(count)s offer waits for answers", "%(count)s offers wait for answers", count)
        return sentence % {"count": count}
    return str(NEED_SENTENCES.get(component.status, ""))


def _facts(record, seen_as) -> list[tuple]:
    """Attributes of a request for its reader; what stays inside is only there for those inside."""
    needs = record.components.all()
    public = [
        (_("Asks together with"), together(record)),
        (_("What holds it back"), _(", ").join(constraint.name for constraint in record.constraints_addressed.all())),
        (_("National priorities"), _lines(record.priorities.all())),
        (_("Who gains from it"), _(", ").join(group.name for group in record.beneficiary_groups.all())),
        (_("Working languages"), languages(sorted({code for need in needs for code in need.languages}))),
        (_("Also filed at"), _lines(record.filings.all(), state=seen_as != "public")),
        (_("To be respected by everybody who reads this"), record.consent_notice),
    ]
    if seen_as == "public":
        return public
    consent = _("Traditional knowledge or consent is concerned") if record.consent_required else ""
    inside = [(_("Own means"), record.own_means), (_("Consent"), consent)]
    if seen_as == "full":
        inside += [
            (_("Why no national priority is named"), record.priority_reason),
            (_("Who they are"), record.beneficiaries_note),
        ]
    return [*public, *inside]


def together(record) -> str:
    """The Parties that ask together with the one that files; whose office has not confirmed is shown as such."""
    given = {row.party_id for row in record.endorsements.all() if row.is_given}
    words = {True: "%(party)s", False: _("%(party)s (has not confirmed yet)")}
    return _(", ").join(words[party.pk in given] % {"party": party.name} for party in record.co_parties.all())


def _lines(rows, *, state=False) -> SafeString:
    """Records one below the other, with how far each came where the reader may know."""
    said = ((f"{row}", f" · {row.get_status_display()}" if state else "") for row in rows)
    return format_html_join(mark_safe("<br>"), "<bdi>{}</bdi>{}", said)


# Steps ----------------------------------------------------------------------------------------------------------------

FIRST = {  # the step that moves a record on in each state; the others stand aside
    RequestStatus.DRAFT: ("submit",),
    RequestStatus.SUBMITTED: ("accept", "ask_clarification", "answer_directly"),
    RequestStatus.CLARIFICATION: ("answer",),
    RequestStatus.DORMANT: ("answer",),
    RequestStatus.REFUSED: ("appeal",),
    RequestStatus.ANSWERED: ("confirm_answer", "reopen"),
    RequestStatus.PAUSED: ("resume",),
}


def _acts(record, user) -> dict:
    """The buttons in the baton and those aside."""
    open_now = buttons(record, user)
    first = (*FIRST.get(record.status, ()), "complete")
    return {
        "first_acts": sorted(
            (act for act in open_now if act["name"] in first), key=lambda act: first.index(act["name"])
        ),
        "other_acts": [act for act in open_now if act["name"] not in first],
        "can_write": record.status in drafts.REQUEST_EDITABLE and can(user, Permission.REQUEST_DRAFT, record),
        "can_delete": record.status == RequestStatus.DRAFT and can(user, Permission.REQUEST_SUBMIT, record),
    }


@require_http_methods(["GET", "POST"])
def request_step(request, reference, name):
    """One step of a request: the page that asks, and the act."""
    record = visible_request(request.user, reference)
    context = {"quoted": _quoted(record, request.user, name)}
    return step_page(request, record, name, STEPS, back=record.get_absolute_url(), **context)


def _quoted(record, user, name) -> tuple[str, str] | None:
    """What the page of a step quotes: the question to be answered, the answer to be judged."""
    if audience(record, user) != "full":
        return None
    if name == "answer" and record.question:
        return _("The centre asks"), record.question
    if name in {"reopen", "confirm_answer"} and record.answer_text:
        return _("The centre answered"), record.answer_text
    return None


@require_http_methods(["GET", "POST"])
def request_delete(request, reference):
    """Throw a draft away, after asking."""
    record = visible_request(request.user, reference)
    require(request.user, Permission.REQUEST_SUBMIT, record)
    if record.status != RequestStatus.DRAFT:
        messages.warning(request, _("Only a draft can be deleted. Withdraw the request instead."))
        return redirect(record)
    if request.method == "POST":
        drafts.delete_draft(record, by=request.user)
        return redirect("my")
    return render(request, "requests_offers/request_delete.html", {"record": record})


def visible_request(user, reference) -> CooperationRequest:
    """The request with this reference, or 404 where there is none for this person."""
    rows = CooperationRequest.objects.visible_to(user).by_reference(reference).select_related("party", "centre")
    return get_object_or_404(rows)
