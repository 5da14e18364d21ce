"""Kept texts in the form of a step: choose one, it stands in the field with the request's own words, edit it."""

from django.contrib import messages
from django.db.models import Case, Value, When
from django.utils.translation import gettext as _

from accounts.permissions import Permission, can

from ..actions.steps import noun_of
from ..forms.triage import ChooseTextForm
from ..models import ReplyTemplate
from ..wording.reply_texts import fill

BUTTON = "fill"


def chooser(request, obj, step) -> ChooseTextForm | None:
    """The texts that may begin the answer of a step, those in the language of the request first; None without any."""
    if noun_of(obj) != "request" or step.name not in ReplyTemplate.Step.values:
        return None
    rows = ReplyTemplate.objects.usable_for(obj).filter(step=step.name)
    own_language = Case(When(language=obj.language.split("-")[0], then=Value(0)), default=Value(1))
    form = ChooseTextForm(request.POST or None, templates=rows.order_by(own_language, "language", "title", "pk"))
    form.may_keep = can(request.user, Permission.TEMPLATE_EDIT)
    return form if form.templates or form.may_keep else None


def is_asked_for(request, form: ChooseTextForm | None) -> bool:
    """Whether the button beside the choice was pressed, not that of the step."""
    return form is not None and BUTTON in request.POST


def typed_and_filled(request, obj, names, form: ChooseTextForm) -> dict[str, str]:
    """What was typed so far, by field, with the chosen text behind it: nothing typed is lost."""
    typed = {name: request.POST.get(name, "") for name in names}
    field = "text" if "text" in typed else "reason"
    if form.chosen is None:
        messages.warning(request, _("Choose a text first."))
        return typed
    before = typed.get(field, "").strip()
    text = fill(form.chosen, obj)
    return typed | {field: f"{before}\n\n{text}" if before else text}
