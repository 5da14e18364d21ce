"""Suggested tags on a form: shown apart from the other boxes of their fields, ticked, with the words behind them."""

from collections.abc import Iterable

from ..actions.suggestions import SuggestedTag, suggest_for


def set_apart(form, tags: Iterable[SuggestedTag]) -> list[dict]:
    """Groups for the template requests_offers/_suggestions.html; the form's own lists then leave these boxes out.

    Both send the same field: whoever unticks a suggested box has unticked it. Call it on the form that is about to be
    shown, never on one that is validated.
    """
    tags, groups = list(tags), []
    for name in ("targets", "subjects"):
        found = [tag for tag in tags if tag.field == name]
        if name not in form.fields or not found:
            continue
        field = form.fields[name]
        apart = {tag.value for tag in found}
        field.widget.choices = [choice for choice in field.choices if int(str(choice[0])) not in apart]
        groups.append({"name": form.add_prefix(name), "label": field.label, "tags": found})
    return groups


def suggested_on(form, texts: Iterable[str], language: str) -> dict:
    """What a page needs to show a form again with the suggestions for these texts; nothing is saved."""
    return {"suggestions": set_apart(form, suggest_for(texts, language)), "asked": True}
