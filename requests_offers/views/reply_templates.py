"""The texts that a centre and the coordinator keep for answers."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import DomainError, StaleWrite
from accounts.permissions import Permission, reach, require
from centres.models import SupportCentre, language_of

from ..actions.reply_templates import retire_template, save_template
from ..forms.triage import TemplateForm
from ..models import ReplyTemplate
from ..wording.reply_texts import MEANINGS

FIELDS = ("step", "language", "title", "text", "version")


@require_safe
def reply_template_list(request):
    """The texts that the person may use: the network's and those of the own centres."""
    require(request.user, Permission.TEMPLATE_EDIT)
    part = reach(request.user, Permission.TEMPLATE_EDIT)
    own = ReplyTemplate.objects.current().manageable_by(request.user)
    network = ReplyTemplate.objects.current().filter(centre__isnull=True)
    rows = list((own | network).select_related("centre").order_by("step", "language", "title", "pk"))
    for row in rows:
        row.may_edit = part.covers(row)
    return render(request, "requests_offers/reply_template_list.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def reply_template_new(request):
    require(request.user, Permission.TEMPLATE_EDIT)
    form = _form(request, initial={"language": language_of(), "step": request.GET.get("step", "")})
    return _page(request, ReplyTemplate(), form)


@require_http_methods(["GET", "POST"])
def reply_template_edit(request, pk):
    """Change a text; somebody who was quicker is told of, and nothing typed is lost."""
    row = _own(request.user, pk)
    owner = row.centre.slug if row.centre else TemplateForm.NETWORK
    form = _form(request, initial={name: getattr(row, name) for name in FIELDS} | {"owner": owner})
    return _page(request, row, form)


def _own(user, pk) -> ReplyTemplate:
    require(user, Permission.TEMPLATE_EDIT)
    return get_object_or_404(ReplyTemplate.objects.current().manageable_by(user).select_related("centre"), pk=pk)


def _form(request, **more) -> TemplateForm:
    part = reach(request.user, Permission.TEMPLATE_EDIT)
    centres = SupportCentre.objects.current().by_name()
    owners = [] if part.everywhere else list(centres.filter(pk__in=part.centres))
    if part.everywhere and more["initial"].get("owner", TemplateForm.NETWORK) != TemplateForm.NETWORK:
        owners = list(centres.filter(slug=more["initial"]["owner"]))
    if not owners and not part.everywhere:
        raise Http404
    return TemplateForm(request.POST or None, centres=owners, for_network=part.everywhere, **more)


def _page(request, row, form):
    if form.is_valid():
        try:
            save_template(row, by=request.user, data=form.answers, version=form.cleaned_data["version"])
        except StaleWrite as error:
            form.add_error(None, str(error))
            newest = ReplyTemplate.objects.get(pk=row.pk)
            form.data = form.data.copy()
            form.data["version"] = newest.version
            return _shown(request, row, form, theirs=newest)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The text is kept. It stands in the forms of its step from now on."))
            return redirect("reply_template_list")
    return _shown(request, row, form)


def _shown(request, row, form, theirs=None):
    placeholders = [(f"{{{name}}}", meaning) for name, meaning in MEANINGS.items()]
    context = {"row": row, "form": form, "theirs": theirs, "placeholders": placeholders}
    return render(request, "requests_offers/reply_template.html", context, status=409 if theirs else 200)


@require_POST
def reply_template_retire(request, pk):
    """Take a text out of use."""
    retire_template(_own(request.user, pk), by=request.user)
    messages.success(request, _("The text is out of use."))
    return redirect("reply_template_list")
