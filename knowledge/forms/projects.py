"""The form of a project: with an account or without, on a phone, without JavaScript; and the forms of its steps."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core import signing
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import Day, Line
from accounts.texts import validate_line
from centres.models import Party, language_of

from ..reasons import BY_STEP
from ..validators import validate_amount, validate_co_parties, validate_days, validate_funding
from .fields import Amount, Currency, LongText, Several, Ticks, WebAddress, fill_choices, language_field, tell_faults

FUNDERS = 3  # lines at first; one more than there are, where there are more
FEWEST_SECONDS = 3  # nobody reads and fills in this form faster
STAMP = "knowledge.project_form"
FIRST = ("title", "party", "territories", "summary", "language", "targets")
OWN = ("name", "email", "website")


class ProjectForm(forms.Form):
    """A project. `party` is given where its country is decided already."""

    title = Line(label=_("Title"))
    party = forms.ModelChoiceField(
        Party.objects.none(), label=_("Country"), empty_label=_("Choose the country"),
        help_text=_("Its office decides whether the project is published."),
    )  # fmt: skip
    territories = Line(
        label=_("Territories or places"), max_length=300, required=False,
        help_text=_("Overseas territories, provinces, islands or sites where it is carried out."),
    )  # fmt: skip
    co_parties = Several(label=_("Other countries that take part"))
    summary = LongText(
        label=_("What it does"), rows=7,
        help_text=_("Aims, what is done, for whom, and what has come of it. Write no names of persons here."),
    )  # fmt: skip
    language = language_field(_("Written in"))
    targets = Ticks(label=_("Targets of the Framework"))
    subjects = Several(label=_("Subjects"))
    partners = LongText(label=_("Partners"), rows=3, required=False, help_text=_("One organization to a line."))
    starts_on = Day(label=_("Begins on"), required=False)
    ends_on = Day(label=_("Ends on"), required=False)
    url = WebAddress(label=_("Address of its page"), required=False)
    source = Line(
        label=_("Where this can be checked"), max_length=500, required=False,
        help_text=_("A report, a decision, a page. The office looks there."),
    )  # fmt: skip
    contact = LongText(
        label=_("Contact person"), rows=2, required=False,
        help_text=_("Only the office and the coordinator see it. It is never public."),
    )  # fmt: skip

    def __init__(self, *args: Any, party: Party | None = None, data_now: dict[str, Any] | None = None, **kwargs: Any):
        kwargs["initial"] = {"language": language_of(get_language())} | (data_now or {}) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.party = party  # type: ignore[assignment]  # a field of this name is made into base_fields
        self.add_funders((data_now or {}).get("funding", []))
        fill_choices(self)
        if party is not None:
            del self.fields["party"]
        known = self.initial["language"]
        field: Any = self.fields["language"]
        choices = dict(field.choices)
        if known not in choices:
            field.choices = [*choices.items(), (known, known)]

    def add_funders(self, rows: list[dict[str, Any]]) -> None:
        """A line for each funder: who, how much, in which currency."""
        posted = sum(1 for name in self.data if name.startswith("funder_"))
        self.funder_lines = max(FUNDERS, len(rows) + 1, min(posted, 21))
        made: dict[str, forms.Field] = {}
        for number in range(1, self.funder_lines + 1):
            made[f"funder_{number}"] = Line(label=_("Funder %(number)s") % {"number": number}, required=False)
            made[f"amount_{number}"] = Amount(label=_("Amount of funder %(number)s") % {"number": number})
            made[f"currency_{number}"] = Currency(label=_("Currency of funder %(number)s") % {"number": number})
        before = list(self.fields)
        place = before.index("partners") + 1
        self.fields |= made
        self.order_fields([*before[:place], *made, *before[place:]])
        for number, row in enumerate(rows, start=1):
            for name in ("funder", "amount", "currency"):
                self.initial[f"{name}_{number}"] = row.get(name)

    # The page: what every project needs, the rest behind a fold, and who submits it.

    def first_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in FIRST if name in self.fields]

    def own_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in OWN if name in self.fields]

    def more_fields(self) -> list[forms.BoundField]:
        known = {*FIRST, *OWN}
        return [field for field in self.visible_fields() if field.name not in known]

    def more_is_open(self) -> bool:
        """Whether something behind the fold is to be corrected, or is there already."""
        said = any(self.initial.get(field.name) for field in self.more_fields())
        return said or any(field.errors for field in self.more_fields())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        party = self.party or cleaned.get("party")
        tell_faults(self, "ends_on", validate_days, cleaned.get("starts_on"), cleaned.get("ends_on"))
        tell_faults(self, "co_parties", validate_co_parties, party, list(cleaned.get("co_parties") or ()))
        rows = [self._funder(cleaned, number) for number in range(1, self.funder_lines + 1)]
        found = [row for row in rows if row]
        if not self.errors:
            tell_faults(self, "funder_1", validate_funding, found)
        cleaned["funding"] = found
        return cleaned

    def _funder(self, cleaned: dict[str, Any], number: int) -> dict[str, Any]:
        funder = cleaned.get(f"funder_{number}") or ""
        amount, currency = cleaned.get(f"amount_{number}"), cleaned.get(f"currency_{number}") or ""
        if f"amount_{number}" not in self.errors and f"currency_{number}" not in self.errors:
            tell_faults(self, f"amount_{number}", validate_amount, amount, currency)
        if (amount is not None or currency) and not funder:
            self.add_error(f"funder_{number}", _("Name who pays this amount."))
        return {"funder": funder, "amount": amount, "currency": currency} if funder else {}

    @property
    def said(self) -> dict[str, Any]:
        """The answers by the names that the actions know."""
        plain = {name: value for name, value in self.cleaned_data.items() if not name.rpartition("_")[2].isdigit()}
        lists = {name: list(plain[name]) for name in ("co_parties", "targets", "subjects")}
        return plain | lists | {"party": self.party or plain["party"]}


class SubmitForm(ProjectForm):
    """The public form. Whoever is not signed in also gives an address, and what keeps machines out."""

    name = Line(label=_("Your name"), max_length=150, required=False, help_text=_("Never public."))
    email = forms.EmailField(
        label=_("Your email address"),
        help_text=_(
            "We send a link to it that confirms the project, and tell you what the office decides. Never public."
        ),
    )
    # People do not see this field; programs that fill in everything do.
    website = forms.CharField(
        validators=[validate_line],
        label=_("Leave this field empty"), required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )  # fmt: skip
    stamp = forms.CharField(widget=forms.HiddenInput, required=False)
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["form_key"].initial = uuid4()
        self.fields["stamp"].initial = signing.dumps(timezone.now().timestamp(), salt=STAMP)
        if user.is_authenticated:
            for name in ("name", "email", "website", "stamp"):
                del self.fields[name]
            offices = [membership.party for membership in user.current_memberships if membership.party_id]
            self.fields["party"].initial = offices[0] if offices else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("website"):
            self.add_error("website", _("Leave this field empty: it is there to keep programs out."))
        if "stamp" in self.fields and not self._took_its_time(cleaned.get("stamp", "")):
            sentence = _("That was faster than anybody can type. Look at your answers once more and send them again.")
            self.add_error(None, sentence)
        return cleaned

    def _took_its_time(self, stamp: str) -> bool:
        try:
            opened = signing.loads(stamp, salt=STAMP)
        except signing.BadSignature:
            return False
        return timezone.now().timestamp() - opened >= FEWEST_SECONDS

    @property
    def said(self) -> dict[str, Any]:
        said = super().said
        return {
            name: value for name, value in said.items() if name not in ("name", "email", "website", "stamp", "form_key")
        }


class ReasonForm(forms.Form):
    """Why an office asks for a change, or refuses."""

    reason_code = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)
    reason = LongText(label=_("In your words"), rows=4, required=False)

    def __init__(self, step: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        codes: Any = self.fields["reason_code"]
        codes.choices = list(BY_STEP[step].items())
        if step == "request_change":
            self.fields["reason"].required = True
            self.fields["reason"].label = _("What has to be changed?")
            self.fields["reason"].help_text = _("Whoever submitted the project reads this.")
