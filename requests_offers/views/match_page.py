"""The page of one match: what each side sees of it, the conversation, who translates, and answers that come by mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import mail_links
from accounts.errors import DomainError, IllegalStep
from accounts.permissions import Permission, can, reach, require
from centres.models import language_of

from .. import timeline, whats_next
from ..actions import by_mail, conversation, matches
from ..actions.computed import BY_MAIL
from ..audience import audience, sees_contact
from ..forms.approaches import AcceptByMailForm, DeclineByMailForm, MessageForm, TranslatorForm
from ..lifecycle import MatchStatus
from ..models import Match, MessageFile
from ..reasons import reason_label
from ..wording.names import Names
from .matches import described, places_words

PARTS = (
    "component__request__party",
    "component__request__centre",
    "offer__organization__party",
    "offer__verifying_centre",
    "engagement",
)
ENDED = (MatchStatus.DECLINED, MatchStatus.LAPSED, MatchStatus.RETRACTED, MatchStatus.DROPPED)


def _visible(user, reference) -> Match:
    return get_object_or_404(Match.objects.visible_to(user).by_reference(reference).select_related(*PARTS))


def _inside(user, reference) -> Match:
    """The match, for those who belong to it; 404 for everybody else."""
    return get_object_or_404(Match.objects.inside(user).by_reference(reference).select_related(*PARTS))


@login_not_required
@require_safe
def match_detail(request, reference):
    """One match, as far as the reader may see it."""
    return _show(request, _visible(request.user, reference))


def _show(request, match, *, message_form=None, translator_form=None):
    user, record = request.user, match.component.request
    inside = Match.objects.inside(user).filter(pk=match.pk).exists()
    context = {
        "match": match,
        "record": record,
        "component": match.component,
        "offer": match.offer,
        "inside": inside,
        "baton": whats_next.of_any_match(match, user, timezone.now()),
        "places": places_words(match.offer),
        "engagement": getattr(match, "engagement", None),
        "reason_words": reason_label(match.reason_code) if match.reason_code else "",
    }
    if inside:
        context |= _for_those_inside(request, match, message_form, translator_form)
    context["forms"] = [form for form in (message_form, translator_form) if form]
    return render(request, "requests_offers/match_detail.html", context)


def _for_those_inside(request, match, message_form, translator_form) -> dict:
    """Why it fits, what was said and who helps: for both sides and the centre."""
    user, record = request.user, match.component.request
    staff = can(user, Permission.MATCH_VIEW, match)
    works = can(user, Permission.MATCH_OFFER, match)
    (match,) = described([match], user)
    sides = conversation.sides_of(match, user) if conversation.is_open(match) else []
    seen_as = audience(record, user)
    return {
        "staff": staff,
        "side": _side(match, user, staff=staff),
        "acts": match.buttons,
        "engagement_acts": match.engagement_buttons,
        "common": match.common_languages,
        "conversation": _conversation(match),
        "message_form": message_form or (MessageForm(sides=sides, initial=_language()) if sides else None),
        "translator_form": translator_form or (_translator(match) if works and conversation.is_open(match) else None),
        "following": Match.objects.next_after(match, timezone.now().date()) if works and match.status in ENDED else [],
        "events": _events(match, user, seen_as),
        "party_contact": record.contact if sees_contact(record, user, seen_as) else "",
        "offer_contact": match.offer.contact if _sees_offer_contact(match, user) else "",
    }


def _language() -> dict:
    return {"language": language_of(get_language())}


def _translator(match) -> TranslatorForm:
    return TranslatorForm(initial={"translator": match.translator, "since": match.translator_from})


def _side(match, user, *, staff: bool) -> str:
    """From where the reader looks at the match: "party", "provider", or "centre" where they look at both."""
    if staff:
        return "centre"
    return "party" if can(user, Permission.REQUEST_VIEW, match.component.request) else "provider"


def _conversation(match) -> list:
    rows = match.messages.select_related("by").prefetch_related("files").order_by("at", "pk")
    found = list(rows)
    for message in found:
        message.match = match
        message.who = conversation.who_of(message)
        for file in message.files.all():
            file.message = message
    return found


def _events(match, user, seen_as) -> list:
    told = timeline.of_request(match.component.request, user, seen_as, Names(), [match])
    return [event for event in told if event.noun in {"match", "engagement"}]


def _sees_offer_contact(match, user) -> bool:
    """Whoever answers for the offer or verifies it; the office once the match is agreed."""
    if can(user, Permission.OFFER_VIEW, match.offer):
        return True
    office = reach(user, Permission.MATCH_ANSWER_PARTY)
    return match.status == MatchStatus.AGREED and match.component.request.party_id in office.parties


# The conversation -----------------------------------------------------------------------------------------------------


@require_POST
def match_message(request, reference):
    """Write to the others about a match."""
    match = _inside(request.user, reference)
    sides = conversation.sides_of(match, request.user)
    form = MessageForm(request.POST, request.FILES, sides=sides)
    if form.is_valid():
        try:
            message = conversation.say(match, by=request.user, **form.said)
        except IllegalStep as error:
            messages.warning(request, str(error))
            return redirect(match)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your message is here for all to read, and the others have been told."))
            return redirect(f"{match.get_absolute_url()}#message-{message.pk}")
    return _show(request, match, message_form=form)


@require_safe
def message_file(request, reference, pk):
    """The bytes of a file of a message, always as a download and never as a page of the portal."""
    rows = MessageFile.objects.inside(request.user).filter(message__match__in=Match.objects.by_reference(reference))
    found = get_object_or_404(rows, pk=pk)
    try:
        content = found.open()
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=found.name, content_type=found.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
def match_translator(request, reference):
    """The officer writes down who translates between the two sides."""
    match = _inside(request.user, reference)
    require(request.user, Permission.MATCH_OFFER, match)
    form = TranslatorForm(request.POST)
    if form.is_valid():
        try:
            conversation.name_translator(match, by=request.user, **form.cleaned_data)
        except IllegalStep as error:
            messages.warning(request, str(error))
            return redirect(match)
        except DomainError as error:
            form.add_error("since", str(error))
        else:
            messages.success(request, _("Noted, and both sides have been told."))
            return redirect(f"{match.get_absolute_url()}#languages")
    return _show(request, match, translator_form=form)


@require_POST
def match_next(request, reference):
    """One click after a no or a silence: the need's next offer goes to both sides."""
    ended = _inside(request.user, reference)
    require(request.user, Permission.MATCH_OFFER, ended)
    following = get_object_or_404(
        Match.objects.visible_to(request.user).by_reference(request.POST.get("match", "")).select_related(*PARTS)
    )
    matches.offer_next(ended, following, by=request.user)
    messages.success(request, _("Offered to both sides. A place is reserved until both have answered."))
    return redirect(following)


# By mail --------------------------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def match_by_mail(request, token):
    """An offered match through the link in a mail: GET shows it, POST answers for the side, once."""
    link = mail_links.find(BY_MAIL, token)
    if link is None:
        raise Http404
    dead = mail_links.why_dead(link)
    match = Match.objects.inside(link.user).by_reference(link.subject).select_related(*PARTS).first()
    if match is None:
        return render(request, "requests_offers/link_dead.html", {"dead": dead})
    side = by_mail.side_of(link, match)
    yes = no = None
    if not dead:
        said = request.POST.get("answer")
        yes = AcceptByMailForm(request.POST if said == "yes" else None)
        no = DeclineByMailForm(request.POST if said == "no" else None, side=side)
        if request.method == "POST" and _answered_by_mail(request, link, match, yes, no):
            return redirect(request.path)
    context = {"match": match, "record": match.component.request, "component": match.component, "offer": match.offer}
    context |= {"link": link, "dead": dead, "side": side, "yes": yes, "no": no, "places": places_words(match.offer)}
    context["forms"] = [form for form in (yes, no) if form]
    return render(request, "requests_offers/match_by_mail.html", context)


def _answered_by_mail(request, link, match, yes, no) -> bool:
    form = yes if yes.is_bound else no
    if not form.is_valid():
        return False
    try:
        if form is yes:
            by_mail.accept(link, match, publish=yes.cleaned_data["publish"])
            agreed = match.status == MatchStatus.AGREED
            messages.success(
                request,
                _("Both sides have said yes: the match is agreed and the work can start.")
                if agreed
                else _("You have said yes. The match is agreed when the other side has, too."),
            )
        else:
            by_mail.decline(link, match, **no.cleaned_data)
            messages.success(request, _("Declined. The centre looks for another offer; thank you for the reason."))
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    return True
