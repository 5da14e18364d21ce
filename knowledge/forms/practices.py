"""What a person writes about a practice."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.texts import validate_line

from ..actions.practices import FIELDS, SETS
from ..models import Practice
from .fields import LongText, Ticks, fill_choices, language_field
from .sources import sources_named


class PracticeForm(forms.Form):
    """A practice, from the first draft on."""

    title = forms.CharField(
        label=_("Title"), max_length=200, validators=[validate_line], widget=forms.TextInput(attrs={"dir": "auto"})
    )
    summary = LongText(
        label=_("What was done, and what came of it?"),
        help_text=_("Where, with whom, how long, at what cost; what can be measured. No names of people."),
        rows=8,
        required=False,
    )
    lessons = LongText(
        label=_("What should others know before they do the same?"),
        help_text=_("What helped, what went wrong, what you would do in another way."),
        rows=8,
        required=False,
    )
    language = language_field(label=_("Language of this text"))
    constraints = Ticks(label=_("What does it help against?"))
    targets = Ticks(label=_("Targets"))
    subjects = Ticks(label=_("Subjects"))
    cooperation_types = Ticks(label=_("Forms of cooperation"))
    sources = forms.CharField(
        label=_("Sources of knowledge that were used"),
        help_text=_("References of the compendium, such as SRC-000042, with commas between them."),
        required=False,
        max_length=500,
        validators=[validate_line],
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fill_choices(self)
        self.fields["form_key"].initial = uuid4()

    def clean_sources(self) -> list[Any]:
        return sources_named(self.cleaned_data["sources"])

    @property
    def data_said(self) -> dict[str, Any]:
        """The answers by the names of the practice's fields."""
        return {name: self.cleaned_data[name] for name in (*FIELDS, *SETS)}


def initial_of(practice: Practice) -> dict[str, Any]:
    """What the form shows at first."""
    found = {name: getattr(practice, name) for name in FIELDS}
    sets = {name: [row.pk for row in getattr(practice, name).all()] for name in SETS if name != "sources"}
    references = ", ".join(source.reference for source in practice.sources.all())
    return found | sets | {"version": practice.version, "sources": references}


class NoteForm(forms.Form):
    """What should be changed before a practice is published."""

    text = LongText(label=_("What should be changed?"), rows=4, most=2000)
