"""The small page of a step: it asks exactly what the step table says, with a reason from the list of that step."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import Day, LongText
from centres.models import SupportCentre

from ..actions.finding_sources import line_of
from ..lifecycle import Step
from ..models import Appraisal
from ..reasons import BY_STEP

HELPDESK = "helpdesk"
TEXT_LABELS = {
    "ask_clarification": _("Your question"),
    "answer": _("Your answer"),
    "answer_directly": _("Your answer"),
    "appeal": _("Why should the refusal be looked at again?"),
    "reopen": _("What is still missing?"),
    "appraise": _("What changed?"),
}
RATINGS = [(5, _("5: very good")), (4, "4"), (3, "3"), (2, "2"), (1, _("1: very poor"))]
SIDES = {"party": _("For the Party"), "provider": _("For the provider")}


class StepForm(forms.Form):
    """Asks what a step needs. `said` are the answers by the names of the action's arguments."""

    def __init__(self, step: Step, noun: str, *args, sides=(), until=None, holder=None, moments=(), found=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.step, self.noun, self.sides = step, noun, list(sides)
        asks = {
            "side": self._ask_side,
            "centre": lambda: self._ask_centre(holder),
            "text": self._ask_text,
            "sources": lambda: self._ask_sources(found),
            "reason": self._ask_reason,
            "until": lambda: self._ask_until(until),
            "expires_on": self._ask_expiry,
        }
        for name, ask in asks.items():
            if name in step.asks:
                ask()
        if (noun, step.name) == ("match", "accept"):
            self._ask_publish()
        if (noun, step.name) == ("engagement", "appraise"):
            self._ask_appraisal(moments)

    @property
    def said(self) -> dict:
        """The answers; a single side is not asked for, it is known."""
        answers = {name: value for name, value in self.cleaned_data.items() if name not in {"centre", "records"}}
        if lines := self.cleaned_data.get("records"):
            answers["sources"] = "\n".join(part for part in (answers["sources"], *lines) if part)
        if "centre" in self.fields:
            answers["centre"] = SupportCentre.objects.filter(slug=self.cleaned_data["centre"]).first()
        if "side" in self.step.asks and self.sides and "side" not in self.fields:
            answers["side"] = self.sides[0]
        return answers

    def _ask_side(self):
        if len(self.sides) > 1:
            choices = [(side, SIDES[side]) for side in self.sides]
            self.fields["side"] = forms.ChoiceField(
                label=_("For which side do you speak?"), choices=choices, widget=forms.RadioSelect
            )

    def _ask_reason(self):
        key = (self.noun, self.step.name)
        tables = [BY_STEP[key]] if key in BY_STEP else [BY_STEP[*key, side] for side in self.sides]
        reasons = {code: label for table in tables for code, label in table.items()}
        self.fields["reason_code"] = forms.ChoiceField(
            label=_("Reason"), choices=list(reasons.items()), widget=forms.RadioSelect
        )
        self.fields["reason"] = LongText(label=_("In one sentence"), rows=3, required=False)

    def _ask_text(self):
        self.fields["text"] = LongText(label=TEXT_LABELS.get(self.step.name, _("Text")), rows=8)

    def _ask_sources(self, found):
        """What the matcher found in the compendium, to be ticked; and a field for everything else."""
        if found:
            choices = [(line_of(source), f"{source.name} ({source.owner})") for source in found]
            self.fields["records"] = forms.MultipleChoiceField(
                label=_("Sources of the compendium that fit"),
                choices=choices,
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        self.fields["sources"] = LongText(
            label=_("Sources"),
            help_text=_("Documents, addresses, references of the compendium such as SRC-000042; one to a line."),
            rows=4,
            required=False,
        )

    def _ask_until(self, until):
        self.fields["until"] = Day(label=_("Answer expected until"), initial=self.initial.get("until") or until)

    def _ask_expiry(self):
        year = timezone.now().date() + timedelta(days=365)
        self.fields["expires_on"] = Day(
            label=_("Published until"), help_text=_("Left empty: for a year."), initial=year, required=False
        )

    def _ask_centre(self, holder):
        rows = SupportCentre.objects.current().operating().by_name()
        choices = [(centre.slug, centre.name) for centre in rows if centre != holder]
        if holder is not None:
            choices.append((HELPDESK, _("The coordinator’s helpdesk")))
        self.fields["centre"] = forms.ChoiceField(
            label=_("To which centre?"), choices=[("", _("Choose a centre")), *choices]
        )

    def _ask_publish(self):
        self.fields["publish"] = forms.BooleanField(
            label=_("The match may be published"),
            help_text=_(
                "It becomes public when both sides allow it: who works with whom on what, without names of people."
            ),
            required=False,
        )

    def _ask_appraisal(self, moments):
        """A few plain questions; `moments` are those for which the day has come."""
        choices = [choice for choice in Appraisal.Moment.choices if not moments or choice[0] in moments]
        questions = {
            "moment": (_("When?"), choices),
            "helped": (_("Did it help?"), Appraisal.Helped.choices),
            "again": (_("Would you do it again?"), Appraisal.Again.choices),
            "rating": (_("How good was the cooperation as a whole?"), RATINGS),
        }
        for name, (label, answers) in questions.items():
            self.fields[name] = forms.ChoiceField(label=label, choices=answers, widget=forms.RadioSelect)
        self.fields["moment"].initial = choices[0][0]
        self.fields["rating"] = forms.TypedChoiceField(
            label=questions["rating"][0], choices=RATINGS, coerce=int, widget=forms.RadioSelect
        )
        self.order_fields(["side", "moment", "helped", "text", "again", "rating"])


class ProposalForm(forms.Form):
    """An officer brings an offer to a need that the scorer did not suggest."""

    offer = forms.CharField(label=_("Reference of the offer"), max_length=20, help_text=_("For example OFF-000311"))
