"""What a person says about a source, a review round, an assignment, and a question."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.form_fields import Day
from accounts.texts import validate_line

from ..actions.reviewing import PROPOSABLE, advisors
from ..actions.sources import FIELDS, SETS
from ..models import Access, Convention, Kind, Rhythm, Source, Verdict
from .fields import Languages, LongText, Ticks, fill_choices, language_field


class SourceForm(forms.Form):
    """A source, as it is suggested and as it is changed."""

    name = forms.CharField(label=_("Name"), max_length=250, validators=[validate_line])
    owner = forms.CharField(
        label=_("Owner"), help_text=_("The organization that keeps it."), max_length=250, validators=[validate_line]
    )
    url = forms.URLField(label=_("Address"), max_length=500, assume_scheme="https")
    kind = forms.ChoiceField(label=_("What is it?"), choices=Kind.choices)
    description = LongText(
        label=_("What does one find there?"),
        help_text=_("One or two sentences in your own words; nothing copied."),
        rows=4,
        most=1500,
    )
    language = language_field(label=_("Language of this description"))
    access = forms.ChoiceField(label=_("Access"), choices=Access.choices)
    languages = Languages(label=_("In which languages is it?"))
    targets = Ticks(label=_("For which targets?"))
    subjects = Ticks(label=_("About which subjects?"))
    worldwide = forms.BooleanField(label=_("It covers the whole world"), required=False)
    regions = Ticks(label=_("Or which regions?"))
    update_rhythm = forms.ChoiceField(label=_("How often is it updated?"), choices=Rhythm.choices)
    conventions = forms.MultipleChoiceField(
        label=_("Of use for other agreements"),
        choices=Convention.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    fair_notes = LongText(
        label=_("Notes on FAIR"),
        help_text=_(
            "How well it can be found, opened, combined with other data, and reused: identifiers, licence, API."
        ),
        rows=2,
        required=False,
    )
    care_notes = LongText(
        label=_("Notes on CARE"),
        help_text=_("How it respects the rights and interests of Indigenous Peoples and local communities in data."),
        rows=2,
        required=False,
    )
    source = forms.CharField(
        label=_("Where these facts come from"), max_length=500, required=False, validators=[validate_line]
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fill_choices(self)
        self.fields["form_key"].initial = uuid4()
        self.fields["language"].initial = "en"

    @property
    def data_said(self) -> dict[str, Any]:
        """The answers by the names of the source's fields."""
        return {name: self.cleaned_data[name] for name in (*FIELDS, *SETS) if name in self.cleaned_data}


def initial_of(source: Source) -> dict[str, Any]:
    """What a form about a source shows at first."""
    found = {name: getattr(source, name) for name in FIELDS}
    sets = {name: [row.pk for row in getattr(source, name).all()] for name in SETS}
    return found | sets | {"version": source.version}


class ReasonForm(forms.Form):
    """Why a suggestion is refused, or a source taken out."""

    reason = LongText(label=_("Reason, in a sentence"), rows=3, most=1000)


class RoundForm(forms.Form):
    """A review round over the sources that the list shows."""

    title = forms.CharField(label=_("Title of the round"), max_length=200, validators=[validate_line])
    guidance = LongText(label=_("What should the advisors look at?"), rows=4, required=False)
    due_on = Day(label=_("Answers until"))
    people = forms.ModelMultipleChoiceField(
        label=_("Who is asked?"), queryset=Source.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    opinions = forms.IntegerField(
        label=_("How many advisors look at each source?"), min_value=1, max_value=20, initial=1
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = advisors()  # type: ignore[attr-defined]


class ReviewForm(SourceForm):
    """An advisor's word: the verdict, and for a change the fields as they should be."""

    verdict = forms.ChoiceField(label=_("Your verdict"), choices=Verdict.choices, widget=forms.RadioSelect)
    reason = LongText(
        label=_("Why?"), help_text=_("Needed for a change and for taking it out."), rows=3, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("language", "source", "form_key", "version"):
            del self.fields[name]
        for name in PROPOSABLE:
            self.fields[name].required = False
        self.order_fields(["verdict", "reason"])

    @property
    def opinion(self) -> list[forms.BoundField]:
        return [self["verdict"], self["reason"]]

    @property
    def proposal(self) -> list[forms.BoundField]:
        return [self[name] for name in PROPOSABLE]

    @property
    def changes(self) -> dict[str, Any]:
        """The fields as the advisor left them; what is emptied by mistake stays as it is."""
        kept = ("name", "owner", "url", "description", "kind", "access", "update_rhythm")
        said = {name: self.cleaned_data[name] for name in PROPOSABLE if name in self.cleaned_data}
        return {name: value for name, value in said.items() if value or name not in kept}


class PublishAnswerForm(forms.Form):
    """A question and its answer, in words for everybody."""

    question = LongText(label=_("The question, in words that name nobody"), rows=3, most=2000)
    answer = LongText(label=_("The answer"), rows=8)
    language = language_field(label=_("Language"))
    targets = Ticks(label=_("Targets"))
    subjects = Ticks(label=_("Subjects"))
    sources = forms.CharField(
        label=_("Sources that answer it"),
        help_text=_("References of the compendium, such as SRC-000042, with commas between them."),
        required=False,
        max_length=500,
        validators=[validate_line],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fill_choices(self)

    def clean_sources(self) -> list[Source]:
        return sources_named(self.cleaned_data["sources"])


def sources_named(text: str) -> list[Source]:
    """The listed sources with these references, separated by commas or blanks; a fault for one that is not there."""
    found, unknown = [], []
    for word in text.replace(",", " ").replace(";", " ").split():
        source = Source.objects.listed().by_reference(word.upper()).first()
        if source is None:
            unknown.append(word)
        elif source not in found:
            found.append(source)
    if unknown:
        sentence = ngettext_lazy(
            "%(references)s is not in the compendium.", "These are not in the compendium: %(references)s.", len(unknown)
        )
        raise forms.ValidationError(sentence % {"references": ", ".join(unknown)})
    return found


class AskForm(forms.Form):
    """A question about knowledge; it goes to the helpdesk."""

    subject = forms.CharField(
        label=_("In a few words"),
        max_length=200,
        validators=[validate_line],
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    text = LongText(
        label=_("Your question"),
        help_text=_(
            "Write in any language. If it helps others, question and answer may be published without your name."
        ),
        rows=6,
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_key"].initial = uuid4()
