"""Which form to download."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models.request import Language

FORMATS = {"docx": _("Word or LibreOffice Writer (.docx)"), "xlsx": _("Excel or LibreOffice Calc (.xlsx)")}


class FormChoice(forms.Form):
    """Language and format of a form, and for which Party where somebody writes for several."""

    language = forms.ChoiceField(label=_("Language of the form"), choices=Language.choices)
    format = forms.ChoiceField(label=_("Format"), choices=FORMATS.items(), widget=forms.RadioSelect, initial="docx")
    party = forms.ChoiceField(label=_("Who asks?"), required=False)

    def __init__(self, *args, parties=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = [(party.iso2, party.name) for party in parties]
        if len(parties) < 2:
            del self.fields["party"]
