"""The page of one step, the same for every table of steps: what it asks, the act, and what happens next."""

from typing import Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.permissions import Permission, can, require

from .. import clocks
from ..actions import schedule
from ..actions.opening import sides_of, steps_open_to
from ..actions.steps import noun_of, table_of
from ..forms.steps import StepForm
from ..lifecycle import MatchStatus, RequestStatus, Step
from ..wording import steps as words
from . import found_sources, kept_texts

URL_NAMES = {
    "request": "request_step",
    "offer": "offer_step",
    "match": "match_step",
    "engagement": "engagement_step",
    "proposal": "proposal_step",
    "approach": "approach_step",
    "call": "call_step",
}


# Which steps are open -------------------------------------------------------------------------------------------------


def steps_on_page(obj, user) -> list[Step]:
    """The steps that a page shows: while a question is open, the answer says what submitting again would, and more."""
    found = steps_open_to(obj, user)
    answering = noun_of(obj) == "request" and obj.status == RequestStatus.CLARIFICATION
    kept = [step for step in found if not (answering and step.name == "submit")]
    return sorted(kept, key=lambda step: step.name != "complete")


def buttons(obj, user) -> list[dict]:
    """What a page shows for each open step: a button that acts at once, or a link to the page that asks."""
    return [button(obj, step) for step in steps_on_page(obj, user)]


def button(obj, step: Step) -> dict:
    asks = (
        bool(set(step.asks) - {"side", "expires_on"})
        or step.danger
        or (step.name == "accept" and noun_of(obj) == "match")
    )
    return {
        "name": step.name,
        "label": step.label,
        "url": reverse(URL_NAMES[noun_of(obj)], args=[obj.reference, step.name]),
        "asks": asks,
        "danger": step.danger,
    }


# The page -------------------------------------------------------------------------------------------------------------


def step_page(request, obj, name, acts, *, back, **context):
    """Show what a step asks (GET) or take it (POST); `acts` are the actions by name, `back` is where to go then."""
    step = table_of(obj).get(name)
    if step is None or name not in acts:
        raise Http404
    _require(request.user, obj, step)
    if request.method != "POST" and step not in steps_on_page(obj, request.user):
        messages.warning(request, _("“%(step)s” is not possible now.") % {"step": step.label})
        return redirect(back)
    texts = kept_texts.chooser(request, obj, step)
    form = _form(request, obj, step, texts)
    if form.is_valid() and _taken(request, obj, step, acts[name], form):
        return redirect(back)
    noun = noun_of(obj)
    context |= {"obj": obj, "noun": noun, "step": step, "form": form, "back": back}
    context |= {"texts": texts, "meaning": words.meaning(noun, name), "readers": words.readers(noun, name)}
    return render(request, "requests_offers/step.html", context)


def _require(user, obj, step) -> None:
    """403 for whoever sees the record but has no right to this step."""
    if step.permission is not None:
        require(user, step.permission, obj)
    elif not _has_a_side(user, obj):
        raise NotAllowed(_("Only the office of the Party, the provider or the centre can do this, each for its side."))


def _has_a_side(user, obj) -> bool:
    if noun_of(obj) == "request":
        return can(user, Permission.REQUEST_SUBMIT, obj) or can(user, Permission.REQUEST_TRIAGE, obj)
    return bool(sides_of(obj, user))


def _form(request, obj, step, texts=None) -> StepForm:
    noun = noun_of(obj)
    facts: dict[str, Any] = {"sides": sides_of(obj, request.user, step.name)}
    if "until" in step.asks:
        party = obj.party if noun == "request" else obj.component.request.party
        facts["until"] = clocks.office_due(party, timezone.now())
    if "sources" in step.asks:
        facts["found"] = found_sources.for_request(obj)
    if "centre" in step.asks:
        facts["holder"] = obj.centre
    if (noun, step.name) == ("engagement", "appraise"):
        facts["moments"] = {due.moment for due in schedule.asked_now(obj, facts["sides"])}
    if kept_texts.is_asked_for(request, texts):
        names = StepForm(step, noun, **facts).fields
        return StepForm(step, noun, initial=kept_texts.typed_and_filled(request, obj, names, texts), **facts)
    return StepForm(step, noun, request.POST if request.method == "POST" else None, **facts)


def _taken(request, obj, step, act, form) -> bool:
    """Take the step; what is refused becomes a sentence of the form. A second click finds the step done and says so."""
    noun = noun_of(obj)
    said = form.said
    if noun == "request":
        said.pop("side", None)
    try:
        act(obj, by=request.user, **said)
    except IllegalStep as error:
        if not step.target or obj.status != step.target:
            messages.warning(request, str(error))
            return True
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    agreed = noun == "match" and obj.status == MatchStatus.AGREED
    messages.success(request, words.done(noun, "agreed" if agreed else step.name))
    return True
