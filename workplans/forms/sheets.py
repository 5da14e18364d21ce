"""Uploading a table: the portal's own workbook, or any other with its columns assigned."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Category, Funding


class SheetUpload(forms.Form):
    """A workbook."""

    file = forms.FileField(
        label=_("The workbook"),
        help_text=_("As .xlsx, saved by Excel or LibreOffice; 10 MB at most."),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        max_length=1000,
        allow_empty_file=True,
    )


class ColumnsForm(forms.Form):
    """Which column of somebody's own table is which field, in which sheet, below which row of headings."""

    sheet = forms.TypedChoiceField(label=_("Sheet"), coerce=int)
    head = forms.IntegerField(label=_("Row with the headings"), min_value=1, max_value=1000)
    year = forms.ChoiceField(label=_("Year, where the table says none"))
    currency = forms.CharField(label=_("Currency, where the table says none"), min_length=3, max_length=3)
    category = forms.ChoiceField(label=_("Category, where the table says none"), choices=Category.choices)
    funding = forms.ChoiceField(label=_("Funding source, where the table says none"), choices=Funding.choices)

    def __init__(self, *args, sheets, headings, targets, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = [(place, title) for place, title in enumerate(sheets)]
        self.fields["year"].choices = [(str(year), str(year)) for year in years]
        choices = [("", _("is not read")), *((target.code, target.label) for target in targets)]
        self.columns = [f"column_{place}" for place in range(len(headings))]
        for name, heading in zip(self.columns, headings, strict=True):
            self.fields[name] = forms.ChoiceField(label=heading, choices=choices, required=False)

    def clean(self):
        """The title is needed, and each field can be only one column."""
        said = super().clean()
        chosen = [said.get(name) for name in self.columns if said.get(name)]
        if "title" not in chosen:
            self.add_error(None, _("Say which column holds the titles of the activities."))
        for name in self.columns:
            if said.get(name) and chosen.count(said[name]) > 1:
                self.add_error(name, _("This field is assigned twice. Choose it for one column only."))
        return said

    def column_fields(self):
        """The fields of the columns, in the order of the table."""
        return [self[name] for name in self.columns]

    def chosen(self):
        """Which column is which field."""
        return {place: self.cleaned_data[name] for place, name in enumerate(self.columns) if self.cleaned_data[name]}
