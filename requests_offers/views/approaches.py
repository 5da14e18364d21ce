"""How providers come to a need: the officer invites, a provider answers, or offers by itself."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import mail_links
from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import Membership
from accounts.permissions import Permission, Role, can, reach, require
from centres.models import Organization

from .. import clocks
from ..actions import approaches as acts
from ..actions import by_mail, drafts
from ..forms.approaches import DeclineByMailForm, InvitationForm, OfferChoiceForm
from ..lifecycle import ApproachStatus
from ..models import Approach, Component, Offer, OpenCall
from .requests import visible_request
from .steps import buttons, step_page

PARTS = ("component__request__party", "component__request__centre", "organization__party", "offer", "call", "match")


# The officer ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def approach_new(request, reference, number):
    """Invite an organization to offer for a need."""
    record = visible_request(request.user, reference)
    require(request.user, Permission.MATCH_OFFER, record)
    component = get_object_or_404(record.components, number=number)
    initial = {
        "until": clocks.office_due(record.party, timezone.now()),
        "organization": request.GET.get("organization"),
    }
    form = InvitationForm(request.POST or None, organizations=_organizations(), initial=initial)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = acts.invite(
                component, said["organization"], by=request.user, message=said["message"], until=said["until"]
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("%(who)s is invited. You get a notice when they answer.") % {"who": made.organization}
            )
            return redirect(_board(component))
    context = {"record": record, "component": component, "form": form, "back": _board(component)}
    return render(request, "requests_offers/approach_new.html", context)


def _organizations():
    """Organizations for which somebody answers."""
    acted_for = Membership.objects.in_force().filter(role=Role.PROVIDER).values("organization")
    return Organization.objects.current().filter(pk__in=acted_for).by_name()


def _board(component) -> str:
    return reverse("match_board", args=[component.request.reference]) + f"#need-{component.number}"


# The page of an approach ----------------------------------------------------------------------------------------------


def _visible(user, reference) -> Approach:
    rows = Approach.objects.visible_to(user).by_reference(reference).select_related(*PARTS)
    return get_object_or_404(rows)


@require_safe
def approach_detail(request, reference):
    """One invitation, answer to a call or unsolicited offer: for its provider and the centre."""
    return _show(request, _visible(request.user, reference))


def _show(request, approach, form=None):
    mine = can(request.user, Permission.MATCH_ANSWER_PROVIDER, approach)
    answers = mine and approach.status == ApproachStatus.INVITED
    if answers and form is None:
        form = _choice(approach.component, request.user, organization=approach.organization)
    context = {
        "approach": approach,
        "component": approach.component,
        "record": approach.component.request,
        "mine": mine,
        "form": form if answers else None,
        "acts": [act for act in buttons(approach, request.user) if act["name"] != "answer"],
        "match": approach.match if approach.match and _sees(request.user, approach.match) else None,
    }
    return render(request, "requests_offers/approach_detail.html", context)


def _sees(user, match) -> bool:
    return type(match).objects.visible_to(user).filter(pk=match.pk).exists()


def _choice(component, user, data=None, organization=None, **kwargs) -> OfferChoiceForm:
    offers = acts.offers_of(user, component)
    if organization is not None:
        offers = offers.filter(organization=organization)
    return OfferChoiceForm(data, offers=offers, **kwargs)


@require_POST
def approach_answer(request, reference):
    """The invited provider answers with one of its offers, or begins a new one that answers."""
    approach = _visible(request.user, reference)
    require(request.user, Permission.MATCH_ANSWER_PROVIDER, approach)
    if approach.status != ApproachStatus.INVITED:
        messages.warning(request, _("This invitation has been answered already."))
        return redirect(approach)
    form = _choice(approach.component, request.user, request.POST, organization=approach.organization)
    if form.is_valid():
        note = form.cleaned_data["note"]
        try:
            offer = form.chosen or _begun(approach.component, approach.organization, request.user)
            acts.answer(approach, by=request.user, offer=offer, note=note)
        except IllegalStep as error:
            messages.warning(request, str(error))
            return redirect(approach)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _answered(request, approach, offer)
    return _show(request, approach, form)


def _answered(request, approach, offer):
    """Where an answer leads: to the new offer that is to be written, else to the approach."""
    if offer.status == "draft":
        messages.success(
            request, _("Noted. Write the offer now: it stands on the centre’s board once it is published.")
        )
        return redirect("offer_edit", offer.reference)
    messages.success(request, _("Thank you. The centre looks at your offer; you get a notice."))
    return redirect(approach)


@transaction.atomic
def _begun(component, organization, user) -> Offer:
    """A draft that begins with the words of the need: title, targets, subjects, forms of cooperation, languages."""
    data = {
        "title": component.title[:200],
        "language": component.request.language,
        "targets": list(component.targets.all()),
        "subjects": list(component.subjects.all()),
        "cooperation_types": list(component.cooperation_types.all()),
        "languages": component.languages,
        "parties": [component.request.party],
    }
    return drafts.start_offer(organization, by=user, data=data)


@require_http_methods(["GET", "POST"])
def approach_step(request, reference, name):
    """Decline, take back or call off."""
    approach = _visible(request.user, reference)
    if name == "answer":
        return redirect(approach)
    back = approach.get_absolute_url()
    return step_page(request, approach, name, acts.STEPS, back=back, what=_what(approach))


def _what(approach) -> str:
    words = {"need": approach.component.title, "party": approach.component.request.party.name}
    return _("%(need)s, %(party)s") % words


# By itself ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def need_offer(request, reference, number):
    """A provider offers for a need that it may read: in answer to an open call where there is one, else unasked."""
    record = visible_request(request.user, reference)
    component = get_object_or_404(record.components, number=number)
    require(request.user, Permission.OFFER_EDIT)
    call = OpenCall.objects.open().filter(component=component).first()
    ours = _own(request.user)
    form = _choice(component, request.user, request.POST or None, may_begin=len(ours) == 1)
    is_open = Component.objects.scored().filter(pk=component.pk).exists()
    if form.is_valid() and is_open:
        try:
            offer = form.chosen or _begun(component, ours[0], request.user)
            made = _come(component, call, offer, request.user, form.cleaned_data["note"])
        except NotAllowed:
            raise
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _answered(request, made, offer)
    context = {"record": record, "component": component, "call": call, "form": form, "is_open": is_open}
    return render(request, "requests_offers/need_offer.html", context)


def _own(user) -> list[Organization]:
    parts = reach(user, Permission.OFFER_EDIT).organizations
    return list(Organization.objects.filter(pk__in=parts).by_name())


def _come(component, call, offer, user, note) -> Approach:
    if call:
        return acts.answer_call(call, offer, by=user, note=note)
    return acts.offer_unasked(component, offer, by=user, note=note)


# By mail --------------------------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def approach_by_mail(request, token):
    """An invitation through the link in its mail: GET shows it, POST answers it, once."""
    link = mail_links.find(acts.BY_MAIL, token)
    if link is None:
        raise Http404
    dead = mail_links.why_dead(link)
    approach = Approach.objects.visible_to(link.user).by_reference(link.subject).select_related(*PARTS).first()
    if approach is None:
        return render(request, "requests_offers/link_dead.html", {"dead": dead})
    choice, no = None, None
    if not dead:
        said = request.POST.get("answer")
        choice = _choice(
            approach.component, link.user, request.POST if said == "yes" else None,
            organization=approach.organization, may_begin=False,
        )  # fmt: skip
        no = DeclineByMailForm(request.POST if said == "no" else None, side="provider")
        if request.method == "POST" and _by_mail(request, link, approach, choice, no):
            return redirect(request.path)
    context = {
        "approach": approach, "component": approach.component, "record": approach.component.request, "dead": dead,
        "choice": choice, "no": no, "link": link, "forms": [form for form in (choice, no) if form],
    }  # fmt: skip
    return render(request, "requests_offers/approach_by_mail.html", context)


def _by_mail(request, link, approach, choice, no) -> bool:
    """Take the answer that was posted; a fault becomes a sentence of its form."""
    form = choice if choice.is_bound else no
    if not form.is_valid():
        return False
    said = form.cleaned_data
    try:
        if form is choice:
            by_mail.answer_invitation(link, approach, choice.chosen, note=said["note"])
            messages.success(request, _("Thank you. The centre looks at your offer; you get a notice."))
        else:
            by_mail.decline_invitation(link, approach, **said)
            messages.success(request, _("Declined. The centre has been told."))
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    return True
