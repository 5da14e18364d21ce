"""The style page: every component in all its states, for those who build and review pages.

It is read in each language and direction like any page (/ar/style/), and in the colours that a device asks for.
"""

from datetime import timedelta

from django import forms
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.form_fields import Line, LongText
from accounts.permissions import Permission, require
from tsc_portal.looks import STATUS_LOOK


class SampleForm(forms.Form):
    """One field of each kind; half of them are wrong."""

    title = Line(label=gettext_lazy("Title"), help_text=gettext_lazy("As short as a headline."), max_length=120)
    text = LongText(label=gettext_lazy("What is needed"), rows=3)
    starts = forms.DateField(label=gettext_lazy("From"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Form of cooperation"),
        choices=[("training", gettext_lazy("Training")), ("data", gettext_lazy("Data"))],
        widget=forms.RadioSelect,
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        choices=[("en", "English"), ("fr", "Français"), ("ar", "العربية")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agreed = forms.BooleanField(label=gettext_lazy("The office agrees"))


EXPLANATION = [
    {
        "criterion": "text", "value": 0.64, "weight": 0.35, "share": 0.31,
        "evidence": [
            {"kind": "word", "need": "lutte", "offer": "control"},
            {"kind": "concept", "label": "invasive species"},
        ],
    },
    {"criterion": "targets", "value": 1.0, "weight": 0.2, "share": 0.28, "evidence": [{"kind": "target", "number": 6}]},
    {"criterion": "region", "value": 0.0, "weight": 0.15, "share": 0.0, "evidence": []},
]  # fmt: skip


def _batons(today) -> list[dict[str, object]]:
    """A record that waits for somebody else, for the reader, and one that is late."""
    common = {"heading": _("What happens next"), "who": _("The coordinator’s helpdesk"), "days_total": 10}
    return [
        common | {"until": today + timedelta(days=9), "days_left": 7, "then": _("Matching")},
        common | {"until": today + timedelta(days=3), "days_left": 2, "kind": "yours"},
        common | {"until": today - timedelta(days=5), "days_left": -3, "kind": "late"},
    ]


@require_safe
def style(request):
    """Every component once, in each of its states."""
    require(request.user, Permission.JOBS_MANAGE)
    today = timezone.localdate()
    wrong = SampleForm({"wrong-title": "x" * 130, "wrong-starts": "31.2."}, prefix="wrong")
    nouns: dict[str, list[str]] = {}
    for noun, state in STATUS_LOOK:
        nouns.setdefault(noun, []).append(state)
    context = {
        "states": nouns.items(),
        "batons": _batons(today),
        "empty_form": SampleForm(),
        "wrong_form": wrong,
        "page_obj": Paginator(range(412), 25).get_page(4),
        "explanation": EXPLANATION,
        "missing": [{"detail": _("The offer does not name the Pacific.")}],
        "figures": [(57, _("requests with the helpdesk")), (3, _("requests past their day"))],
        "facts": [(_("Languages"), "English, Français"), (_("From"), today)],
        "events": [{"at": today, "sentence": _("Accepted"), "noun": "request", "state": "matching"}],
        "shares": {"received": "20", "committed": "45", "pledged": "70"},
        "tiles": [
            {"url": "#tiles", "code": "FJ", "name": "Fiji", "shared": False},
            {"url": "#tiles", "code": "WS", "name": "Samoa", "shared": True},
        ],
        "today": today,
    }
    return render(request, "tsc_portal/style.html", context)
