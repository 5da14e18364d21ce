"""What the wizards of requests and offers share: a page that is saved, three exits, and somebody who saved first."""

from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

EXITS = ("next", "back", "later", "add", "suggest", "another")


@dataclass(frozen=True)
class Difference:
    """A field on which two people disagree."""

    label: str
    theirs: str
    yours: str


def exit_of(request) -> str:
    """Which button was pressed; going on where none says otherwise."""
    return next((name for name in EXITS if name in request.POST), "next")


def differences(form, saved: dict) -> list[Difference]:
    """The fields in which what was sent differs from what is saved now."""
    found = []
    for name, field in form.fields.items():
        sent = field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        if name in {"version", "form_key"} or not field.has_changed(saved.get(name), sent):
            continue
        found.append(Difference(field.label, shown(field, saved.get(name)), shown(field, sent)))
    return found


def shown(field, value) -> str:
    """An answer as a person reads it."""
    choices = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    if isinstance(value, list | tuple):
        return _(", ").join(choices.get(str(part), str(part)) for part in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return choices.get(str(value), str(value)) if value not in (None, "") else _("nothing")


def stale_page(request, template, form, saved, *, version, context):
    """Somebody saved first: both texts side by side, and the form with what was typed, ready to be saved."""
    found = differences(form, saved)
    form.data = form.data.copy()
    form.data["version"] = str(version)
    return render(request, template, context | {"form": form, "differences": found}, status=409)


def stopped(request, url, sentence):
    """Save and stop: a message, and the page from which one goes on."""
    messages.success(request, sentence)
    return redirect(url)
