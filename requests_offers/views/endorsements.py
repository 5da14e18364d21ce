"""Who stands behind a request: the office that files it, those that ask together with it,
and their official letters.
"""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.errors import DomainError, NotAllowed
from accounts.permissions import Permission, can, require
from centres.models import Party

from ..actions import endorsement_letters, endorsements
from ..audience import audience
from ..forms.endorsement import DeclineForm, LetterForm
from ..lifecycle import ENDED_REQUEST
from ..models import Attachment, CooperationRequest, Endorsement

SAID = {
    "ask": gettext_lazy("Their offices have been told and can read the request."),
    "join": gettext_lazy("Your office stands behind this request. The office that files it has been told."),
    "decline": gettext_lazy("Your office does not join. The office that files the request has been told."),
    "letter": gettext_lazy("The official letter is recorded."),
}


@require_http_methods(["GET", "POST"])
def request_endorsement(request, reference):
    """Who has confirmed, who was asked, and what the reader can do about it."""
    record = _record(request.user, reference)
    forms = {"decline": DeclineForm(), "letter": _letter_form(record, request.user)}
    if request.method == "POST":
        act = next((name for name in ACTS if BUTTONS.get(name, name) in request.POST), "")
        if act and ACTS[act](request, record, forms):
            return redirect("request_endorsement", record.reference)
    return render(request, "requests_offers/request_endorsement.html", _context(request.user, record, forms))


def _record(user, reference) -> CooperationRequest:
    """The request, for those who see more of it than the public part; 404 for everybody else."""
    rows = CooperationRequest.objects.visible_to(user).by_reference(reference).select_related("party", "centre")
    record = get_object_or_404(rows.prefetch_related("co_parties"))
    if audience(record, user) == "public":
        raise Http404
    return record


def _parties(record):
    """The Parties that ask: the one that files first."""
    return Party.objects.filter(pk__in=[record.party_id, *(party.pk for party in record.co_parties.all())]).by_name()


def _letter_form(record, user, *data):
    if not endorsement_letters.may_record_letter(record, user):
        return None
    letters = Attachment.objects.visible_to(user).filter(request=record, kind=Attachment.Kind.ENDORSEMENT_LETTER)
    return LetterForm(*data, parties=_parties(record), letters=letters.in_order())


def _context(user, record, forms) -> dict:
    rows = {row.party_id: row for row in record.endorsements.select_related("party", "answered_by", "letter__request")}
    listed = [record.party, *record.co_parties.all()]
    left = [row.party for row in rows.values() if row.status == Endorsement.Status.DECLINED and row.party not in listed]
    mine = [row for row in rows.values() if can(user, Permission.REQUEST_SUBMIT, row)]
    open_now = record.status not in ENDED_REQUEST
    return {
        "record": record,
        "parties": [{"party": party, "endorsement": rows.get(party.pk)} for party in [*listed, *left]],
        "mine": [row for row in mine if open_now and not row.is_given],
        "leave": [row for row in mine if open_now and row.is_given and row.party_id != record.party_id],
        "can_ask": open_now and can(user, Permission.REQUEST_DRAFT, record) and endorsements.not_asked(record),
        **{f"{name}_form": form for name, form in forms.items()},
    }


# What can be done -----------------------------------------------------------------------------------------------------


def _done(request, name, act, *args, form=None, **more) -> bool:
    """Do it and say so; a rule that refuses speaks beside the form, or as a message."""
    try:
        act(*args, by=request.user, **more)
    except DomainError as error:
        if form is None:
            messages.warning(request, str(error))
            return True
        form.add_error(None, str(error))
        return False
    messages.success(request, SAID[name])
    return True


def _ask(request, record, forms) -> bool:
    require(request.user, Permission.REQUEST_DRAFT, record)
    return _done(request, "ask", endorsements.ask_to_join, record)


def _own(request, record, name) -> Endorsement:
    """The endorsement that the person speaks for."""
    value = request.POST.get(name, "")
    rows = record.endorsements.filter(pk=int(value) if value.isdecimal() and len(value) < 18 else 0)
    found = get_object_or_404(rows.select_related("request__party", "request__centre", "party"))
    require(request.user, Permission.REQUEST_SUBMIT, found)
    return found


def _join(request, record, forms) -> bool:
    return _done(request, "join", endorsements.endorse, _own(request, record, "join"))


def _decline(request, record, forms) -> bool:
    endorsement = _own(request, record, "decline")
    form = forms["decline"] = DeclineForm(request.POST)
    return form.is_valid() and _done(
        request, "decline", endorsements.decline, endorsement, form=form, **form.cleaned_data
    )


def _letter(request, record, forms) -> bool:
    if forms["letter"] is None:
        raise NotAllowed(_("The office or an officer of the centre records an official letter."))
    form = forms["letter"] = _letter_form(record, request.user, request.POST, request.FILES)
    if not form.is_valid():
        return False
    said = form.cleaned_data
    given = {"letter": said.get("letter"), "file": said.get("file")}
    return _done(request, "letter", endorsement_letters.endorse_by_letter, record, said["party"], form=form, **given)


BUTTONS = {"letter": "letter_recorded"}  # where the form has a field of that name
ACTS = {"ask": _ask, "join": _join, "decline": _decline, "letter": _letter}
