"""Forms with which somebody asks the helpdesk, and with which it answers."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.texts import validate_line, validate_lines
from centres.models import Party, SupportCentre, Ticket


class AskForm(forms.Form):
    """A question to the helpdesk."""

    kind = forms.ChoiceField(label=_("What is it about?"), choices=Ticket.Kind.choices, widget=forms.RadioSelect)
    party = forms.ModelChoiceField(
        label=_("Country or other Party, if it concerns one"),
        queryset=Party.objects.none(),
        required=False,
        empty_label=_("No Party in particular"),
    )
    subject = forms.CharField(label=_("Subject"), max_length=200, validators=[validate_line])
    text = forms.CharField(
        label=_("Your question"),
        help_text=_("Write in any language. Do not send passwords or confidential papers."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        validators=[validate_lines],
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = Party.objects.current().by_name()
        offices = [membership.party for membership in user.current_memberships if membership.party_id]
        self.fields["party"].initial = offices[0] if offices else None
        self.fields["kind"].initial = Ticket.Kind.QUESTION
        self.fields["form_key"].initial = uuid4()
        self.user = user

    @property
    def said(self) -> dict:
        """The answers by the names of the action's arguments; a centre's staff ask for their centre."""
        centres = [membership.centre for membership in self.user.current_memberships if membership.centre_id]
        asking = centres[0] if centres and self.cleaned_data["kind"] == Ticket.Kind.CENTRE_QUESTION else None
        return self.cleaned_data | {"asking_centre": asking}


class TextForm(forms.Form):
    """What one says in a step."""

    text = forms.CharField(
        label=_("Your text"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        validators=[validate_lines],
    )


class HandForm(forms.Form):
    """The centre that shall answer, and why; without `centres` only why."""

    centre = forms.ModelChoiceField(
        label=_("Centre"), queryset=SupportCentre.objects.none(), empty_label=_("Choose a centre")
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Whoever answers next reads it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        validators=[validate_lines],
    )

    def __init__(self, *args, holder=None, to_centre=True, **kwargs):
        super().__init__(*args, **kwargs)
        if not to_centre:
            del self.fields["centre"]
            return
        centres = SupportCentre.objects.current().by_name()
        self.fields["centre"].queryset = centres.exclude(pk=holder.pk) if holder else centres


class QueueForm(forms.Form):
    """Which tickets the queue shows."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *Ticket.Kind.choices])
    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Not solved yet")), *Ticket.Status.choices, ("all", _("All states"))],
    )

    def narrow(self, tickets):
        """The tickets that fit what was asked."""
        said = self.cleaned_data if self.is_valid() else {}
        if kind := said.get("kind"):
            tickets = tickets.filter(kind=kind)
        status = said.get("status")
        if not status:
            return tickets.not_solved()
        return tickets if status == "all" else tickets.filter(status=status)
