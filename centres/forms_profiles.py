"""Forms of an organization's profile: its own words, and one form for each kind of part."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.texts import validate_lines
from centres.models import (
    CooperationType,
    Expert,
    Expertise,
    LanguageSkill,
    NetworkTie,
    Organization,
    PastWork,
    Subject,
    Target,
)

FIRST_YEAR, LAST_YEAR = 1960, 2100
LINE = forms.TextInput(attrs={"dir": "auto"})


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto"})


class ProfileForm(forms.ModelForm):
    """What an organization says of itself."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Organization
        fields = ("about", "acronym", "name_local", "city", "website")
        widgets = {"about": _lines(8), "name_local": LINE, "city": LINE}
        help_texts = {
            "about": _("Who you are, what you do for others, and with whom. No contact person: this page is public."),
        }


class PartForm(forms.ModelForm):
    """A part of the profile; who may be chosen as expert depends on the organization."""

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.instance.organization = organization
        if "expert" in self.fields:
            field: Any = self.fields["expert"]
            field.queryset, field.empty_label = organization.experts.order_by("role"), _("The whole organization")

    @property
    def said(self) -> dict[str, Any]:
        """The answers, by the names of the columns."""
        return {name: self.cleaned_data[name] for name in self.fields}

    @property
    def changes(self) -> dict[str, Any]:
        """Only what differs from what was there when the form was made."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


class ExpertiseForm(PartForm):
    class Meta:
        model = Expertise
        fields = ("subject", "target", "cooperation_type", "text", "expert", "evidence", "evidence_url")
        widgets = {"text": LINE, "evidence": _lines(4)}
        help_texts = {
            "subject": _("Choose a subject, a target or a form of cooperation; one is enough."),
            "evidence": _("A publication, a project, a certificate: what shows it."),
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rows = {
            "subject": Subject.objects.offered().by_name(),
            "target": Target.objects.current().in_order(),
            "cooperation_type": CooperationType.objects.current().in_order(),
        }
        for name, queryset in rows.items():
            field: Any = self.fields[name]
            field.queryset, field.empty_label = queryset, _("Not chosen")
        self.fields["target"].label_from_instance = lambda row: f"{row.number} {row.name}"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(name) for name in ("subject", "target", "cooperation_type")):
            self.add_error("subject", _("Choose a subject, a target or a form of cooperation."))
        if not cleaned.get("evidence") and not cleaned.get("evidence_url") and "evidence_url" not in self.errors:
            self.add_error("evidence", _("Give evidence: a sentence or an address."))
        return cleaned


class ExpertForm(PartForm):
    class Meta:
        model = Expert
        fields = ("role", "about", "name", "name_shown", "contact")
        widgets = {
            "role": LINE,
            "name": LINE,
            "about": _lines(5),
            "contact": _lines(3),
            "name_shown": forms.RadioSelect,
        }
        help_texts = {
            "role": _("What everybody reads in place of a name. For example: Hydrologist, 20 years in wetlands."),
            "name": _("May stay empty. Who sees it, you choose below; ask the person first."),
            "contact": _("Never public: only your own organization reads this."),
        }


class LanguageForm(PartForm):
    class Meta:
        model = LanguageSkill
        fields = ("language", "level", "expert")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, words in (("language", _("Choose a language")), ("level", _("Choose a level"))):
            field: Any = self.fields[name]
            field.choices = [("", words), *[choice for choice in field.choices if choice[0]]]


class PastWorkForm(PartForm):
    class Meta:
        model = PastWork
        fields = ("title", "text", "place", "year_from", "year_until", "url")
        widgets = {"title": LINE, "place": LINE, "text": _lines(4)}
        help_texts = {"place": _("Countries, sites and partners; no persons.")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("year_from", "year_until"):
            year = cleaned.get(name)
            if year and not FIRST_YEAR <= year <= LAST_YEAR:
                self.add_error(name, _("Write the year with four figures, such as 2024."))
        first, last = cleaned.get("year_from"), cleaned.get("year_until")
        if first and last and last < first:
            self.add_error("year_until", _("Choose a last year that is not before the first."))
        return cleaned


class NetworkForm(PartForm):
    class Meta:
        model = NetworkTie
        fields = ("name", "kind", "part", "url")
        widgets = {"name": LINE, "part": LINE}


FORMS: dict[str, type[PartForm]] = {
    "expertise": ExpertiseForm,
    "experts": ExpertForm,
    "languages": LanguageForm,
    "references": PastWorkForm,
    "networks": NetworkForm,
}


class RenewalForm(forms.Form):
    """Asking to be verified for longer."""

    evidence = forms.CharField(
        label=_("What has changed, and how can it be checked?"),
        help_text=_("Nothing has changed: say so, and name a page or a colleague in the network who can confirm it."),
        max_length=2000,
        widget=_lines(4),
        validators=[validate_lines],
    )


class NotYetForm(forms.Form):
    """Why a verification is not renewed yet."""

    reason = forms.CharField(
        label=_("Why not yet?"),
        help_text=_("The organization reads this sentence. Say what would help."),
        max_length=1000,
        widget=_lines(2),
        validators=[validate_lines],
    )
