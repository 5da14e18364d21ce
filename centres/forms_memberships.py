"""Forms with which an office, a head or a coordinator lends roles and ends them."""

from typing import cast

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, User
from accounts.models.membership import OfficeKind
from accounts.permissions import SCOPE_OF, Permission, Role, lendable_roles, reach
from accounts.texts import validate_lines
from centres.models import Organization, Party, SupportCentre

NEEDED = {
    "party": _("Choose the Party whose office the person acts for."),
    "centre": _("Choose the centre the person works for."),
    "organization": _("Choose the organization the person acts for."),
}


class GrantForm(forms.Form):
    """A role for somebody who has an account, in the part of the network that the giver looks after."""

    email = forms.EmailField(
        label=_("E-mail address of the person"), help_text=_("The address with which they signed up here.")
    )
    role = forms.ChoiceField(label=_("Role"))
    party = forms.ModelChoiceField(
        label=_("Party"),
        queryset=Party.objects.none(),
        required=False,
        empty_label=_("Choose a Party"),
        help_text=_("For drafters, deputies and focal points."),
    )
    office_kind = forms.ChoiceField(
        label=_("Office"), choices=[("", _("Choose an office")), *OfficeKind.choices], required=False
    )
    centre = forms.ModelChoiceField(
        label=_("Centre"),
        queryset=SupportCentre.objects.none(),
        required=False,
        empty_label=_("Choose a centre"),
        help_text=_("For officers and heads of a centre."),
    )
    organization = forms.ModelChoiceField(
        label=_("Organization"),
        queryset=Organization.objects.none(),
        required=False,
        empty_label=_("Choose an organization"),
        help_text=_("For providers and donors."),
    )

    def __init__(self, *args, giver: User, **kwargs):
        super().__init__(*args, **kwargs)
        roles = lendable_roles(giver)
        choices = [("", _("Choose a role")), *((role.value, role.label) for role in roles)]
        cast(forms.ChoiceField, self.fields["role"]).choices = choices
        part = reach(giver, Permission.MEMBERSHIP_MANAGE)
        self.everywhere = part.everywhere
        self._offer("party", roles, _reachable(Party.objects.current().by_name(), part.everywhere, part.parties))
        self._offer(
            "centre", roles, _reachable(SupportCentre.objects.current().by_name(), part.everywhere, part.centres)
        )
        seated = Organization.objects.current().filter(part.as_q_of_seats("party")).distinct().by_name()
        self._offer("organization", roles, seated)
        if "party" not in self.fields:
            del self.fields["office_kind"]

    def _offer(self, kind, roles, queryset):
        """Show the field of a scope only to whoever may lend a role of that scope; without a choice, fill it in."""
        if not any(SCOPE_OF[role] == kind for role in roles):
            del self.fields[kind]
            return
        field = self.fields[kind]
        field.queryset = queryset
        only = [] if self.everywhere else list(queryset[:2])
        if len(only) == 1:
            field.initial, field.empty_label = only[0], None

    def clean_email(self):
        person = User.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True).first()
        if person is None:
            raise forms.ValidationError(
                _(
                    "Nobody has signed up with this address. Ask the person to sign up and to claim the office; "
                    "you can then verify it."
                )
            )
        self.person = person
        return person.email

    def clean(self):
        cleaned = super().clean()
        kind = SCOPE_OF[Role(cleaned["role"])] if cleaned.get("role") else "network"
        if kind != "network" and not cleaned.get(kind) and kind not in self.errors:
            self.add_error(kind, NEEDED[kind])
        if kind == "party" and not cleaned.get("office_kind"):
            self.add_error("office_kind", _("Choose the office the person acts for."))
        return cleaned

    @property
    def scope(self) -> dict[str, object]:
        """The scope that belongs to the chosen role; what was chosen beside it is left out."""
        kind = SCOPE_OF[Role(self.cleaned_data["role"])]
        if kind == "network":
            return {}
        scope = {kind: self.cleaned_data[kind]}
        return scope | {"office_kind": self.cleaned_data["office_kind"]} if kind == "party" else scope


def _reachable(queryset, everywhere, ids):
    return queryset if everywhere else queryset.filter(pk__in=ids)


class EndForm(forms.Form):
    """The last day of a membership, and why it ends."""

    last_day = forms.DateField(
        label=_("Last day"),
        help_text=_("The person keeps the rights until midnight of this day where the office sits."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The person reads it, and it stays in the record."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        validators=[validate_lines],
    )

    def __init__(self, *args, membership: Membership, **kwargs):
        super().__init__(*args, **kwargs)
        self.membership = membership
        self.fields["last_day"].initial = timezone.now().date()

    def clean_last_day(self):
        day = self.cleaned_data["last_day"]
        if day < self.membership.starts_on:
            raise forms.ValidationError(_("Choose a day that is not before the first day of the role."))
        return day


class PeopleForm(forms.Form):
    """Finding a membership in a long list."""

    q = forms.CharField(label=_("Name or address of the person"), max_length=100, required=False)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("All roles")), *Role.choices])

    def narrow(self, memberships):
        """The memberships that fit what was asked."""
        if not self.is_valid():
            return memberships
        if q := self.cleaned_data["q"]:
            memberships = memberships.filter(Q(user__name__icontains=q) | Q(user__email__icontains=q))
        if role := self.cleaned_data["role"]:
            memberships = memberships.filter(role=role)
        return memberships
