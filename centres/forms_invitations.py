"""Forms with which an office, a head or a coordinator invites people by mail."""

import re

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.texts import validate_line, validate_lines
from centres.forms_memberships import GrantForm

MOST = 50
BETWEEN = re.compile(r"[\s,;]+")


class InviteForm(GrantForm):
    """A role for people who may have no account yet: one mail to each address."""

    email = None  # type: ignore[assignment]  # a form leaves a field of its base out by naming it None
    emails = forms.CharField(
        label=_("E-mail addresses"),
        help_text=_("One or several, each on a line of its own. Everybody gets a link that works once, for 14 days."),
        max_length=10000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)
    note = forms.CharField(
        label=_("A sentence of your own"),
        required=False,
        max_length=1000,
        help_text=_("It stands in the mail."),
        widget=forms.Textarea(attrs={"rows": 2}),
        validators=[validate_lines],
    )
    field_order = ["emails", "role", "party", "office_kind", "centre", "organization", "language", "note"]

    def __init__(self, *args, giver, **kwargs):
        super().__init__(*args, giver=giver, **kwargs)
        self.fields["language"].initial = get_language()

    def clean_emails(self):
        """The addresses, each once; all that are wrong are named at once."""
        found = list(dict.fromkeys(word.lower() for word in BETWEEN.split(self.cleaned_data["emails"]) if word))
        if wrong := [address for address in found if not _is_address(address)]:
            count = len(wrong)
            sentence = ngettext(
                "This is not an e-mail address: %(wrong)s", "These are not e-mail addresses: %(wrong)s", count
            )
            raise ValidationError(sentence % {"wrong": ", ".join(wrong[:10])})
        if len(found) > MOST:
            raise ValidationError(_("Invite at most %(most)s people at once.") % {"most": MOST})
        if not found:
            raise ValidationError(_("Write at least one e-mail address."))
        return found


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


class BounceForm(forms.Form):
    """What the mail that came back said."""

    note = forms.CharField(
        label=_("What did the mail that came back say?"), max_length=300, required=False, validators=[validate_line]
    )
