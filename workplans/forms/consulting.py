"""What offices say about a plan, what the centre answers, and what is reported on indicators."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import LongText
from centres.models import NationalPriority

from ..models import CommentKind, Disposition, Verdict
from ..wording.values import label_of

WHOLE_FIELDS = ("title", "summary", "activities", "budget")
ACTIVITY_FIELDS = ("title", "description", "functions", "targets", "parties", "priorities", "partners", "results")


class CommentForm(forms.Form):
    """One thing that an office says."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    party = forms.CharField(widget=forms.HiddenInput)
    activity = forms.CharField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=_("What do you say?"), widget=forms.RadioSelect, initial=CommentKind.COMMENT)
    field = forms.ChoiceField(label=_("About which part?"), required=False)
    text = LongText(label=_("Your words"), rows=4, required=False)
    priorities = forms.ModelMultipleChoiceField(
        label=_("National priorities that the plan should serve"),
        queryset=NationalPriority.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    publish = forms.BooleanField(
        label=_("Publish our comment"),
        help_text=_("Without this only the number of comments and what became of them is public, not your words."),
        required=False,
    )

    def __init__(self, *args, party, activity=None, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = [choice for choice in CommentKind.choices if activity or choice[0] in {"comment", "priority"}]
        self.fields["kind"].choices = kinds
        names = ACTIVITY_FIELDS if activity else WHOLE_FIELDS
        self.fields["field"].choices = [("", _("The whole of it")), *((name, label_of(name)) for name in names)]
        rows = NationalPriority.objects.current().filter(party=party).order_by("code", "pk")
        self.fields["priorities"].queryset = rows
        if not rows:
            del self.fields["priorities"]
            self.fields["kind"].choices = [choice for choice in kinds if choice[0] != "priority"]

    @property
    def said(self) -> dict:
        said = {name: self.cleaned_data.get(name) for name in ("kind", "field", "text", "publish", "form_key")}
        return said | {"priorities": list(self.cleaned_data.get("priorities") or [])}


class CommentChangeForm(forms.Form):
    """The office changes its words."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    text = LongText(label=_("Your words"), rows=4, required=False)
    publish = forms.BooleanField(label=_("Publish our comment"), required=False)


class VerdictForm(forms.Form):
    """An office's word on the whole plan."""

    party = forms.CharField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        label=_("Your answer on the whole plan"), choices=Verdict.choices, widget=forms.RadioSelect
    )


class DispositionForm(forms.Form):
    """What becomes of a comment, and why."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    disposition = forms.ChoiceField(
        label=_("What becomes of it?"), choices=Disposition.choices, widget=forms.RadioSelect
    )
    answer = LongText(label=_("Your answer"), rows=3, help_text=_("The office reads it."))


class ProgressForm(forms.Form):
    """What an indicator reached in a year."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    value = forms.DecimalField(label=_("Value reached"), max_digits=18, decimal_places=4)
    text = LongText(label=_("What was done"), rows=4, required=False)
    evidence = forms.URLField(label=_("Address of the evidence"), required=False, assume_scheme="https", max_length=500)

    @property
    def said(self) -> dict:
        return {name: self.cleaned_data[name] for name in ("value", "text", "evidence")}


class ReturnForm(forms.Form):
    """What must change in reported progress."""

    text = LongText(label=_("What must change?"), rows=3)
