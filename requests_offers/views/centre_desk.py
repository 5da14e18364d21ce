"""What the page of a request shows to the centre that holds it and to the coordinator; to a former holder its notes."""

from accounts.permissions import Permission, can, reach

from ..actions import assigning
from ..forms.triage import AssignForm, NoteForm
from ..lifecycle import RequestStatus
from ..models import InternalNote


def panel(record, user) -> dict:
    """Who works on it, the notes and how many scores there are; nothing for anybody else."""
    if record.status == RequestStatus.DRAFT or not reach(user, Permission.REQUEST_NOTE):
        return {}
    rows = InternalNote.objects.visible_to(user).filter(request=record).select_related("author", "centre")
    notes = list(rows.order_by("-created_at", "-pk"))
    if not can(user, Permission.REQUEST_NOTE, record):
        return {"internal_notes": notes} if notes else {}
    officer = assigning.assignee_of(record)
    found = {"works": True, "internal_notes": notes, "officer": officer, "note_form": NoteForm()}
    found["score_count"] = record.assessments.count()
    if record.is_open and can(user, Permission.REQUEST_TRIAGE, record):
        found["assign_form"] = AssignForm(people=assigning.assignable(record), current=officer)
        found["may_take"] = officer != user
    return found
