"""Forms about a person's own account."""

from datetime import timedelta
from functools import cache
from typing import cast
from zoneinfo import available_timezones

from allauth.account.forms import SignupForm as PlainSignupForm
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .imported import kinds
from .models import User
from .models.user import NoticeFrequency
from .texts import validate_line

NOT_PLACES = ("Etc/", "SystemV/", "US/", "posix/", "right/")


@cache
def time_zones() -> list[tuple[str, str]]:
    """The time zones of the world by continent and town, UTC first."""
    places = sorted(name for name in available_timezones() if "/" in name and not name.startswith(NOT_PLACES))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in places)]


class SignupForm(PlainSignupForm):
    """A new person: name and language beside address and password. The office comes afterwards, as a claim."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        help_text=_("As your office knows you. It is never shown to the public."),
        validators=[validate_line],
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("Mails and pages come in this language.")
    )
    field_order = ["name", "email", "password1", "language"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = get_language()


class AccountForm(forms.ModelForm):
    """What a person may change about themselves; address and password have their own pages."""

    time_zone = forms.ChoiceField(label=_("Time zone"), help_text=_("Times in mails are given in it."))

    class Meta:
        model = User
        fields = ["name", "language", "time_zone", "notice_frequency"]
        labels = {"name": _("Your name"), "notice_frequency": _("How often we write")}
        help_texts = {"notice_frequency": _("Notices in the portal come at once in any case.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = time_zones()
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), choices=settings.LANGUAGES, help_text=_("Mails and pages come in this language.")
        )


class TokenForm(forms.Form):
    """A new token for a partner system."""

    READ, WRITE = "read", "read,write"
    LIVES = [("30", _("30 days")), ("90", _("90 days")), ("365", _("One year"))]

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("So that you recognize it later, for example the system that uses it."),
        validators=[validate_line],
    )
    scopes = forms.ChoiceField(
        label=_("What it may do"),
        choices=[(READ, _("Read what you may read")), (WRITE, _("Read and write what you may read and write"))],
        initial=READ,
        widget=forms.RadioSelect,
    )
    life = forms.ChoiceField(label=_("Valid for"), choices=LIVES, initial="90")

    def clean_scopes(self):
        return self.cleaned_data["scopes"].split(",")

    def clean_life(self):
        return timedelta(days=int(self.cleaned_data["life"]))


SEARCH_FREQUENCIES = [
    *(pair for pair in NoticeFrequency.choices if pair[0] != NoticeFrequency.NONE),
    (NoticeFrequency.NONE.value, _("Never: I look for myself")),
]


class SavedSearchForm(forms.Form):
    """What a saved search is called, and how often its owner hears of what is new."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        required=False,
        help_text=_("By it you recognize the search in notices and mails."),
        validators=[validate_line],
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    frequency = forms.ChoiceField(
        label=_("How often do you want to hear what is new?"),
        choices=SEARCH_FREQUENCIES,
        initial=NoticeFrequency.DAILY,
        help_text=_("The notice comes in the portal, and by mail as you chose it in your account."),
        widget=forms.RadioSelect,
    )


class ImportForm(forms.Form):
    """A file of records to be imported."""

    kind = forms.ChoiceField(label=_("What the file holds"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("File"),
        help_text=_("JSON, JSON Lines, CSV or XLSX, at most 10 MB. In a table the first row names the fields."),
    )
    trial = forms.BooleanField(
        label=_("Only check the file, store nothing"), required=False, initial=True, widget=forms.CheckboxInput
    )
    skip_bad = forms.BooleanField(
        label=_("Store the good rows although others have faults"), required=False, widget=forms.CheckboxInput
    )

    def __init__(self, *args, person: User, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(kind.name, kind.label) for kind in kinds() if kind.open_to(person)]
        cast(forms.ChoiceField, self.fields["kind"]).choices = choices
        if len(choices) == 1:
            self.fields["kind"].initial = choices[0][0]


class EraseForm(forms.Form):
    """Asks whoever wants their account erased for what only they know."""

    password = forms.CharField(
        label=_("Your password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    email = forms.CharField(label=_("Type your email address, to be sure"), validators=[validate_line])

    def __init__(self, *args, person: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        if not person.has_usable_password():  # whoever signs in through their organization has none
            del self.fields["password"]

    def clean_password(self) -> str:
        if not self.person.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("This is not your password."), code="invalid")
        return self.cleaned_data["password"]

    def clean_email(self) -> str:
        if self.cleaned_data["email"].strip().casefold() != self.person.email.casefold():
            raise forms.ValidationError(_("This is not the address of your account."), code="invalid")
        return self.cleaned_data["email"]
