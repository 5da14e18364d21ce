"""An existing plan from any table: upload it, say which column is what, see what it would add, apply it."""

from django.contrib import messages
from django.core import signing
from django.http import HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from openpyxl.utils import get_column_letter

from ..actions.sheets import keep_columns
from ..exports.sheet import foreign
from ..exports.sheet.foreign import Foreign
from ..exports.sheet.lists import Lists
from ..forms.sheets import ColumnsForm, SheetUpload
from ..models import ColumnChoice
from .sheets import KEPT_FOR, draft_of, no_draft, preview, sheet_apply

SALT = "workplans.table"
SAMPLES = 3
LONGEST_HEADING = 60


@require_http_methods(["GET", "POST"])
def workplan_import(request, reference):
    """Upload a table, assign its columns, look at what it would add."""
    version = draft_of(request.user, reference)
    if version is None:
        return no_draft(request, reference)
    if "kept" in request.POST:
        return sheet_apply(request, version)
    if "table" in request.POST:
        return _assign(request, version)
    upload = SheetUpload(request.POST or None, request.FILES or None)
    if request.method == "POST" and upload.is_valid():
        found = foreign.read(upload.cleaned_data["file"])
        if not found.wrong:
            return _columns(request, version, found)
        upload.add_error("file", found.wrong)
    return render(request, "workplans/workplan_import.html", {"version": version, "upload": upload, "forms": [upload]})


def _assign(request, version):
    """The person has looked at the columns: read the table by them, or show another sheet or row of headings."""
    try:
        kept = signing.loads(request.POST["table"], salt=SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        messages.warning(request, _("This page is too old. Upload the file again."))
        return redirect(request.path)
    if kept["user"] != request.user.pk:
        return HttpResponseBadRequest(_("This page belongs to somebody else. Upload the file again."))
    found = Foreign.from_kept(kept["table"])
    sheet, head = _number(request.POST.get("sheet"), len(found.sheets) - 1), _number(request.POST.get("head"), 1000)
    if "again" in request.POST or sheet is None or not head:
        return _columns(request, version, found, sheet=sheet, head=head or None)
    form = _form(version, found, sheet, head, request.POST)
    if not form.is_valid():
        return _page(request, version, found, form, sheet, head)
    chosen, defaults = form.chosen(), {name: form.cleaned_data[name] for name in foreign.DEFAULTS}
    cells = found.sheets[sheet].rows.get(head, [])
    named = {foreign.heading(cells[place].text): code for place, code in chosen.items() if place < len(cells)}
    keep_columns(version.workplan, by=request.user, fields={name: code for name, code in named.items() if name})
    years = version.workplan.period.years
    assigned = foreign.Assigned(sheet, head, chosen)
    plan = version.workplan.reference
    book = foreign.book_of(found, assigned, years, defaults, Lists(years, request.user), plan)
    return preview(request, version, book, table=found.sheets[sheet].title)


def _number(text, most):
    """A whole number of a form; None where there is none."""
    return int(text) if text and text.isdecimal() and len(text) < 6 and int(text) <= most else None


def _columns(request, version, found, sheet=None, head=None):
    """The columns as they are likely meant: as the centre chose before, else by their headings."""
    known = ColumnChoice.objects.filter(centre=version.workplan.centre).values_list("fields", flat=True).first() or {}
    years = version.workplan.period.years
    assigned = foreign.guess(found, years, known, sheet=sheet, head=head)
    initial = {f"column_{place}": code for place, code in assigned.columns.items()}
    initial |= {
        "sheet": assigned.sheet,
        "head": assigned.head,
        "currency": "USD",
        "category": "other",
        "funding": "sought",
    }
    form = _form(version, found, assigned.sheet, assigned.head, None, initial | {"year": str(years[0])})
    return _page(request, version, found, form, assigned.sheet, assigned.head)


def _form(version, found, sheet, head, data, initial=None):
    one = found.sheets[sheet]
    cells = one.rows.get(head, [])
    headings = []
    for place in range(one.width):
        text = " ".join(cells[place].text.split()) if place < len(cells) else ""
        words = {"letter": get_column_letter(place + 1), "heading": text[:LONGEST_HEADING]}
        headings.append(_("Column %(letter)s: %(heading)s") % words if text else _("Column %(letter)s") % words)
    years = version.workplan.period.years
    about = {"sheets": [sheet.title for sheet in found.sheets], "headings": headings}
    return ColumnsForm(data, initial=initial, targets=foreign.fields(years), years=years, **about)


def _page(request, version, found, form, sheet, head):
    rows = [cells for row, cells in sorted(found.sheets[sheet].rows.items()) if row > head][:SAMPLES]
    samples = [
        [cells[place].text for cells in rows if place < len(cells) and cells[place].text]
        for place in range(found.sheets[sheet].width)
    ]
    table = signing.dumps({"user": request.user.pk, "table": found.kept()}, salt=SALT, compress=True)
    context = {
        "version": version,
        "form": form,
        "columns": list(zip(form.column_fields(), samples, strict=True)),
        "table": table,
    }
    return render(request, "workplans/workplan_columns.html", context, status=422 if form.is_bound else 200)
