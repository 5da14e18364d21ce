"""What is asked when somebody is invited, a need is called for, or a provider offers by itself; and for messages."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import Day, LongText
from accounts.texts import validate_line
from centres.models import Organization

from ..models import Offer
from ..models.request import Language
from ..reasons import DECLINE_PARTY, DECLINE_PROVIDER
from ..uploads import CONTENT_TYPES

NEW_OFFER = "new"
SIDES = {"party": _("For the Party"), "provider": _("For the provider"), "centre": _("For the centre")}


class OfferSearchForm(forms.Form):
    """Words that an offer must have."""

    search = forms.CharField(
        label=_("Words in title, text or organization"), required=False, max_length=200,
        widget=forms.SearchInput(attrs={"dir": "auto"}),
    )  # fmt: skip


class InvitationForm(forms.Form):
    """Which organization is asked to offer, with which words, until when."""

    organization = forms.ModelChoiceField(
        label=_("Organization"), queryset=Organization.objects.none(), to_field_name="slug",
        empty_label=_("Choose an organization"),
        help_text=_("Those for which somebody acts in the portal."),
    )  # fmt: skip
    message = LongText(
        label=_("What you would like to say"),
        help_text=_("The organization reads this with the need. Say why you think of them."),
        rows=5,
        required=False,
    )
    until = Day(label=_("Answer expected until"))

    def __init__(self, *args, organizations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations


class CallForm(forms.Form):
    """Until when a need is open for offers, and what the centre adds."""

    until = Day(label=_("Offers are taken until"))
    text = LongText(
        label=_("What you would like to add"),
        help_text=_("Whoever may read the request reads this with the need. Leave it empty if the need says enough."),
        rows=5,
        required=False,
    )


class OfferChoiceForm(forms.Form):
    """With which offer a provider comes to a need: one of its own,
    or a new one that begins with the words of the need.
    """

    offer = forms.ChoiceField(label=_("With which offer?"), widget=forms.RadioSelect)
    note = LongText(
        label=_("What you would like to say about it"),
        help_text=_("The centre reads this, and the country once the match is offered to it."),
        rows=4,
        required=False,
    )

    def __init__(self, *args, offers, may_begin=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.known = {offer.reference: offer for offer in offers}
        choices = [(one.reference, _label(one)) for one in self.known.values()]
        new = [(NEW_OFFER, _("A new offer: write it now, beginning with the words of the need"))] if may_begin else []
        self.fields["offer"].choices = [*choices, *new]

    @property
    def chosen(self) -> Offer | None:
        """The offer; None where a new one is to be written."""
        return self.known.get(self.cleaned_data["offer"])


def _label(offer: Offer) -> str:
    words = {"title": offer.title or offer.reference, "state": offer.get_status_display()}
    return words["title"] if offer.status == "published" else _("%(title)s (%(state)s)") % words


class AcceptByMailForm(forms.Form):
    """A yes through a link in a mail."""

    publish = forms.BooleanField(
        label=_("The match may be published"),
        help_text=_(
            "It becomes public when both sides allow it: who works with whom on what, without names of people."
        ),
        required=False,
    )


class DeclineByMailForm(forms.Form):
    """A no through a link in a mail, with a reason from the list of the side that speaks."""

    reason_code = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)
    reason = LongText(label=_("In one sentence"), rows=3, required=False)

    def __init__(self, *args, side, **kwargs):
        super().__init__(*args, **kwargs)
        table = DECLINE_PARTY if side == "party" else DECLINE_PROVIDER
        self.fields["reason_code"].choices = list(table.items())


class SeveralFiles(forms.FileField):
    """Any number of files chosen at once; the action says how many are too many."""

    def clean(self, data, initial=None):
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(SeveralFiles, self).clean(one, initial) for one in given]


class SeveralFilesInput(forms.FileInput):
    """The browser's own choice of several files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class MessageForm(forms.Form):
    """A message to the others, in whatever language, with files."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    side = forms.ChoiceField(label=_("For which side do you write?"), widget=forms.RadioSelect)
    text = LongText(label=_("Your message"), rows=6)
    language = forms.ChoiceField(label=_("You write in"), choices=Language.choices)
    attached = SeveralFiles(
        label=_("Files"),
        help_text=_("Five at most: PDF, Word, Excel, OpenDocument, PNG, JPEG, text or CSV; 10 MB each."),
        widget=SeveralFilesInput(attrs={"accept": ",".join(f".{ending}" for ending in [*CONTENT_TYPES, "jpeg"])}),
        required=False,
        max_length=1000,
    )

    def __init__(self, *args, sides, **kwargs):
        super().__init__(*args, **kwargs)
        self.sides = sides
        self.fields["side"].choices = [(side, SIDES[side]) for side in sides]
        self.fields["form_key"].initial = uuid.uuid4()
        if len(sides) < 2:
            del self.fields["side"]

    @property
    def said(self) -> dict:
        """What the action takes."""
        found = dict(self.cleaned_data)
        found["files"] = found.pop("attached")
        found.setdefault("side", self.sides[0] if self.sides else "")
        return found


class TranslatorForm(forms.Form):
    """Who translates between two sides that have no language in common, and from when."""

    translator = forms.CharField(
        label=_("Who translates"),
        help_text=_("A name or an organization. Both sides and the centre read it; it is never public."),
        max_length=200,
        required=False,
        validators=[validate_line],
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    since = Day(label=_("From which day"), required=False)
