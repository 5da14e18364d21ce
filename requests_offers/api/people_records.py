"""What invitations, open calls and messages look like in the API, field by field, and what their calls take."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api import fields as f
from accounts.api.inputs import CodeField, Input
from accounts.texts import LONGEST_TEXT, validate_line
from centres.models import Organization

from ..lifecycle import ApproachStatus, CallStatus
from ..models import Approach, Message, Offer
from .inputs import TagField
from .records import OPEN_STEPS, OPTIONAL

COMPONENT = r"^REQ-[0-9]{6,12}-[0-9]{1,3}$"


class ApproachRecord(serializers.Serializer):
    """A provider on its way to a need: invited, answering an open call, or unasked. For its provider and the centre."""

    reference = f.text("Such as APP-000012.")
    url = f.text("The address of this record.")
    origin = f.choice("How it came about.", [(one.value, one.label) for one in Approach.ORIGINS])
    status = f.choice("Its state; the steps lead from one to another.", ApproachStatus.choices)
    request = f.text("The request's reference.")
    component = f.text("The component's reference.")
    party = f.text("The code of the Party that asks.")
    organization = f.text("The slug of the organization.")
    offer = f.text("The offer's reference; null while an invitation waits.", allow_null=True)
    match = f.text("The match's reference, once it was offered to you or where it is on your board.", allow_null=True)
    call = f.text("The reference of the open call that it answers, or null.", allow_null=True)
    message = f.text("What the centre said.")
    note = f.text("What the provider said.")
    due_on = f.day("Until when an invitation is answered.")
    reason_code = f.text("The code of the reason of a no, or empty.")
    reason = f.text("The reason in words, or empty.")
    made_at = f.moment("When it began.", allow_null=False)
    answered_at = f.moment("When the provider answered.")
    is_example = f.flag("Example data.")
    updated_at = f.moment("When it last changed.", allow_null=False)
    open_steps = f.texts(OPEN_STEPS, **OPTIONAL)


class CallRecord(serializers.Serializer):
    """A need for which anybody who sees it may offer until a day."""

    reference = f.text("Such as CAL-000003.")
    url = f.text("The address of this record.")
    request = f.text("The request's reference.")
    component = f.text("The component's reference.")
    title = f.text("The title of the need.")
    party = f.text("The code of the Party that asks.")
    status = f.choice("Its state.", CallStatus.choices)
    text = f.text("What the centre adds to the need.")
    due_on = f.day("The last day to offer.")
    opened_at = f.moment("When it was opened.", allow_null=False)
    ended_at = f.moment("When it ended.")
    answers = f.number("How many have answered. For the centre.", **OPTIONAL)
    is_example = f.flag("Example data.")
    open_steps = f.texts(OPEN_STEPS, **OPTIONAL)


class FileRecord(serializers.Serializer):
    """A file of a message."""

    name = f.text("Its name.")
    size = f.number("Its size in bytes.")
    content_type = f.text("Its kind.")
    url = f.text("Where it is downloaded, with a session.")


class MessageRecord(serializers.Serializer):
    """A message about a match, on the record."""

    side = f.choice("Who wrote it.", Message.Side.choices)
    text = f.text("What was written.")
    language = f.text("Its language, as a BCP-47 tag.")
    at = f.moment("When.", allow_null=False)
    files = FileRecord(many=True, help_text="Files that came with it.")


class MessagesRecord(serializers.Serializer):
    """The conversation about a match."""

    match = f.text("The match's reference.")
    messages = MessageRecord(many=True, help_text="The oldest first.")


class NextRecord(serializers.Serializer):
    """The next offers for the need of a match that came to nothing."""

    match = f.text("The match's reference.")
    following = f.texts("References of up to three matches, the best first.")


# What calls take ------------------------------------------------------------------------------------------------------


def _words(words: str, **more) -> serializers.CharField:
    return serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False, help_text=words, **more)


class OfferField(serializers.RegexField):
    """An offer by its reference. Whether the caller may see it, the resource asks."""

    default_error_messages = {"does_not_exist": _("There is nothing here with this reference.")}

    def __init__(self, **kwargs):
        super().__init__(r"^OFF-[0-9]{6,12}$", **{"help_text": "The offer's reference, such as OFF-000311."} | kwargs)

    def to_internal_value(self, data):
        reference = super().to_internal_value(data)
        super().run_validators(reference)
        found = Offer.objects.by_reference(reference).first()
        if found is None:
            self.fail("does_not_exist")
        return found

    def run_validators(self, value):
        """They look at the reference, before it becomes an offer."""


class ApproachInput(Input):
    """An officer names an organization and invites it; a provider names its offer and comes by itself or to the open
    call.
    """

    component = serializers.RegexField(COMPONENT, help_text="The component's reference, such as REQ-000042-1.")
    organization = CodeField(
        Organization.objects.current, "slug", required=False, help_text="The slug of the organization to invite."
    )
    offer = OfferField(required=False, help_text="The reference of your offer, published or on its way.")
    message = _words("What you say to the organization.")
    note = _words("What you say about your offer.")
    until = serializers.DateField(required=False, allow_null=True, help_text="The last day to answer an invitation.")

    def validate(self, attrs):
        if ("organization" in attrs) == ("offer" in attrs):
            raise serializers.ValidationError(
                _("Name either the organization that you invite, or the offer that you bring."), code="one_of_two"
            )
        return attrs


class CallInput(Input):
    """A need is opened for offers until a day."""

    component = serializers.RegexField(COMPONENT, help_text="The component's reference, such as REQ-000042-1.")
    until = serializers.DateField(help_text="The last day to offer.")
    text = _words("What you add to the need.")


class MessageInput(Input):
    """A message to the others."""

    text = serializers.CharField(max_length=LONGEST_TEXT, help_text="What you write.")
    language = TagField(required=True)
    side = serializers.ChoiceField(
        Message.Side.choices, required=False, help_text="For whom you write, if you may for several."
    )


class TranslatorInput(Input):
    """Who translates between the two sides."""

    translator = serializers.CharField(
        max_length=200,
        allow_blank=True,
        validators=[validate_line],
        help_text="A name or an organization; empty: nobody.",
    )
    since = serializers.DateField(required=False, allow_null=True, help_text="From which day.")


class NextInput(Input):
    """The match that is offered next."""

    match = serializers.RegexField(r"^MAT-[0-9]{6,12}$", help_text="One of those that come next.")
