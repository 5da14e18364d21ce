"""What donors and centres send about money. The rules between the fields are those of the actions."""

import base64
import binascii
from decimal import Decimal
from io import BytesIO

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.inputs import CodeField, Input
from accounts.texts import validate_line
from centres.models import LANGUAGE_CHOICES, Organization

from ..reasons import REFUSE_PLEDGE, WITHDRAW_PLEDGE
from .inputs import LONGEST

LANGUAGES = list(LANGUAGE_CHOICES.items())
SMALLEST = Decimal("0.01")


def _words(words: str) -> serializers.CharField:
    return serializers.CharField(max_length=LONGEST, help_text=words)


def _language() -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=LANGUAGES, required=False, help_text="The language of the words.")


def _amount(words: str) -> serializers.DecimalField:
    return serializers.DecimalField(14, 2, min_value=SMALLEST, help_text=words)


def _flag(words: str) -> serializers.BooleanField:
    return serializers.BooleanField(required=False, help_text=words)


def _donor() -> CodeField:
    words = "The slug of the donor for which you speak; without it, yours."
    return CodeField(Organization.objects.all, "slug", required=False, help_text=words)


class PledgeInput(Input):
    """A donor's first word about something: interest, which no gap counts."""

    object = serializers.CharField(
        max_length=80, help_text="For what: BL-000456, ACT-000123, WP-2025-pacific, or an unmet REQ-000042."
    )
    donor = _donor()
    text = _words("What interests you, and what you want to know.")
    language = _language()
    is_anonymous = _flag("Whether the public shall not see the donor's name.")


class WordsInput(Input):
    """A message to the other side."""

    text = _words("The message.")
    language = _language()


class AmountInput(Input):
    """The amount that a donor pledges; another currency than the dollar with its dated rate."""

    amount = _amount("The amount, to the cent.")
    currency = serializers.CharField(
        max_length=3, required=False, validators=[validate_line], help_text="The ISO code of the currency."
    )
    rate_to_usd = serializers.DecimalField(
        18, 8, required=False, allow_null=True, help_text="Dollars for one unit of it."
    )
    rate_on = serializers.DateField(required=False, allow_null=True, help_text="The day of the rate.")
    rate_source = serializers.CharField(
        max_length=200, required=False, allow_blank=True, validators=[validate_line], help_text="Where it is from."
    )
    conditions = serializers.CharField(
        max_length=LONGEST, required=False, allow_blank=True, help_text="What it depends on; the centre reads it."
    )
    above_gap = _flag("Whether you mean to give more than is still asked, if it should be more.")
    is_anonymous = _flag("Whether the public shall not see the donor's name.")


class CommitInput(Input):
    """The paper that shows the commitment."""

    name = serializers.CharField(max_length=200, validators=[validate_line], help_text="The name of the file.")
    content = serializers.CharField(
        max_length=2_400_000, help_text="Its bytes in base64, at most 1.7 MB; larger papers are sent on the page."
    )

    def validate_content(self, value):
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError) as error:
            raise serializers.ValidationError(_("Send the bytes of the file in base64."), code="invalid") from error

    def validate(self, data):
        return {"document": BytesIO(data["content"]), "name": data["name"]}


class ConfirmInput(Input):
    """The head confirms a commitment."""

    above_gap = _flag("Whether you agree to more than is still asked, if it should be more.")


class ReceiptInput(Input):
    """Money that arrived, in the currency of the pledge."""

    amount = _amount("The amount that arrived.")
    received_on = serializers.DateField(help_text="The day on which it arrived.")
    note = serializers.CharField(
        max_length=300, required=False, allow_blank=True, validators=[validate_line], help_text="A note for both."
    )


class _ReasonInput(Input):
    reason = serializers.CharField(
        max_length=LONGEST, required=False, allow_blank=True, help_text="In one sentence; the other side reads it."
    )


class RefusePledgeInput(_ReasonInput):
    """Why the money cannot be taken."""

    reason_code = serializers.ChoiceField(choices=list(REFUSE_PLEDGE.items()), help_text="The reason.")


class WithdrawPledgeInput(_ReasonInput):
    """Why the donor takes its word back."""

    reason_code = serializers.ChoiceField(choices=list(WITHDRAW_PLEDGE.items()), help_text="The reason.")
