"""A plan as a workbook: download it, upload it, see what it would change and what is wrong, apply it."""

from django.contrib import messages
from django.core import signing
from django.http import HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import DomainError, IllegalStep, StaleWrite
from accounts.permissions import Permission, require

from ..actions.sheets import apply_sheet
from ..actions.steps import require_draft
from ..exports.sheet import columns as c
from ..exports.sheet import reading
from ..exports.sheet.comparing import compare
from ..exports.sheet.reading import Book
from ..forms.sheets import SheetUpload
from ..lifecycle import VersionStatus
from ..wording import values
from .plans import plan_of, visible_versions

KEPT_FOR = 24 * 60 * 60
SALT = "workplans.sheet"


@require_http_methods(["GET", "POST"])
def workplan_sheet(request, reference):
    """Download the draft as a workbook; upload it again."""
    version = draft_of(request.user, reference)
    if version is None:
        return no_draft(request, reference)
    if "kept" in request.POST:
        return sheet_apply(request, version)
    upload = SheetUpload(request.POST or None, request.FILES or None)
    if request.method == "POST" and upload.is_valid():
        book = read(upload.cleaned_data["file"], version)
        return preview(request, version, book)
    return render(request, "workplans/workplan_sheet.html", {"version": version, "upload": upload, "forms": [upload]})


def draft_of(user, reference):
    """The draft of a plan, for those who write it; nothing where no draft is open."""
    workplan = plan_of(user, reference)
    require(user, Permission.WORKPLAN_EDIT, workplan)
    version = visible_versions(user).filter(workplan=workplan, status=VersionStatus.DRAFT).first()
    if version is not None:
        version.workplan = workplan
        require_draft(version, by=user)
    return version


def no_draft(request, reference):
    messages.warning(request, _("A plan can be changed while it is a draft. Amend or revise it first."))
    return redirect("workplan_detail", reference)


def read(file, version) -> Book:
    """The workbook that somebody uploaded."""
    known = {
        name: [column.code for column in columns] for name, columns in c.tables(version.workplan.period.years).items()
    }
    return reading.read(file, known, c.META, c.BASE)


def preview(request, version, book, **more):
    """What a workbook would change, or everything that has to be corrected in it."""
    found = compare(version, book, by=request.user)
    context = {"version": version, "found": found, "upload": SheetUpload(), **more}
    if found.faults:
        context["faults"] = [
            (c.TABLE_TITLES.get(fault.sheet, ""), _label(version, fault), fault) for fault in found.faults
        ]
        return render(request, "workplans/workplan_sheet_faults.html", context, status=422)
    context["clashes"] = [_clash(version, clash) for clash in found.merged.clashes]
    kept = signing.dumps(
        {"user": request.user.pk, "book": book.kept(), "digest": found.digest}, salt=SALT, compress=True
    )
    return render(request, "workplans/workplan_sheet_preview.html", context | {"kept": kept})


def _label(version, fault) -> str:
    """The heading of the column in which a fault stands."""
    columns = c.tables(version.workplan.period.years).get(fault.sheet, ())
    return next((str(column.label) for column in columns if column.code == fault.field), values.label_of(fault.field))


def _clash(version, clash) -> dict:
    return {
        "reference": clash.reference if clash.reference != c.PLAN else "",
        "label": values.label_of(clash.code),
        "portal": clash.portal,
        "file": clash.file,
    }


def sheet_apply(request, version):
    """Write what was compared, if the plan is still the one that it was compared with."""
    try:
        kept = signing.loads(request.POST["kept"], salt=SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        messages.warning(request, _("This page is too old. Upload the file again."))
        return redirect(request.path)
    if kept["user"] != request.user.pk:
        return HttpResponseBadRequest(_("This page belongs to somebody else. Upload the file again."))
    book = Book.from_kept(kept["book"])
    found = compare(version, Book.from_kept(kept["book"]), by=request.user)
    if found.is_empty and not found.faults:
        messages.success(request, _("The plan says what the file says."))
        return redirect("workplan_edit", version.workplan.reference)
    if found.faults or (found.needs_word and "word" not in request.POST):
        return preview(request, version, book, unticked=not found.faults)
    try:
        apply_sheet(version, by=request.user, changes=found.changes, digest=kept["digest"], key=found.key)
    except (StaleWrite, DomainError) as error:
        messages.warning(request, str(error))
        return redirect(request.path) if isinstance(error, IllegalStep) else preview(request, version, book)
    messages.success(request, _("Everything that the file changes is saved in the draft."))
    return redirect("workplan_edit", version.workplan.reference)
