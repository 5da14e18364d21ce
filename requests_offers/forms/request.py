"""The questions of a request, one group to a page. A draft may be incomplete; going on asks for what is needed."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.form_fields import Day, Line, LongText
from centres.models import CooperationType, Party, Subject

from ..models import Component, CooperationRequest
from ..models.request import Language, Means, Modality
from ..validators import validate_partners, validate_period
from .fields import TargetField, Words, WorkingLanguages, fill_choices

ANSWER_LATER = pgettext_lazy("choice", "Not decided yet")


class PageForm(forms.Form):
    """One page of the wizard. `lenient`: somebody stops or goes back, and nothing has to be complete."""

    NEEDED: tuple[str, ...] = ()
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, lenient=False, **kwargs):
        super().__init__(*args, **kwargs)
        fill_choices(self)
        for name in self.NEEDED:
            self.fields[name].required = not lenient

    @property
    def answers(self) -> dict:
        """What was answered, by the names that the action knows."""
        return {
            name: value for name, value in self.cleaned_data.items() if name not in {"version", "form_key", "party"}
        }

    @property
    def changed_answers(self) -> list[str]:
        """The fields that differ from what the form was made with."""
        return [name for name in self.changed_data if name in self.answers]


class NeedInShort(PageForm):
    """Page 1: what is asked for, in a title and a few sentences."""

    NEEDED = ("title", "summary")
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    party = forms.ModelChoiceField(
        label=_("Who asks?"), queryset=Party.objects.none(), to_field_name="iso2", empty_label=_("Choose a Party")
    )
    title = Line(
        label=_("Title"),
        help_text=_(
            "One line that somebody who can help would recognize. For example: control of invasive lake plants."
        ),
        required=False,
    )
    summary = LongText(
        label=_("The need in short"),
        help_text=_("Two to ten sentences, in any language. Who has the problem, where, and what would help?"),
        required=False,
    )
    language = forms.ChoiceField(label=_("You write in"), choices=Language.choices)

    def __init__(self, *args, parties=None, **kwargs):
        super().__init__(*args, **kwargs)
        if parties is None or parties.count() < 2:
            del self.fields["party"]
        else:
            self.fields["party"].queryset = parties
        known = self.initial.get("language")
        if known and known not in Language.values:
            self.fields["language"].choices = [*Language.choices, (known, known)]

    @staticmethod
    def initial_of(request: CooperationRequest) -> dict:
        return {"title": request.title, "summary": request.summary, "language": request.language}


class ComponentForm(PageForm):
    """Page 2, once for each component: one need that can be met by itself."""

    NEEDED = ("title", "text")
    title = Line(label=_("This need in one line"), required=False)
    text = LongText(
        label=_("Describe the need"),
        help_text=_(
            "Two to ten sentences. Offers in other languages are found too. Name the plant, the lake, the method: that "
            "helps more than numbers and names of programmes."
        ),
        rows=8,
        required=False,
    )
    cooperation_types = Words(
        CooperationType.objects.none(),
        label=_("Form of cooperation"),
        help_text=_("Tick those that come closest; two or three at most."),
    )
    modality = forms.ChoiceField(label=_("With whom"), choices=[("", ANSWER_LATER), *Modality.choices], required=False)
    languages = WorkingLanguages(
        label=_("Working languages"), help_text=_("Those in which your people can work with a partner.")
    )
    starts_on = Day(label=_("Not before"), required=False)
    ends_on = Day(label=_("Not after"), required=False)
    means = forms.ChoiceField(
        label=_("What you can pay yourselves"), choices=[("", ANSWER_LATER), *Means.choices], required=False
    )
    partners_wanted = forms.IntegerField(
        label=_("How many partners, at most?"), validators=[validate_partners], required=False, initial=1
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["languages"].keep(self.initial.get("languages") or [])

    def clean(self):
        cleaned = super().clean()
        try:
            validate_period(cleaned.get("starts_on"), cleaned.get("ends_on"))
        except forms.ValidationError as error:
            self.add_error("ends_on", error)
        if "partners_wanted" in cleaned:
            cleaned["partners_wanted"] = cleaned["partners_wanted"] or 1
        return cleaned

    @staticmethod
    def initial_of(component: Component | None) -> dict:
        if component is None:
            return {"partners_wanted": 1, "languages": []}
        plain = ("title", "text", "modality", "languages", "starts_on", "ends_on", "means", "partners_wanted")
        types = [kind.pk for kind in component.cooperation_types.all()]
        return {name: getattr(component, name) for name in plain} | {"cooperation_types": types}


class TagsForm(PageForm):
    """Page 3, once for each component: targets and subjects."""

    targets = TargetField(help_text=_("Those to which meeting this need contributes; three at most is a good measure."))
    subjects = Words(
        Subject.objects.none(), label=_("Subjects"), help_text=_("They help to find offers that say it otherwise.")
    )

    @staticmethod
    def initial_of(component: Component) -> dict:
        return {
            "targets": [target.pk for target in component.targets.all()],
            "subjects": [subject.pk for subject in component.subjects.all()],
        }
