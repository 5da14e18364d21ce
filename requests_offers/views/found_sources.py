"""Sources of the compendium beside a request: the three that fit each need best, each with its reasons in words."""

from django.utils.translation import gettext as _

from knowledge.models import Source

from ..actions.finding_sources import FoundSource, sources_for
from ..actions.knowledge_states import State
from ..models import Component, CooperationRequest
from ..wording.evidence import why
from ..wording.names import Names

SAID = ("targets", "subjects")  # what a reader takes in at a glance; without either, what the words have in common


def by_need(record: CooperationRequest, names: Names, state: State) -> list[dict]:
    """For each need that a source fits: the need, and the sources with why; reads what the page has fetched."""
    needs = list(record.components.all())
    for need in needs:
        need.request = record
    found = sources_for(needs, state=state)
    return [
        {"need": need, "sources": [{"source": one.source, "why": _reasons(one, names)} for one in found[need.pk]]}
        for need in needs
        if found.get(need.pk)
    ]


def _reasons(found: FoundSource, names: Names) -> str:
    """The criteria that speak for it, the clearest first."""
    shares = {share["criterion"]: share for share in found.explanation if share["value"]}
    told = [name for name in SAID if name in shares] or ["text"]
    return _("; ").join(words for name in told if name in shares and (words := why(shares[name], names)))


def for_request(record: CooperationRequest) -> list[Source]:
    """The sources that fit any need of a request, each once, best first."""
    needs = Component.objects.filter(request=record).select_related("request__party__region__parent__parent")
    found = sources_for(needs.prefetch_related("targets", "subjects").order_by("number"))
    places = [one for place in range(3) for some in found.values() for one in some[place : place + 1]]
    return list(dict.fromkeys(one.source for one in places))
