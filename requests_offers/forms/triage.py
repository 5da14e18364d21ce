"""Forms of a centre's own desk: who works on a request, notes, texts for answers, criteria and scores."""

import uuid
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import LongText
from accounts.texts import validate_line
from centres.models import LANGUAGE_CHOICES, SupportCentre

from ..actions.assessing import Given
from ..criteria import Criterion, Kind
from ..models import ReplyTemplate

NOBODY = "nobody"
LONGEST_NOTE = 5000


class AssignForm(forms.Form):
    """Who of the staff works on the request; nobody gives it back to the centre."""

    officer = forms.ChoiceField(label=_("Who works on it?"))

    def __init__(self, *args, people, current=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        nobody = (NOBODY, _("Nobody in particular"))
        self.fields["officer"].choices = [nobody, *((pk, str(person)) for pk, person in self.people.items())]
        self.fields["officer"].initial = str(current.pk) if current else NOBODY

    @property
    def chosen(self):
        return self.people.get(self.cleaned_data["officer"])


class NoteForm(forms.Form):
    """A note for the centre and the coordinator."""

    text = LongText(label=_("Your note"), rows=3, max_length=LONGEST_NOTE)
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["form_key"].initial = uuid.uuid4


class ChooseTextForm(forms.Form):
    """Which of the kept texts is put into the form of a step."""

    template = forms.ChoiceField(label=_("Begin with a kept text"), required=False)
    may_keep = False  # whether the reader may write such texts, and is shown where

    def __init__(self, *args, templates: Iterable[ReplyTemplate] = (), **kwargs):
        super().__init__(*args, **kwargs)
        self.templates = {str(row.pk): row for row in templates}
        listed = [(pk, f"{row.title} ({row.get_language_display()})") for pk, row in self.templates.items()]
        cast(forms.ChoiceField, self.fields["template"]).choices = [("", _("Choose a text")), *listed]

    @property
    def chosen(self) -> ReplyTemplate | None:
        return self.templates.get(self.cleaned_data.get("template", "")) if self.is_valid() else None


class TemplateForm(forms.Form):
    """A text that is given again and again."""

    owner = forms.ChoiceField(label=_("Whose text is it?"))
    step = forms.ChoiceField(label=_("For which step?"), choices=ReplyTemplate.Step.choices)
    language = forms.ChoiceField(label=_("Language of the text"), choices=list(LANGUAGE_CHOICES.items()))
    title = forms.CharField(
        label=_("Title"),
        help_text=_("By it your colleagues choose the text; the office does not read it."),
        max_length=120,
        validators=[validate_line],
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    text = LongText(label=_("Text"), rows=10)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    NETWORK = "network"

    def __init__(self, *args, centres: Iterable[SupportCentre], for_network: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.centres = {centre.slug: centre for centre in centres}
        network = [(self.NETWORK, _("The whole network"))] if for_network else []
        owners = [*network, *((slug, centre.name) for slug, centre in self.centres.items())]
        field = cast(forms.ChoiceField, self.fields["owner"])
        field.choices = owners
        if len(owners) == 1:
            field.initial = owners[0][0]
            field.widget = forms.HiddenInput()

    @property
    def answers(self) -> dict[str, Any]:
        """The fields of the row."""
        said = {name: self.cleaned_data[name] for name in ("step", "language", "title", "text")}
        return said | {"centre": self.centres.get(self.cleaned_data["owner"])}


class AssessmentForm(forms.Form):
    """A value and a note for each criterion, and a word at the end."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, criteria: Iterable[Criterion], language: str, known=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        given = {row.criterion: row for row in known.scores.all()} if known else {}
        for one in self.criteria:
            row = given.get(one.code)
            self.fields[f"value-{one.code}"] = forms.TypedChoiceField(
                label=one.named(language),
                help_text=one.explained(language),
                choices=list(one.scale.items()),
                coerce=int,
                widget=forms.RadioSelect,
                initial=row.value if row else None,
            )
            self.fields[f"note-{one.code}"] = forms.CharField(
                label=_("Why? (only the centre and the coordinator read it)"),
                required=False,
                max_length=500,
                validators=[validate_line],
                widget=forms.TextInput(attrs={"dir": "auto"}),
                initial=row.note if row else "",
            )
        self.fields["note"] = LongText(
            label=_("Anything else?"),
            rows=3,
            required=False,
            max_length=LONGEST_NOTE,
            initial=known.note if known else "",
        )

    @property
    def groups(self):
        """The two questions with their criteria, each a pair of bound fields."""
        return [
            (
                kind.label,
                [(self[f"value-{one.code}"], self[f"note-{one.code}"]) for one in self.criteria if one.kind == kind],
            )
            for kind in Kind
        ]

    @property
    def scores(self) -> dict[str, Given]:
        said = self.cleaned_data
        return {one.code: Given(said[f"value-{one.code}"], said[f"note-{one.code}"]) for one in self.criteria}


class CriterionForm(forms.Form):
    """One criterion in one language; an emptied name takes it out, in English."""

    code = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    kind = forms.ChoiceField(label=_("Which question?"), choices=Kind.choices)
    name = forms.CharField(
        label=_("Criterion"),
        required=False,
        max_length=120,
        validators=[validate_line],
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    text = LongText(label=_("What it means"), rows=2, required=False, max_length=600)


class CriteriaReasonForm(forms.Form):
    """Why the criteria change, and the version that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = LongText(
        label=_("Why do the criteria change?"),
        help_text=_("One or two sentences. Everybody can read them beside the criteria."),
        rows=3,
        max_length=1000,
    )


class MailAnswerForm(forms.Form):
    """The answer to a question, from a mail."""

    text = LongText(label=_("Your answer"), rows=8)
