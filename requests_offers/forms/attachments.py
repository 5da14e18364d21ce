"""Attaching a file to a request."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Attachment, Component
from ..uploads import CONTENT_TYPES


class AttachmentForm(forms.Form):
    """One file and what it is; for which need, where a request has several."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, Word, Excel, OpenDocument, PNG, JPEG, text or CSV; 10 MB at most."),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{ending}" for ending in [*CONTENT_TYPES, "jpeg"])}),
        max_length=1000,
    )
    kind = forms.ChoiceField(
        label=_("What it is"), choices=Attachment.Kind.choices, widget=forms.RadioSelect, initial=Attachment.Kind.FILE
    )
    component = forms.ModelChoiceField(
        label=_("For which need"), queryset=Component.objects.none(), required=False, empty_label=_("The whole request")
    )

    def __init__(self, *args, needs, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["component"].queryset = needs
        self.fields["component"].label_from_instance = lambda need: f"{need.number} {need.title}"
        if len(needs) < 2:
            del self.fields["component"]


class FormUpload(forms.Form):
    """A form that was filled in offline."""

    file = forms.FileField(
        label=_("The filled-in form"),
        help_text=_("As .docx or .xlsx, saved by Word, Excel or LibreOffice."),
        widget=forms.FileInput(attrs={"accept": ".docx,.xlsx"}),
        max_length=1000,
        allow_empty_file=True,
    )
