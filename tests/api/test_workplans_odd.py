"""Odd bodies are refused with a sentence: no body makes a fault of the portal."""

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from tests import factories_workplans as w
from tests.examples import some
from workplans.models import Activity, BudgetLine

pytestmark = pytest.mark.django_db
texts = st.text(max_size=12) | st.sampled_from(["", " ", "\x00", "REQ-000001-1", "2025-02-30", "1e999", "NaN", "٣"])
plain = st.none() | st.booleans() | st.integers() | st.floats() | texts
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)
FIELDS = {
    "activity": [
        "workplan", "title", "functions", "targets", "parties", "priorities", "components", "engagements", "partners",
        "is_essential", "starts_on", "ends_on", "results", "revision",
    ],
    "line": ["activity", "year", "category", "amount", "currency", "rate_to_usd", "rate_on", "rate_source", "funding",
             "funder", "staff_months", "notes", "revision"],
    "comment": ["version", "party", "kind", "activity", "field", "text", "priorities", "publish"],
    "plan": ["centre", "period", "language", "title", "copy_from"],
    "step": ["until", "amendment", "text", "verdict", "party"],
    "result": ["number", "kind", "title", "indicators"],
    "indicator": ["reference", "title", "measure", "baseline", "baseline_year", "targets"],
}  # fmt: skip


def bodies(kind):
    return st.dictionaries(st.sampled_from(FIELDS[kind]), values, max_size=5)


def nested():
    """Results whose parts are nearly right."""
    target = st.fixed_dictionaries({}, optional={"year": plain, "value": plain})
    indicator = bodies("indicator") | st.fixed_dictionaries({"targets": st.lists(target, max_size=3)})
    result = bodies("result") | st.fixed_dictionaries({"indicators": st.lists(indicator, max_size=2)})
    return st.fixed_dictionaries({"results": st.lists(result, max_size=3)})


@pytest.fixture
def world(as_token):
    made = w.plan_with()
    asked = w.version_in("consultation", known=made.known, centre="network")
    return {
        "made": made, "asked": asked, "officer": as_token(made.officer), "head": as_token(made.head),
        "coordinator": as_token(made.known.coordinator), "office": as_token(made.known.focal_point),
        "activity": Activity.objects.filter(version=made.version).get().reference,
        "line": BudgetLine.objects.filter(activity__version=made.version).get().reference,
    }  # fmt: skip


@given(data=st.data())
@some(
    150, phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_no_body_is_too_odd(world, data):
    cache.clear()  # the count of calls
    plan, version = world["made"].workplan.reference, world["asked"].version.reference
    activity = data.draw(bodies("activity") | nested())
    calls = [
        ("officer", "POST", "workplans/", data.draw(bodies("plan"))),
        ("officer", "POST", "activities/", {"title": "T", **activity, "workplan": plan}),
        ("officer", "PATCH", f"activities/{world['activity']}/", activity),
        ("officer", "POST", "budget-lines/", data.draw(bodies("line"))),
        ("officer", "PATCH", f"budget-lines/{world['line']}/", data.draw(bodies("line"))),
        ("office", "POST", "comments/", {"version": version, "party": "FJ"} | data.draw(bodies("comment"))),
        ("office", "POST", f"versions/{version}/answer/", data.draw(bodies("step"))),
        ("coordinator", "POST", f"versions/{version}/extend/", data.draw(bodies("step"))),
    ]
    who, method, path, body = data.draw(st.sampled_from(calls))
    try:
        answer = world[who].send(method, path, body)
    except ValueError:  # a float that JSON does not know never leaves the caller
        return
    assert answer.status_code < 500, (method, path, body)
    if answer.status_code >= 400:
        assert answer.json()["detail"]


def test_an_odd_address_is_not_there(anonymous):
    for path in (
        "workplans/WP-2025-/", "workplans/WP-0000-x/", "versions/WP-2025-x/versions/0/", "activities/ACT-999999999999/",
        "versions/WP-2025-x/versions/9999/", "budget-lines/BL-000000/", "comments/COM-999999/", "activities/ACT-1/",
    ):  # fmt: skip
        assert anonymous.get(path).status_code == 404, path
    for path, query in (
        ("workplans/", {"period": "9" * 40}), ("activities/", {"target": "1e500"}), ("activities/", {"target": "-1"}),
        ("budget-lines/", {"year": "nan"}), ("activities/", {"search": "\x00"}), ("workplans/", {"centre": "\x00"}),
    ):  # fmt: skip
        assert anonymous.get(path, query).status_code in {200, 400}, (path, query)
