"""What happened to a source or practice, in sentences, from the trail."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEvent

from .models import Practice, Source

LATEST = 30
SENTENCES = {
    "suggest": gettext_lazy("Suggested"),
    "import": gettext_lazy("Imported"),
    "load": gettext_lazy("Taken from the portal’s own list"),
    "publish": gettext_lazy("Published"),
    "refuse": gettext_lazy("Refused"),
    "remove": gettext_lazy("Taken out of the compendium"),
    "confirm_address": gettext_lazy("The address works"),
    "find_unreachable": gettext_lazy("The address did not answer"),
    "start": gettext_lazy("Begun"),
    "submit": gettext_lazy("Sent for review"),
    "return_for_changes": gettext_lazy("Returned for changes"),
}


def of(record: Source | Practice, *, full: bool) -> list[dict[str, Any]]:
    """The latest events, newest first; for everybody only what is public, and nobody's name."""
    events = AuditEvent.objects.of(record)
    if not full:
        events = events.filter(is_public=True)
    noun = "source" if isinstance(record, Source) else "practice"
    return [_event(event, record, noun) for event in events[:LATEST]]


def _event(event: AuditEvent, record: Any, noun: str) -> dict[str, Any]:
    moved = event.after if event.after != event.before else ""
    return {"at": event.at, "sentence": _sentence(event, record), "noun": noun, "state": moved}


def _sentence(event: AuditEvent, record: Any) -> str:
    if event.action == "change":
        names = event.details.get("changes") or event.details.get("fields") or ()
        labels = [str(record._meta.get_field(name).verbose_name) for name in names]
        return _("Changed: %(fields)s") % {"fields": _(", ").join(labels)} if labels else _("Changed")
    said = SENTENCES.get(event.action, event.action)
    if event.reason:
        return _("%(what)s: %(reason)s") % {"what": said, "reason": event.reason}
    return str(said)
