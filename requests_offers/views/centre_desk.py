"""What the page of a request shows to the centre that holds it and to the coordinator; to a former holder its notes."""

from django.db.models import Count, OuterRef, Subquery

from accounts.permissions import Permission, can, reach

from ..actions import assigning
from ..forms.triage import AssignForm, NoteForm
from ..lifecycle import RequestStatus
from ..models import Assignment, CooperationRequest, InternalNote


def panel(record, user) -> dict:
    """Who works on it, the notes and how many scores there are; nothing for anybody else."""
    if record.status == RequestStatus.DRAFT or not reach(user, Permission.REQUEST_NOTE):
        return {}
    rows = InternalNote.objects.visible_to(user).filter(request=record).select_related("author", "centre")
    notes = list(rows.order_by("-created_at", "-pk"))
    if not can(user, Permission.REQUEST_NOTE, record):
        return {"internal_notes": notes} if notes else {}
    found = {"works": True, "internal_notes": notes, "note_form": NoteForm()}
    if not (record.is_open and can(user, Permission.REQUEST_TRIAGE, record)):
        return found | {"officer": assigning.assignee_of(record), "score_count": record.assessments.count()}
    return found | _choice(record, user)


def _choice(record, user) -> dict:
    """Who works on it among those who may, and the form that changes it; two queries for all."""
    people = assigning.assignable(record)
    given = Assignment.objects.open().filter(request=OuterRef("pk")).values("officer")
    row = CooperationRequest.objects.filter(pk=record.pk).values("pk")
    facts = row.annotate(assignee=Subquery(given[:1]), score_count=Count("assessments"))
    _pk, assignee, score_count = facts.values_list("pk", "assignee", "score_count").get()
    officer = next((person for person in people if person.pk == assignee), None)
    form = AssignForm(people=people, current=officer)
    return {"officer": officer, "score_count": score_count, "assign_form": form, "may_take": officer != user}
