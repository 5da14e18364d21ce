"""Several people write one draft: nothing is overwritten, nothing is lost, and the last edit can be undone."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.errors import DomainError, NotAllowed, StaleWrite
from centres.models import Coverage
from tests import factories as f
from tests import factories_workplans as w
from workplans.actions import completeness, contents, drafting, linking, plans, presence, snapshots
from workplans.actions.drafting import EditedByOther
from workplans.models import Activity, BudgetLine, Change, Presence, Version, Workplan

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(db):
    return w.plan_with()


def colleague(made):
    return f.member("officer", centre=made.known.centre)


# References and beginnings --------------------------------------------------------------------------------------------


def test_a_plan_is_named_after_its_period_and_centre(made):
    assert made.workplan.reference == f"WP-2025-{made.known.centre.slug}"
    assert Workplan.objects.by_reference(made.workplan.reference).get() == made.workplan
    assert made.version.reference == f"{made.workplan.reference}/versions/1"
    for wrong in ("WP-2025-", "WP-25-pacific", "wp-2025-pacific", "WP-2025-network", "REQ-000001", "WP-2025-Pacific"):
        assert not Workplan.objects.by_reference(wrong).exists()


def test_a_centre_begins_its_plan_of_a_period_once(made):
    again = plans.start_workplan(made.known.centre, w.period(), by=made.head, title="Another")
    assert again == made.workplan
    assert Version.objects.get().title == "Plan of the Pacific"


def test_only_its_own_staff_begin_a_plan():
    known = f.everyone_known()
    for person in (known.focal_point, known.donor, known.stranger, known.coordinator):
        with pytest.raises(NotAllowed):
            plans.start_workplan(known.centre, w.period(), by=person)
    with pytest.raises(NotAllowed):
        plans.start_workplan(None, w.period(), by=known.head)


def test_periods_do_not_overlap():
    coordinator = f.coordinator()
    made = plans.add_period(starts=2029, ends=2031, by=coordinator)
    assert (str(made), made.years) == ("2029–2031", [2029, 2030, 2031])
    for starts, ends in ((2030, 2032), (2028, 2029), (2040, 2039), (2040, 2060), (1990, 1991)):
        with pytest.raises(DomainError):
            plans.add_period(starts=starts, ends=ends, by=coordinator)
    with pytest.raises(NotAllowed):
        plans.add_period(starts=2040, ends=2041, by=f.everyone_known().head)


# Stale writes ---------------------------------------------------------------------------------------------------------


def test_the_second_of_two_editors_is_shown_both_texts(made):
    activity = Activity.objects.get()
    drafting.save_activity(activity, by=made.officer, data={"title": "Mine"}, revision=1)
    with pytest.raises(EditedByOther) as told:
        drafting.save_activity(activity, by=colleague(made), data={"title": "Theirs"}, revision=1)
    assert (told.value.theirs["title"], told.value.mine) == ("Mine", {"title": "Theirs"})
    assert Activity.objects.get().title == "Mine"
    drafting.save_activity(activity, by=colleague(made), data={"title": "Both"}, revision=2)
    assert (Activity.objects.get().title, Activity.objects.get().revision) == ("Both", 3)


def test_lines_and_the_head_of_the_plan_are_guarded_alike(made):
    line = BudgetLine.objects.get()
    drafting.save_line(line, by=made.officer, data={"amount": "1.00"}, revision=1)
    with pytest.raises(StaleWrite):
        drafting.save_line(line, by=colleague(made), data={"amount": "2.00"}, revision=1)
    with pytest.raises(StaleWrite):
        drafting.remove_line(line, by=colleague(made), revision=1)
    revision = w.again(made.version).revision
    drafting.save_plan(w.again(made.version), by=made.officer, data={"title": "Mine"}, revision=revision)
    with pytest.raises(StaleWrite):
        drafting.save_plan(w.again(made.version), by=colleague(made), data={"title": "x"}, revision=revision)


def test_an_edit_of_what_somebody_removed_is_refused(made):
    activity = Activity.objects.get()
    drafting.remove_activity(Activity.objects.get(), by=colleague(made))
    with pytest.raises(StaleWrite):
        drafting.save_activity(activity, by=made.officer, data={"title": "x"})


def test_two_editors_of_two_activities_do_not_meet(made):
    second = drafting.add_activity(made.version, by=made.officer, data=w.activity_content())
    first = Activity.objects.order_by("pk").first()
    drafting.save_activity(first, by=made.officer, data={"title": "A"}, revision=1)
    drafting.save_activity(second, by=colleague(made), data={"title": "B"}, revision=1)
    assert list(Activity.objects.order_by("pk").values_list("title", flat=True)) == ["A", "B"]


def test_saving_what_is_there_changes_nothing(made):
    activity = Activity.objects.get()
    before = contents.of_activity(activity)
    drafting.save_activity(activity, by=made.officer, data=dict(before), revision=1)
    assert Activity.objects.get().revision == 1
    assert contents.of_activity(Activity.objects.get()) == before
    line = BudgetLine.objects.get()
    said = contents.of_line(line)
    said.pop("activity")
    drafting.save_line(line, by=made.officer, data=said, revision=1)
    assert BudgetLine.objects.get().revision == 1


def test_a_form_sent_twice_makes_one_activity_and_one_line(made):
    key, other = uuid.uuid4(), uuid.uuid4()
    first = drafting.add_activity(made.version, by=made.officer, data=w.activity_content(), form_key=key)
    assert drafting.add_activity(made.version, by=made.officer, data=w.activity_content(), form_key=key) == first
    line = drafting.add_line(first, by=made.officer, data=w.line_content(), form_key=other)
    assert drafting.add_line(first, by=made.officer, data=w.line_content(), form_key=other) == line


# What may be typed ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("functions", ["no_such"]), ("targets", [99]), ("targets", ["x"]), ("parties", ["ZZ"]), ("starts_on", "soon"),
        ("ends_on", "2024-01-01"), ("title", "x" * 301), ("title", "two\nlines"), ("components", ["REQ-999999-1"]),
        ("partners", ["nobody"]), ("priorities", [2**70]), ("results", "x"), ("results", [{"kind": "dream"}]),
        ("results", [{"title": "A", "indicators": [{"title": "B", "targets": [{"year": 1999, "value": "1"}]}]}]),
        ("colour", "red"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_beside_its_field(made, field, value):
    with pytest.raises(ValidationError) as told:
        drafting.save_activity(Activity.objects.get(), by=made.officer, data={field: value})
    assert set(told.value.message_dict) == {field}
    assert Activity.objects.get().revision == 1


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"amount": "-1"}, "amount"), ({"amount": "much"}, "amount"), ({"amount": "1.001"}, "amount"),
        ({"year": 2031}, "year"), ({"currency": "XYZ"}, "currency"), ({"currency": "usd"}, "currency"),
        ({"category": "wine"}, "category"), ({"funding": "hope"}, "funding"), ({"funder": "nobody"}, "funder"),
        ({"currency": "EUR", "rate_to_usd": "1.1"}, "rate_to_usd"), ({"rate_to_usd": "1"}, "rate_to_usd"),
        ({"currency": "EUR", "rate_to_usd": "0", "rate_on": "2025-01-01", "rate_source": "UN"}, "rate_to_usd"),
        ({"staff_months": "-1"}, "staff_months"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_told_beside_its_field(made, data, field):
    with pytest.raises(ValidationError) as told:
        drafting.save_line(BudgetLine.objects.get(), by=made.officer, data=data)
    assert set(told.value.message_dict) == {field}


def test_all_faults_of_a_line_are_told_at_once(made):
    with pytest.raises(ValidationError) as told:
        drafting.add_line(Activity.objects.get(), by=made.officer, data={"currency": "XYZ", "funding": "hope"})
    assert set(told.value.message_dict) == {"year", "category", "amount", "currency", "funding"}


def test_a_need_that_the_editor_does_not_see_cannot_be_linked(made):
    hidden = f.request_in("matching", f.party("FR"), visibility="restricted").components.get()
    with pytest.raises(ValidationError):
        drafting.save_activity(Activity.objects.get(), by=made.officer, data={"components": [hidden.reference]})
    drafting.save_activity(Activity.objects.get(), by=None, data={"components": [hidden.reference]})
    # It stands there now: an edit by somebody who does not see it leaves it there.
    drafting.save_activity(Activity.objects.get(), by=made.officer, data={"components": [hidden.reference]})
    link = snapshots.build(made.version)["activities"][0]["components"]
    assert link == [{"reference": hidden.reference, "title": "", "is_public": False}]
    assert snapshots.public_document(made.version)["activities"][0]["components"] == []


# Undo -----------------------------------------------------------------------------------------------------------------


def document(made):
    return snapshots.build(w.again(made.version))


def test_each_kind_of_edit_can_be_undone(made):
    activity, line = Activity.objects.get(), BudgetLine.objects.get()
    edits = [
        lambda: drafting.save_plan(w.again(made.version), by=made.officer, data={"title": "x"}),
        lambda: drafting.save_activity(activity, by=made.officer, data=w.activity_content(title="x", results=[])),
        lambda: drafting.save_line(line, by=made.officer, data={"amount": "7.77", "currency": "FJD"}),
        lambda: drafting.add_activity(w.again(made.version), by=made.officer, data={"title": "new"}),
        lambda: drafting.add_line(activity, by=made.officer, data=w.line_content()),
        lambda: drafting.remove_line(line, by=made.officer),
        lambda: drafting.remove_activity(Activity.objects.get(), by=made.officer),
    ]
    for number, edit in enumerate(edits):
        before = document(made)
        edit()
        assert document(made) != before, number
        drafting.undo(w.again(made.version), by=made.officer)
        assert document(made) == before, number


def test_undo_goes_back_step_by_step(made):
    before = document(made)
    activity = Activity.objects.get()
    for title in ("A", "B"):
        drafting.save_activity(activity, by=made.officer, data={"title": title})
    drafting.undo(w.again(made.version), by=made.officer)
    assert Activity.objects.get().title == "A"
    drafting.undo(w.again(made.version), by=made.officer)
    assert document(made) == before


def test_undo_never_takes_away_what_somebody_else_wrote(made):
    activity, other = Activity.objects.get(), colleague(made)
    drafting.save_activity(activity, by=made.officer, data={"title": "Mine"})
    drafting.save_activity(activity, by=other, data={"description": "Theirs"})
    with pytest.raises(EditedByOther):
        drafting.undo(w.again(made.version), by=made.officer)
    assert Activity.objects.get().description == "Theirs"
    new = drafting.add_activity(w.again(made.version), by=made.officer, data={"title": "new"})
    drafting.add_line(new, by=other, data=w.line_content())
    with pytest.raises(EditedByOther):
        drafting.undo(w.again(made.version), by=made.officer)


def test_a_line_removed_before_does_not_come_back_with_its_activity(made):
    activity = Activity.objects.get()
    drafting.add_line(activity, by=made.officer, data=w.line_content(amount="5.00"))
    drafting.remove_line(BudgetLine.objects.order_by("pk").first(), by=made.officer)
    drafting.remove_activity(activity, by=made.officer)
    drafting.undo(w.again(made.version), by=made.officer)
    assert [str(line.amount) for line in BudgetLine.objects.all()] == ["5.00"]


def test_there_is_nothing_of_others_to_undo(made):
    with pytest.raises(DomainError):
        drafting.undo(w.again(made.version), by=colleague(made))
    assert Change.objects.filter(undone_at__isnull=False).count() == 0


# Presence, order, linking ---------------------------------------------------------------------------------------------


def test_people_see_who_is_at_what(made):
    identity, other = w.identity_of(Activity.objects.get()), colleague(made)
    assert presence.be_present(made.version, by=other, activity=identity) == []
    (seen,) = presence.be_present(made.version, by=made.officer)
    assert (seen.user, seen.activity) == (other, identity)
    Presence.objects.filter(user=other).update(seen_at=timezone.now() - timezone.timedelta(minutes=3))
    assert presence.others_present(made.version, made.officer) == []


def test_the_order_is_the_writers(made):
    for title in ("B", "C"):
        drafting.add_activity(w.again(made.version), by=made.officer, data={"title": title})
    third, first = (Activity.objects.get(title="C"), Activity.objects.get(title="Train fishing groups"))
    drafting.order_activities(w.again(made.version), by=made.officer, references=[third.reference, first.reference])
    assert [row.title for row in made.version.activities.in_order()] == ["C", "Train fishing groups", "B"]
    assert [row["position"] for row in document(made)["activities"]] == [1, 2, 3]


def test_a_need_becomes_an_activity_once(made):
    component = f.request_in("matching", made.known.party).components.get()
    activity = linking.activity_from_component(w.again(made.version), component, by=made.officer)
    assert linking.activity_from_component(w.again(made.version), component, by=made.officer) == activity
    said = contents.of_activity(activity)
    assert (said["title"], said["parties"], said["components"]) == (component.title, ["FJ"], [component.reference])


def test_an_agreed_match_becomes_an_activity_with_its_partner(made):
    request = f.request_in("matched", made.known.party)
    engagement = request.components.get().matches.get(status="agreed").engagement
    activity = linking.activity_from_engagement(w.again(made.version), engagement, by=made.officer)
    said = contents.of_activity(activity)
    assert said["engagements"] == [engagement.reference]
    assert said["partners"] == [engagement.match.offer.organization.slug]
    assert linking.activity_from_engagement(w.again(made.version), engagement, by=made.officer) == activity
    hidden = f.request_in("matching", f.party("FR"), visibility="restricted").components.get()
    with pytest.raises(DomainError):
        linking.activity_from_component(w.again(made.version), hidden, by=made.officer)


# Copying, completeness ------------------------------------------------------------------------------------------------


def test_the_last_period_is_copied_into_the_years_of_the_next(made):
    activity = Activity.objects.get()
    funder = f.organization(None, "Fund")
    drafting.save_line(
        BudgetLine.objects.get(), by=made.officer, data={"funding": "secured", "funder": funder.slug, "currency": "FJD",
        "rate_to_usd": "0.44", "rate_on": "2025-01-02", "rate_source": "Reserve Bank"},
    )  # fmt: skip
    later = plans.start_workplan(made.known.centre, w.period(2027, 2028), by=made.officer, copy_from=made.version)
    copy = snapshots.build(later.versions.get())
    old = snapshots.build(w.again(made.version))
    (new,), (was,) = copy["activities"], old["activities"]
    assert copy["title"] == old["title"]
    assert new["reference"] != was["reference"]
    assert (new["starts_on"], new["ends_on"]) == ("2027-02-01", "2028-06-30")
    assert [one["year"] for one in new["results"][0]["indicators"][0]["targets"]] == [2027, 2028]
    line = new["budget_lines"][0]
    assert (line["year"], line["amount"], line["funding"], line["funder"], line["rate_to_usd"]) == (
        2027, "10000.00", "sought", None, None,
    )  # fmt: skip
    assert new["parties"] == was["parties"]
    assert Activity.objects.get(pk=activity.pk).title == "Train fishing groups"
    with pytest.raises(DomainError):
        plans.copy_from_last(later.versions.get(), made.version, by=made.officer)


def test_what_is_missing_is_named():
    known = f.everyone_known()
    workplan = plans.start_workplan(known.centre, w.period(), by=known.officer)
    version = workplan.versions.get()
    assert {(gap.field, gap.must) for gap in completeness.gaps(version)} == {
        ("title", True), ("activities", True), ("summary", False),
    }  # fmt: skip
    drafting.save_plan(version, by=known.officer, data={"title": "Plan", "summary": "S"})
    bare = drafting.add_activity(version, by=known.officer, data={"title": "Bare", "starts_on": "2031-01-01"})
    fields = {gap.field for gap in completeness.gaps(w.again(version)) if gap.reference == bare.reference}
    assert fields == {
        "description", "functions", "targets", "parties", "ends_on", "starts_on", "results", "budget_lines",
    }  # fmt: skip
    whole = {"field": "parties", "reference": workplan.reference}
    assert Coverage.objects.filter(centre=known.centre).count() == len(
        [
            gap
            for gap in completeness.gaps(w.again(version))
            if {"field": gap.field, "reference": gap.reference} == whole
        ]
    )


def test_a_complete_plan_has_no_gaps():
    made = w.plan_with()
    drafting.save_activity(Activity.objects.get(), by=made.officer, data={"parties": ["FJ", "TV"]})
    assert completeness.gaps(w.again(made.version)) == []


def test_a_draft_can_be_thrown_away_and_leaves_the_rest(made):
    with pytest.raises(NotAllowed):
        plans.delete_draft(w.again(made.version), by=made.officer)
    plans.delete_draft(w.again(made.version), by=made.head)
    assert not Workplan.objects.exists()
