"""Sources and practices for tests."""

from itertools import count

from knowledge.actions import practices as practice_acts
from knowledge.actions import sources as source_acts
from tests import factories as f

numbers = count(1)


def said(**fields):
    """What somebody says about a source."""
    number = next(numbers)
    plain = {
        "kind": "dataset", "name": f"Atlas {number}", "owner": "Museum", "url": f"https://atlas-{number}.example.org",
        "description": "Maps of weeds on islands.", "access": "open", "languages": ["en"], "worldwide": True,
        "update_rhythm": "yearly", "targets": [f.target(6)], "subjects": [], "regions": [], "conventions": [],
    }  # fmt: skip
    return plain | fields


def source_in(state="published", *, by=None, **fields):
    """A source, taken to its state by the steps."""
    made = source_acts.suggest(by=by, data=said(**fields))
    if state in {"published", "unreachable"}:
        source_acts.publish(made, by=None)
    if state == "unreachable":
        source_acts.find_unreachable(made)
    if state == "refused":
        source_acts.refuse(made, by=None, reason="It is a shop.")
    return made


def practice_in(state="published", *, party=None, centre=None, by=None, **data):
    """A practice, taken to its state by the steps."""
    words = {"title": "Weeds pulled together", "summary": "Three villages pulled weeds.", "lessons": "Come back twice."}
    sets = {"targets": [f.target(6)], "constraints": [f.constraint()], "cooperation_types": [f.cooperation_type()]}
    made = practice_acts.start(by=by, data=words | sets | data, party=party, centre=centre)
    for step in {"draft": (), "in_review": ("submit",), "published": ("submit", "publish")}[state]:
        practice_acts.STEPS[step](made, by=None)
    return made
