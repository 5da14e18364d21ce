"""Workplans in the API: what is public is read by everybody, and written as on the pages."""

import pytest

from tests import factories as f
from tests import factories_workplans as w
from workplans.actions import finalizing
from workplans.models import Activity, BudgetLine, Comment, Version, Workplan

pytestmark = pytest.mark.django_db
LISTS = ("workplans", "versions", "activities", "budget-lines", "comments")


@pytest.fixture
def made(db):
    """A finalized plan with a published comment that was answered."""
    made = w.version_in("consultation")
    w.dispose(w.say(made, publish=True), made)
    w.let_the_days_pass(made.version)
    made.version = w.consultation.close_consultation(w.again(made.version))
    finalizing.finalize(made.version, by=made.head)
    return made


def test_every_list_gives_records_their_addresses(made, anonymous):
    for name in LISTS:
        found = anonymous.get(f"{name}/").json()
        assert found["count"] == len(found["results"]) == 1, name
        answer = anonymous.client.get(found["results"][0]["url"])
        assert answer.status_code == 200, name
        single = answer.json()
        for extra in ("ledger", "document"):
            single.pop(extra, None)
        assert single == found["results"][0]


def test_records_have_the_addresses_of_the_contract(made, anonymous):
    plan, activity, line = Workplan.objects.get(), Activity.objects.get(), BudgetLine.objects.get()
    assert anonymous.get(f"workplans/{plan.reference}/").json()["current_version"] == f"{plan.reference}/versions/1"
    version = anonymous.get(f"versions/{plan.reference}/versions/1/").json()
    assert version["document"]["activities"][0]["reference"] == activity.reference
    assert version["ledger"]["accepted"] == 1
    assert "silent" not in version
    assert anonymous.get(f"activities/{activity.reference}/").json()["budget_lines"] == [line.reference]
    assert anonymous.get(f"budget-lines/{line.reference}/").json()["amount"] == "10000.00"


def test_what_is_not_public_is_not_there(anonymous, as_token):
    made = w.version_in("consultation")
    row = w.say(made, publish=True)
    paths = [
        f"workplans/{made.workplan.reference}/", f"versions/{made.version.reference}/",
        f"activities/{Activity.objects.get().reference}/", f"budget-lines/{BudgetLine.objects.get().reference}/",
        f"comments/{row.reference}/",
    ]  # fmt: skip
    officer, tv = as_token(made.officer), as_token(f.focal_point_of(f.party("TV")))
    for path in paths:
        assert anonymous.get(path).status_code == 404, path
        assert officer.get(path).status_code == 200, path
        assert tv.get(path).status_code == (404 if path.startswith("comments") else 200), path
    assert officer.get(paths[1]).json()["silent"] == ["TV"]
    assert "silent" not in tv.get(paths[1]).json()


def test_lists_ask_the_same_questions_for_any_number_of_rows(made, anonymous, django_assert_max_num_queries):
    counts = {name: set() for name in LISTS}
    for more in range(3):
        for name in LISTS:
            with django_assert_max_num_queries(7) as asked:  # one of them for how the money stands
                assert anonymous.get(f"{name}/").status_code == 200
            counts[name].add(len(asked))
        known = f.everyone_known()
        known.centre = f.centre(known.party, name=f"Centre {more}")
        known.officer, known.head = f.officer_of(known.centre), f.head_of(known.centre)
        w.version_in("finalized", known=known, activities=2)
    assert {name: len(found) for name, found in counts.items()} == dict.fromkeys(LISTS, 1)


def test_filters_narrow_the_lists(made, anonymous):
    slug = made.known.centre.slug
    for path, query, count in (
        ("workplans/", {"centre": slug}, 1), ("workplans/", {"centre": "network"}, 0),
        ("workplans/", {"period": 2025}, 1),
        ("workplans/", {"search": "pacific"}, 1), ("versions/", {"status": "draft"}, 0),
        ("activities/", {"party": "FJ"}, 1), ("activities/", {"party": "TD"}, 0), ("activities/", {"target": 6}, 1),
        ("activities/", {"function": "matchmaking"}, 1), ("activities/", {"is_essential": "true"}, 1),
        ("activities/", {"workplan": made.workplan.reference}, 1), ("budget-lines/", {"year": 2026}, 0),
        ("budget-lines/", {"funding": "sought", "currency": "USD"}, 1), ("comments/", {"disposition": "accepted"}, 1),
        ("comments/", {"kind": "objection"}, 0), ("activities/", {"updated_since": "2899-01-01"}, 0),
    ):  # fmt: skip
        assert anonymous.get(path, query).json()["count"] == count, (path, query)
    assert anonymous.get("activities/", {"colour": "red"}).status_code == 400


def test_the_whole_story_through_the_api(as_token):
    known = f.everyone_known()
    w.period()
    f.target(), w.function()
    officer, head, office = (as_token(one) for one in (known.officer, known.head, known.focal_point))
    begun = officer.post("workplans/", {"centre": known.centre.slug, "period": 2025, "title": "Plan"})
    assert begun.status_code == 201, begun.json()
    plan = begun.json()["reference"]
    assert officer.post("workplans/", {"centre": known.centre.slug, "period": 2025}).status_code == 200
    made = officer.post("activities/", {"workplan": plan, **w.activity_content()})
    assert made.status_code == 201, made.json()
    activity = made.json()
    assert activity["results"][0]["indicators"][0]["targets"] == [
        {"year": 2025, "value": "20"}, {"year": 2026, "value": "40"},
    ]  # fmt: skip
    line = officer.post("budget-lines/", {"activity": activity["reference"], **w.line_content()}).json()
    changed = officer.patch(f"budget-lines/{line['reference']}/", {"amount": "12.50", "revision": 1})
    assert (changed.json()["amount"], changed.json()["revision"]) == ("12.50", 2)
    version = f"versions/{plan}/versions/1/"
    assert head.post(f"{version}open_consultation/").json()["status"] == "consultation"
    assert officer.patch(f"activities/{activity['reference']}/", {"title": "x"}).status_code == 409
    said = office.post(
        "comments/",
        {"version": f"{plan}/versions/1", "party": "FJ", "activity": activity["reference"], "text": "More."},
    )
    assert said.status_code == 201, said.json()
    for iso2 in ("FJ", "TV"):
        caller = as_token(f.focal_point_of(f.party(iso2)))
        verdict = "support_with_comments" if iso2 == "FJ" else "no_comment"
        assert caller.post(f"{version}answer/", {"party": iso2, "verdict": verdict}).status_code == 200
    assert head.post(f"{version}close_consultation/").json()["status"] == "addressing"
    refused = head.post(f"{version}finalize/")
    assert (refused.status_code, "no disposition" in refused.json()["detail"]) == (400, True)
    answer = {"disposition": "partly", "answer": "A little more."}
    assert officer.post(f"comments/{said.json()['reference']}/dispose/", answer).json()["disposition"] == "partly"
    assert head.post(f"{version}finalize/").json()["status"] == "finalized"
    amended = officer.post(f"{version}amend/", {"amendment": "correction"})
    assert amended.headers["Location"].endswith(f"versions/{plan}/versions/2/")


def test_a_step_that_is_not_possible_names_those_that_are(made, as_token):
    version = f"versions/{made.version.reference}/"
    refused = as_token(made.head).post(f"{version}open_consultation/")
    assert (refused.status_code, refused.json()["open_steps"]) == (409, ["amend", "close_plan"])
    assert as_token(made.known.focal_point).post(f"{version}finalize/").status_code == 403
    assert as_token(made.head, scopes=("read",)).post(f"{version}amend/").status_code == 403


def test_a_stale_write_is_refused(as_token):
    made = w.plan_with()
    activity = Activity.objects.get()
    officer = as_token(made.officer)
    path = f"activities/{activity.reference}/"
    tag = officer.get(path).headers["ETag"]
    assert officer.patch(path, {"title": "A"}, **{"If-Match": tag}).status_code == 200
    assert officer.patch(path, {"title": "B"}, **{"If-Match": tag}).status_code == 412
    assert officer.patch(path, {"title": "B", "revision": 1}).status_code == 412
    assert Activity.objects.get().title == "A"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"functions": ["none"]}, "functions"), ({"starts_on": "soon"}, "starts_on"), ({"colour": 1}, "colour"),
        ({"ends_on": "2020-01-01"}, "ends_on"), ({"results": [{"kind": "dream"}]}, "results.0.kind"),
    ],
)  # fmt: skip
def test_wrong_values_are_named_by_field(as_token, body, field):
    made = w.plan_with()
    answer = as_token(made.officer).patch(f"activities/{Activity.objects.get().reference}/", body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_rows_are_taken_out_of_a_draft_alone(as_token, made):
    line = f"budget-lines/{BudgetLine.objects.get().reference}/"
    assert as_token(made.officer).delete(line).status_code == 409
    finalizing.amend(w.again(made.version), by=made.officer, amendment="correction")
    assert as_token(made.known.focal_point).delete(line).status_code == 403
    assert as_token(made.officer).delete(line).status_code == 204
    assert BudgetLine.objects.filter(activity__version=made.version).count() == 1


def test_an_office_takes_its_comment_back(as_token):
    made = w.version_in("consultation")
    row = w.say(made)
    office = as_token(made.known.focal_point)
    path = f"comments/{row.reference}/"
    assert office.get(path).json()["open_steps"] == ["change", "withdraw", "publish"]
    assert office.patch(path, {"text": "Four."}).json()["text"] == "Four."
    assert office.post(f"{path}publish/", {"publish": True}).json()["publish"] is True
    assert as_token(made.officer).delete(path).status_code == 403
    assert office.delete(path).status_code == 204
    assert office.get(path).status_code == 404
    assert Comment.objects.get().withdrawn_at is not None


def test_needs_that_are_not_public_are_shown_to_the_centre_alone(anonymous, as_token):
    known = f.everyone_known()
    hidden = f.request_in("matching", known.party, visibility="restricted").components.get()
    shown = f.request_in("matching", known.party).components.get()
    made = w.plan_with(known)
    for component in (hidden, shown):
        w.drafting.save_activity(
            Activity.objects.get(), by=made.officer,
            data={"components": [*(c.reference for c in Activity.objects.get().components.all()), component.reference]},
        )  # fmt: skip
    made.version = w.again(made.version)
    for step in w.PATHS["finalized"]:
        step(made)
    path = f"activities/{Activity.objects.get().reference}/"
    assert anonymous.get(path).json()["components"] == [shown.reference]
    assert as_token(made.officer).get(path).json()["components"] == sorted([hidden.reference, shown.reference])
    document = anonymous.get(f"versions/{Version.objects.get().reference}/").json()["document"]
    assert [link["reference"] for link in document["activities"][0]["components"]] == [shown.reference]
