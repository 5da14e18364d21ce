"""Fields that the forms of requests and offers share: choices of controlled words, and languages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from centres.models import CooperationType, Party, Region, Subject, Target

from ..models.request import Language


class WorkingLanguages(forms.MultipleChoiceField):
    """The languages in which people can work together; others than the six stay as they were."""

    def __init__(self, **kwargs):
        super().__init__(choices=Language.choices, widget=forms.CheckboxSelectMultiple, required=False, **kwargs)

    def keep(self, known: list[str]) -> None:
        """Offer languages that came by the API or a file as well, so that saving the form does not lose them."""
        others = [code for code in known if code not in Language.values]
        self.choices = [*Language.choices, *((code, code) for code in others)]


class Words(forms.ModelMultipleChoiceField):
    """Ticked boxes for words of one vocabulary."""

    def __init__(self, rows, **kwargs):
        kwargs = {"required": False, "widget": forms.CheckboxSelectMultiple} | kwargs
        super().__init__(rows, **kwargs)


class TargetField(Words):
    """The targets of the Framework, in their order."""

    def __init__(self, **kwargs):
        super().__init__(Target.objects.none(), label=_("Targets"), **kwargs)

    def label_from_instance(self, target):
        return f"{target.number} {target.name}"


def fill_choices(form: forms.Form) -> None:
    """Give the fields of controlled words their rows, in the reader's language; called when a form is made."""
    rows = {
        "targets": lambda: Target.objects.current().in_order(),
        "subjects": lambda: Subject.objects.offered().by_name(),
        "cooperation_types": lambda: CooperationType.objects.current().in_order(),
        "co_parties": lambda: Party.objects.current().by_name(),
        "parties": lambda: Party.objects.current().by_name(),
        "eligible_parties": lambda: Party.objects.current().by_name(),
        "regions": lambda: Region.objects.current().by_name(),
        "eligible_regions": lambda: Region.objects.current().by_name(),
    }
    for name, field in form.fields.items():
        if name in rows and isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = rows[name]()
