"""The request form as a file: download it empty or filled in, upload it, see what it would change, apply it."""

import uuid
from dataclasses import asdict
from datetime import timedelta

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError, IllegalStep, NotAllowed, StaleWrite
from accounts.permissions import Permission, reach, require
from centres.models import Party, language_of

from ..actions.drafts import REQUEST_EDITABLE
from ..forms.attachments import FormUpload
from ..forms.offline import FormChoice
from ..models import CooperationRequest
from ..offline import applying, form_docx, form_xlsx, reading, understanding, words
from ..offline.reading import Form, FormFault
from ..uploads import CONTENT_TYPES

KEPT_FOR = timedelta(days=1)
SALT = "requests_offers.offline"
WRITERS = {"docx": form_docx.write, "xlsx": form_xlsx.write}
NEEDS = ("components__targets", "components__subjects", "components__cooperation_types")


# Addresses ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def request_offline(request):
    """Download an empty form; upload one that belongs to a new request or to any of one's drafts."""
    parties = _parties(request.user)
    return _page(request, None, FormChoice(initial=_first_choice(), parties=parties))


@require_http_methods(["GET", "POST"])
def request_offline_of(request, reference):
    """Download a draft as a form; upload it again."""
    record = _draft(request.user, reference)
    if record.status not in REQUEST_EDITABLE:
        messages.warning(request, _("A request can be changed while it is a draft or while a question is open."))
        return redirect(record)
    return _page(request, record, FormChoice(initial=_first_choice()))


@require_safe
def offline_form(request):
    """An empty form."""
    parties = _parties(request.user)
    choice = FormChoice(request.GET, parties=parties)
    if not choice.is_valid():
        return render(request, "requests_offers/offline_request.html", _context(None, choice, FormUpload()), status=400)
    said = choice.cleaned_data
    party = next((party for party in parties if party.iso2 == said.get("party")), parties[0])
    return _download(words.empty_form(party, said["language"]), said, _("request"), [party])


@require_safe
def offline_form_of(request, reference):
    """The form of a draft, filled in."""
    record = _draft(request.user, reference)
    choice = FormChoice(request.GET)
    if not choice.is_valid():
        return render(
            request, "requests_offers/offline_request.html", _context(record, choice, FormUpload()), status=400
        )
    asking = [record.party, *record.co_parties.all()]
    return _download(words.filled_form(record), choice.cleaned_data, record.reference, asking)


# Who and what ---------------------------------------------------------------------------------------------------------


def _parties(user) -> list[Party]:
    parties = list(Party.objects.filter(pk__in=reach(user, Permission.REQUEST_DRAFT).parties).by_name())
    if not parties:
        raise NotAllowed(_("Only the office of a Party files requests. Claim your office first, in your account."))
    return parties


def _drafts(user):
    rows = CooperationRequest.objects.visible_to(user).select_related("party", "centre")
    rows = rows.prefetch_related("co_parties", "constraints_addressed", "priorities__party", "beneficiary_groups")
    return rows.prefetch_related(*NEEDS, "filings")


def _draft(user, reference) -> CooperationRequest:
    record = get_object_or_404(_drafts(user).by_reference(reference))
    require(user, Permission.REQUEST_DRAFT, record)
    return record


def _first_choice() -> dict:
    return {"language": language_of(get_language()), "format": "docx"}


def _download(filled, said, name, parties) -> HttpResponse:
    """The form in the chosen language, whatever the language of the page."""
    ending, language = said["format"], said["language"]
    with override("zh-hans" if language == "zh" else language):
        content = WRITERS[ending](filled, words.Lists(parties))
    response = HttpResponse(content, content_type=CONTENT_TYPES[ending])
    response["Content-Disposition"] = f'attachment; filename="tsc-{_plain(name)}-{language}.{ending}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _plain(name: str) -> str:
    return name if name.isascii() else "request"


def _context(record, choice, upload, **more) -> dict:
    return {"record": record, "choice": choice, "upload": upload, "forms": [upload], **more}


# Upload, preview, apply -----------------------------------------------------------------------------------------------


def _page(request, record, choice):
    if "kept" in request.POST:
        return _apply(request, record, choice)
    upload = FormUpload(request.POST or None, request.FILES or None)
    if request.method == "POST" and upload.is_valid():
        form = reading.read(upload.cleaned_data["file"])
        return _read(request, record, form, choice)
    return render(request, "requests_offers/offline_request.html", _context(record, choice, upload))


def _read(request, record, form: Form, choice, **more):
    """Show what a form would change, or everything that has to be corrected in it."""
    if not form.is_readable:
        return _faults_page(request, record, form, form.faults, choice)
    lists = words.Lists()
    owner, faults = _owner(request.user, record, form)
    understood = understanding.understand(form, lists)
    understood.faults += faults
    party = _party(request.user, owner, understood)
    if understood.faults:
        return _faults_page(request, record, form, understood.faults, choice)
    version = form.meta.get("VERSION", "")
    stale = owner is not None and version != str(owner.version) and bool(form.meta.get("REF"))
    plan = applying.plan(owner, form, understood, lists)
    more |= {"plan": plan, "party": party, "owner": owner, "stale": stale, "kept": _keep(request.user, form, owner)}
    return render(request, "requests_offers/offline_preview.html", _context(record, choice, FormUpload(), **more))


def _owner(user, record, form: Form) -> tuple[CooperationRequest | None, list[FormFault]]:
    """The draft that a form belongs to, and what speaks against it."""
    reference = form.meta.get("REF", "")
    if not reference or (record and reference == record.reference):
        return record, []
    if record:
        sentence = _("This form belongs to another request. Upload it on the page of that request.")
        return record, [FormFault("", reference, sentence)]
    right = reach(user, Permission.REQUEST_DRAFT).as_q({"party": "party"})
    owner = _drafts(user).by_reference(reference).filter(right, status__in=REQUEST_EDITABLE).first()
    if owner is None:
        sentence = _("Your office has no draft with this reference. Download an empty form for a new request.")
        return None, [FormFault("", reference, sentence)]
    return owner, []


def _party(user, owner, understood) -> Party | None:
    """The Party that files: that of the draft, else one for which `user` writes."""
    written = understood.party
    if owner is not None:
        if written and written.pk != owner.party_id:
            sentence = _("A request stays with its Party. Write %(code)s here.") % {"code": owner.party.iso2}
            understood.faults.append(FormFault("P", written.iso2, sentence))
        return owner.party
    mine = _parties(user)
    if written is None and len(mine) == 1:
        return mine[0]
    if written in mine or any(fault.code == "P" for fault in understood.faults):
        return written
    sentence = _("Write the code of a Party for which you write: %(codes)s.") % {
        "codes": ", ".join(p.iso2 for p in mine)
    }
    understood.faults.append(FormFault("P", written.iso2 if written else "", sentence))
    return None


def _faults_page(request, record, form: Form, faults, choice):
    """All faults at once, and below them everything that was read: nothing is lost."""
    labels = _labels(form)
    shown = [(labels.get(fault.code, _("The file")), fault) for fault in faults]
    answers = [(label, form.answers[code]) for code, label in labels.items() if form.answers.get(code)]
    context = _context(record, choice, FormUpload(), faults=shown, answers=answers)
    return render(request, "requests_offers/offline_faults.html", context, status=422)


def _labels(form: Form) -> dict[str, str]:
    """The questions of a form in words, by code and in their order."""
    found = {question.code: str(question.label) for question in words.REQUEST}
    for slot in form.slots:
        for question in words.NEED:
            label = _("Need %(number)s: %(question)s") % {"number": slot, "question": question.label}
            found[words.need_code(slot, question)] = label
    return found


def _keep(user, form: Form, owner) -> str:
    """What was read, signed, so that it need not be uploaded a second time to be applied."""
    kept = asdict(form) | {"user": user.pk, "seen": owner.version if owner else None, "key": str(uuid.uuid4())}
    return signing.dumps(kept, salt=SALT, compress=True)


def _apply(request, record, choice):
    try:
        kept = signing.loads(request.POST["kept"], salt=SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        messages.warning(request, _("This page is too old. Upload the file again."))
        return redirect(request.path)
    if kept["user"] != request.user.pk:
        return HttpResponseBadRequest(_("This page belongs to somebody else. Upload the file again."))
    form = Form(kept["meta"], {int(slot): number for slot, number in kept["numbers"].items()}, kept["answers"])
    return _write(request, record, form, kept, choice)


def _write(request, record, form: Form, kept, choice):
    lists = words.Lists()
    owner, faults = _owner(request.user, record, form)
    understood = understanding.understand(form, lists)
    party = _party(request.user, owner, understood)
    if understood.faults or faults:
        return _faults_page(request, record, form, understood.faults + faults, choice)
    if (
        owner is not None
        and form.meta.get("REF")
        and str(kept["seen"]) != form.meta.get("VERSION")
        and "replace" not in request.POST
    ):
        return _read(request, record, form, choice, unticked=True)
    plan = applying.plan(owner, form, understood, lists)
    how = {"party": party, "by": request.user, "version": kept["seen"], "form_key": uuid.UUID(kept["key"])}
    try:
        saved = applying.apply(plan, owner, **how)
    except StaleWrite as error:
        messages.warning(request, str(error))
        return _read(request, _again(request.user, record), form, choice)
    except IllegalStep as error:
        messages.warning(request, str(error))
        return redirect(request.path)
    except DomainError as error:
        messages.warning(request, str(error))
        return _read(request, record, form, choice)
    messages.success(request, _("The answers of the file are saved in %(reference)s.") % {"reference": saved.reference})
    return redirect(saved)


def _again(user, record) -> CooperationRequest | None:
    """The draft as it is now, after somebody else saved it."""
    return None if record is None else _draft(user, record.reference)
