"""What both sides write into an engagement."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import Day, Line, LongText
from centres.models import BeneficiaryGroup

from ..models import Engagement, Language
from ..uploads import CONTENT_TYPES


class Address(forms.URLField):
    """An address on the web."""

    def __init__(self, **kwargs):
        super().__init__(max_length=500, assume_scheme="https", **kwargs)


class Versioned(forms.Form):
    """A text that two people may have open at the same time."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class PlanForm(Versioned):
    """What both sides want to do, in words."""

    plan = LongText(
        label=_("Plan"),
        help_text=_("Who does what, where, and how you will know that it worked. Days belong to the milestones."),
        rows=10,
        required=False,
    )


class MilestoneForm(forms.Form):
    """One thing that is to be done by a day."""

    title = Line(label=_("Milestone"), help_text=_("What will be there, in a few words."))
    text = LongText(label=_("What it means"), rows=3, required=False)
    due_on = Day(label=_("Until"), required=False)


class TransferMilestoneForm(forms.Form):
    """A milestone of every transfer of technology: its name is known."""

    text = LongText(label=_("What it means here"), rows=3, required=False)
    due_on = Day(label=_("Until"), required=False)


class DoneForm(forms.Form):
    """A milestone is done, and what shows it."""

    done_on = Day(label=_("Done on"))
    evidence = LongText(
        label=_("What shows it"),
        help_text=_("One or two sentences: a report, a list of participants, a visit. No names of people."),
        rows=4,
        required=False,
    )
    evidence_url = Address(label=_("Address of the evidence"), required=False)

    def clean_done_on(self):
        day = self.cleaned_data["done_on"]
        if day > timezone.now().date():
            raise forms.ValidationError(_("Choose a day that is not in the future."), code="future")
        return day

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("evidence") and not cleaned.get("evidence_url") and "evidence_url" not in self.errors:
            self.add_error("evidence", _("Say in a sentence what shows that it is done, or give an address."))
        return cleaned


class ResultForm(forms.Form):
    """A result with evidence: a text, an address or a file."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    title = Line(label=_("Result"), help_text=_("What is different now, in a few words."))
    text = LongText(label=_("Evidence in words"), rows=4, required=False)
    url = Address(label=_("Address of the evidence"), required=False)
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, Word, Excel, OpenDocument, PNG, JPEG, text or CSV; 10 MB at most."),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{ending}" for ending in [*CONTENT_TYPES, "jpeg"])}),
        max_length=1000,
        required=False,
    )

    def clean(self):
        cleaned = super().clean()
        given = [cleaned.get(name) for name in ("text", "url", "file")]
        if not any(given) and not {"url", "file"} & set(self.errors):
            self.add_error("text", _("Give evidence: a sentence, an address or a file."))
        return cleaned


class BeneficiariesForm(forms.Form):
    """The groups that took part or gained, in the words of indicator 20.b; how many people, where it is known."""

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any):
        super().__init__(*args, **kwargs)
        known = {row.group: row.people for row in engagement.beneficiaries.all()}
        for group, label in BeneficiaryGroup.Code.choices:
            self.fields[group] = forms.BooleanField(label=label, required=False, initial=group in known)
            self.fields[f"people_{group}"] = forms.IntegerField(
                label=_("How many people (%(group)s)") % {"group": label},
                required=False,
                min_value=0,
                max_value=100_000_000,
                initial=known.get(group),
            )

    @property
    def groups(self) -> dict[str, int | None]:
        """The groups that were ticked, or for which a number was given."""
        said = self.cleaned_data
        found = {group: said.get(f"people_{group}") for group in BeneficiaryGroup.Code.values}
        return {group: people for group, people in found.items() if said.get(group) or people is not None}


class LessonsForm(Versioned):
    """What was learnt."""

    lessons = LongText(
        label=_("Lessons"),
        help_text=_(
            "What would you tell somebody who begins the same work? What did not work is as useful as what did."
        ),
        rows=8,
        required=False,
    )
    may_become_practice = forms.BooleanField(
        label=_("This may become a practice from which others learn"),
        help_text=_("You are asked again before anything is published."),
        required=False,
    )


class StoryForm(Versioned):
    """The text that everybody may read once both sides have released it."""

    story = LongText(
        label=_("What the work achieved"),
        help_text=_(
            "A few sentences for everybody: the need, what you did, what is different now. No names of people."
        ),
        rows=8,
        required=False,
    )
    language = forms.ChoiceField(label=_("You write in"), choices=Language.choices)
