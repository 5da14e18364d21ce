"""Projects and opportunities for tests: plain functions without surprises, through the actions."""

from datetime import timedelta

from django.utils import timezone

from knowledge.actions import opportunities, projects
from tests.factories_network import cooperation_type, focal_point_of, party, subject, target, user


def project_in(state="published", country=None, *, by=None, **fields):
    """A project, submitted by a stranger; published where the state says so."""
    country = country or party("FJ")
    words = {"title": "Mangroves for the northern bay", "summary": "Planting and guarding with three villages."}
    tags = {"targets": [target()], "subjects": [subject()]}
    made = projects.submit_project(by=by or user(), data={"party": country, "language": "en", **words, **tags} | fields)
    return projects.publish(made, by=focal_point_of(country)) if state == "published" else made


def opportunity(*, by, **fields):
    """A grant for all countries until a month from now: published if `by` may, else suggested."""
    facts = {
        "kind": "grant", "title": "Fellowships for taxonomists", "summary": "Three months at a museum.",
        "language": "en", "organizer": "A museum", "url": "https://example.org/call", "worldwide": True, "flags": "",
        "has_deadline": True, "closes_on": timezone.now().date() + timedelta(days=30), "time_zone": "UTC",
        "targets": [target()], "subjects": [subject()], "cooperation_types": [cooperation_type()],
    }  # fmt: skip
    return opportunities.enter_opportunity(by=by, data=facts | fields)
