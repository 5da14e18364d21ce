"""What people type about a workplan as a whole: its beginning, its steps, its words."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import Day, LongText
from accounts.texts import validate_line
from centres.models import LANGUAGE_CHOICES

from ..lifecycle import Amendment
from ..models import Period, Version

NETWORK = "network"


class NewPlanForm(forms.Form):
    """Whose plan, for which years, in which language, from what."""

    whose = forms.ChoiceField(label=_("Whose plan?"))
    period = forms.ModelChoiceField(label=_("For which period?"), queryset=Period.objects.none(), empty_label=None)
    language = forms.ChoiceField(
        label=_("In which language?"),
        choices=LANGUAGE_CHOICES,
        help_text=_("The plan, its PDF and its workbook are in it."),
    )
    title = forms.CharField(
        label=_("Title"), max_length=300, required=False, validators=[validate_line],
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )  # fmt: skip
    copy_from = forms.ModelChoiceField(
        label=_("Begin with a copy of"),
        queryset=Version.objects.none(),
        required=False,
        empty_label=_("Nothing: an empty plan"),
        help_text=_("Activities are moved to the years of the new plan and get numbers of their own."),
    )

    def __init__(self, *args, centres, network, sources, periods, **kwargs):
        super().__init__(*args, **kwargs)
        self.centres = {row.slug: row for row in centres}
        choices = [(slug, row.name) for slug, row in self.centres.items()]
        self.fields["whose"].choices = [*choices, *([(NETWORK, _("The whole network"))] if network else [])]
        self.fields["period"].queryset = periods
        self.fields["copy_from"].queryset = sources.order_by("-workplan__period__starts", "workplan", "pk")
        self.fields["copy_from"].label_from_instance = lambda row: f"{row.reference} {row.title}"

    @property
    def centre(self):
        """The centre, or None for the network."""
        return self.centres.get(self.cleaned_data["whose"])


class VersionStepForm(forms.Form):
    """Asks what a step of a version needs, by the names of the action's arguments."""

    def __init__(self, step, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "until" in step.asks:
            self.fields["until"] = Day(label=_("Until when may the offices comment?"))
        if "amendment" in step.asks:
            self.fields["amendment"] = forms.ChoiceField(
                label=_("What does the amendment change?"), choices=Amendment.choices, widget=forms.RadioSelect
            )
        if "text" in step.asks:
            self.fields["text"] = LongText(label=_("What came of the plan?"), rows=8)


class PlanForm(forms.Form):
    """The head of a draft."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("Title"), max_length=300, validators=[validate_line], widget=forms.TextInput(attrs={"dir": "auto"})
    )
    summary = LongText(label=_("What the plan is about"), rows=6, required=False)
