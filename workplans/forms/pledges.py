"""What donors and centres type about money: one small form for each step of a pledge."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import Day, LongText
from accounts.texts import validate_line
from centres.models import LANGUAGE_CHOICES, Organization

from ..models import Pledge
from ..reasons import BY_STEP

SPACES = re.compile(r"[\s\u00a0\u202f'’]")
LARGEST = Decimal("999999999999.99")


class Amount(forms.CharField):
    """An amount as people write it: 84000, 84 000 or 84,000.50. Other ways are asked back rather than guessed."""

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"inputmode": "decimal", "dir": "ltr", "autocomplete": "off"})
        super().__init__(max_length=40, widget=widget, **kwargs)

    def clean(self, value):
        text = SPACES.sub("", super().clean(value))
        if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d{1,2})?", text):
            text = text.replace(",", "")
        if not text:
            return None
        if not re.fullmatch(r"\d+(\.\d{1,2})?", text):
            raise forms.ValidationError(_("Write the amount in figures, such as 84000 or 84000.50."))
        return self._bounded(text)

    def _bounded(self, text):
        try:
            amount = Decimal(text)
        except InvalidOperation as error:  # more figures than any budget has
            raise forms.ValidationError(_("Write the amount in figures, such as 84000 or 84000.50.")) from error
        if not 0 < amount <= LARGEST:
            raise forms.ValidationError(_("Give an amount above zero and below a billion thousands."))
        return amount


class Keyed(forms.Form):
    """A form that makes one thing however often it is sent."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)


class MessageForm(Keyed):
    """A message to the other side."""

    text = LongText(label=_("Your message"), rows=5)
    language = forms.ChoiceField(label=_("You write in"), choices=LANGUAGE_CHOICES)


class InterestForm(MessageForm):
    """A donor's first word."""

    donor = forms.ModelChoiceField(
        label=_("For which donor do you speak?"), queryset=Organization.objects.none(), to_field_name="slug"
    )
    text = LongText(
        label=_("What interests you, and what do you want to know?"),
        help_text=_("The centre reads this and answers. Nobody else sees it, and no gap changes."),
        rows=5,
    )
    is_anonymous = forms.BooleanField(
        label=_("Do not show the name of the donor to the public"),
        help_text=_("The centre knows it; in public figures the money counts without a name."),
        required=False,
    )
    field_order = ("donor", "text", "language", "is_anonymous")

    def __init__(self, *args, donors, **kwargs):
        super().__init__(*args, **kwargs)
        if len(donors) == 1:
            del self.fields["donor"]
        else:
            self.fields["donor"].queryset = Organization.objects.filter(pk__in=[row.pk for row in donors]).by_name()


class PledgeForm(forms.Form):
    """The amount that a donor pledges."""

    amount = Amount(label=_("Amount"))
    currency = forms.CharField(
        label=_("Currency"), max_length=3, help_text=_("Three letters, such as USD or EUR."), initial="USD"
    )
    rate_to_usd = forms.DecimalField(
        label=_("Dollars for one unit of it"),
        help_text=_("Only for another currency than the dollar, if the budget is not in the same."),
        min_value=Decimal("0.00000001"),
        max_digits=18,
        decimal_places=8,
        required=False,
    )
    rate_on = Day(label=_("Day of that rate"), required=False)
    rate_source = forms.CharField(
        label=_("Source of that rate"),
        max_length=200,
        required=False,
        help_text=_("For example: UN operational rate."),
        validators=[validate_line],
    )
    conditions = LongText(label=_("Conditions"), rows=3, required=False)
    above_gap = forms.BooleanField(
        label=_("We mean to give more than is still asked, if it should be more"),
        help_text=_("The centre has to agree to that as well."),
        required=False,
    )
    is_anonymous = forms.BooleanField(label=_("Do not show the name of the donor to the public"), required=False)

    def clean_currency(self):
        return self.cleaned_data["currency"].strip().upper()

    @property
    def said(self) -> dict:
        return self.cleaned_data


class CommitForm(forms.Form):
    """The paper that shows the commitment."""

    document = forms.FileField(
        label=_("Signed commitment"),
        help_text=_("PDF, picture or office file of at most 10 MB. You and the centre see it."),
    )

    @property
    def said(self) -> dict:
        file = self.cleaned_data["document"]
        return {"document": file, "name": file.name}


class ConfirmForm(forms.Form):
    """The head confirms a commitment."""

    above_gap = forms.BooleanField(
        label=_("We agree to more than is still asked, if it should be more"), required=False
    )

    @property
    def said(self) -> dict:
        return self.cleaned_data


class ReceiptForm(Keyed):
    """Money that arrived."""

    amount = Amount(label=_("Amount that arrived"))
    received_on = Day(label=_("Received on"))
    note = forms.CharField(label=_("Note"), max_length=300, required=False, validators=[validate_line])

    @property
    def said(self) -> dict:
        return self.cleaned_data


class ReasonForm(forms.Form):
    """Why something ends."""

    reason_code = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)
    reason = LongText(label=_("In one sentence"), rows=3, required=False)

    @property
    def said(self) -> dict:
        return self.cleaned_data


class DiscussForm(MessageForm):
    """The first message of a discussion."""

    @property
    def said(self) -> dict:
        return {name: self.cleaned_data[name] for name in ("text", "language")}


def step_form(pledge: Pledge, name: str, *args, initial: dict, **kwargs) -> forms.Form:
    """The form of a step, filled with what is known."""
    forms_by_step: dict[str, Any] = {
        "discuss": DiscussForm,
        "pledge": PledgeForm,
        "commit": CommitForm,
        "confirm_commitment": ConfirmForm,
        "record_receipt": ReceiptForm,
        "refuse": ReasonForm,
        "withdraw": ReasonForm,
    }
    form = forms_by_step[name](*args, initial={"received_on": timezone.now().date()} | initial, **kwargs)
    if name in BY_STEP:
        form.fields["reason_code"].choices = list(BY_STEP[name].items())
    return form
