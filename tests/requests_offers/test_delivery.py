"""What both sides write into an engagement: plan, milestones, results, whom it reached, lessons,
and what it achieved.
"""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.errors import DomainError, IllegalStep, NotAllowed, StaleWrite
from accounts.models import AuditEvent, Notice
from requests_offers.actions import delivery, engagements, schedule
from requests_offers.models import Appraisal, AppraisalDue, Engagement, Milestone, Result
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date


built, known = worlds.shared(f.everyone_known)


@pytest.fixture
def active(known):
    component = f.request_in("matching", known.party).components.get()
    match = f.match_in("agreed", component=component, offer=f.offer_in("published", known.organization))
    Notice.objects.all().delete()
    return f.engagement_in("active", match=match)


def told():
    return set(Notice.objects.values_list("recipient", flat=True))


WRITERS = {"focal_point", "deputy", "provider"}
PEOPLE = ("focal_point", "deputy", "drafter", "provider", "officer", "head", "coordinator", "donor", "stranger")
ACTS = {  # what is written, and in which states of an engagement that may be
    "save_plan": (lambda e, by: delivery.save_plan(e, by=by, plan="We rear weevils."), {"active"}),
    "add_milestone": (lambda e, by: delivery.add_milestone(e, by=by, title="Unit built"), {"active"}),
    "finish": (lambda e, by: delivery.finish_milestone(_first(e), by=by, evidence="A report."), {"active"}),
    "add_result": (
        lambda e, by: delivery.add_result(e, by=by, title="Open landings", text="Twelve of them."),
        {"active", "concluded", "appraised", "ended_early"},
    ),
    "beneficiaries": (
        lambda e, by: delivery.save_beneficiaries(e, by=by, groups={"womenGirls": 40}),
        {"active", "concluded", "appraised", "ended_early"},
    ),
    "lessons": (
        lambda e, by: delivery.save_lessons(e, by=by, lessons="Begin before the rain.", may_become_practice=True),
        {"active", "concluded", "appraised", "ended_early"},
    ),
    "story": (
        lambda e, by: delivery.save_story(e, by=by, story="The lagoon is open."),
        {"active", "concluded", "appraised"},
    ),
}


def _first(engagement):
    milestone = engagement.milestones.order_by("number").first()
    milestone.engagement = engagement
    return milestone


@pytest.mark.parametrize("state", ["active", "concluded", "appraised", "ended_early"])
def test_what_both_sides_write_in_every_state_and_nobody_else(known, active, state):
    engagement = f.engagement_in(state, match=active.match)
    wrong = []
    for name, (act, states) in ACTS.items():
        for person in PEOPLE:
            expected = NotAllowed if person not in WRITERS else None if state in states else IllegalStep
            fresh = Engagement.objects.get(pk=engagement.pk)
            before = AuditEvent.objects.count()
            try:
                act(fresh, getattr(known, person))
                found = None
            except (NotAllowed, IllegalStep) as error:
                found = type(error)
                assert AuditEvent.objects.count() == before
            if found is None and name == "finish":
                delivery.reopen_milestone(_first(fresh), by=known.provider)
            if found != expected:
                wrong.append((name, person, state, found))
    assert wrong == []


# Milestones -----------------------------------------------------------------------------------------------------------


def test_an_agreed_transfer_of_technology_comes_with_its_five_milestones(active):
    assert active.is_transfer
    assert [row.kind for row in active.milestones.order_by("number")] == Milestone.Kind.values


def test_other_work_begins_without_milestones(known):
    need = f.request_in("matching", needs=[f.need(cooperation_types=[f.cooperation_type("training")])])
    engagement = f.engagement_in(match=f.match_in("agreed", component=need.components.get()))
    assert not engagement.is_transfer
    assert not engagement.milestones.exists()


def test_a_milestone_is_done_with_evidence_and_the_other_side_is_told(known, active):
    milestone = _first(active)
    with pytest.raises(DomainError, match="what shows that it is done"):
        delivery.finish_milestone(milestone, by=known.provider, evidence=" ")
    with pytest.raises(DomainError, match="not in the future"):
        delivery.finish_milestone(
            milestone, by=known.provider, evidence="A report.", done_on=TODAY() + timedelta(days=1)
        )
    delivery.finish_milestone(milestone, by=known.provider, evidence="A report of 12 pages.")
    assert Milestone.objects.get(pk=milestone.pk).done_on == TODAY()
    assert told() == {known.focal_point.pk, known.deputy.pk}
    with pytest.raises(IllegalStep):
        delivery.finish_milestone(milestone, by=known.focal_point, evidence="Again.")


def test_a_technology_is_called_running_only_half_a_year_after_it_was_installed(known, active):
    kinds = {row.kind: row for row in active.milestones.all()}
    for row in kinds.values():
        row.engagement = active
    running, installed = kinds["running"], kinds["installed"]
    with pytest.raises(DomainError, match="when the technology was installed"):
        delivery.finish_milestone(running, by=known.provider, evidence="It runs.")
    delivery.finish_milestone(installed, by=known.provider, evidence="Photographs.")
    running.refresh_from_db()
    assert running.due_on == TODAY() + delivery.HALF_A_YEAR
    with pytest.raises(DomainError, match="six months after"):
        delivery.finish_milestone(running, by=known.provider, evidence="It runs.")
    Milestone.objects.filter(pk=installed.pk).update(done_on=TODAY() - delivery.HALF_A_YEAR)
    delivery.finish_milestone(running, by=known.provider, evidence="It runs.")
    assert Milestone.objects.get(pk=running.pk).done_on == TODAY()


def test_milestones_of_a_transfer_stay_and_own_ones_can_be_removed_while_open(known, active):
    with pytest.raises(DomainError, match="stays"):
        delivery.remove_milestone(_first(active), by=known.provider)
    made = delivery.add_milestone(active, by=known.provider, title="Second visit")
    assert made.number == 6
    assert delivery.add_milestone(active, by=known.focal_point, title="Second visit") == made  # the same, twice
    delivery.remove_milestone(made, by=known.focal_point)
    assert active.milestones.count() == 5


def test_two_people_who_write_the_plan_do_not_overwrite_each_other(known, active):
    read = Engagement.objects.get(pk=active.pk).version
    delivery.save_plan(active, by=known.focal_point, plan="First.", version=read)
    with pytest.raises(StaleWrite):
        delivery.save_plan(active, by=known.provider, plan="Second.", version=read)
    assert Engagement.objects.get(pk=active.pk).plan == "First."


# Results --------------------------------------------------------------------------------------------------------------


def test_a_result_comes_with_evidence_and_a_form_sent_twice_makes_one(known, active):
    with pytest.raises(DomainError, match="Give evidence"):
        delivery.add_result(active, by=known.provider, title="Open landings")
    key = "6f1c0f5e-0000-4000-8000-000000000001"
    for _ in range(2):
        delivery.add_result(active, by=known.provider, title="Open landings", url="https://example.org", form_key=key)
    assert Result.objects.count() == 1


def test_the_file_of_a_result_is_kept_under_a_random_name_and_goes_with_it(
    known, active, django_capture_on_commit_callbacks
):
    file = SimpleUploadedFile("report.txt", b"Twelve landings are open.")
    made = delivery.add_result(active, by=known.provider, title="Report", file=file)
    assert made.stored_as.startswith("evidence/")
    assert "report" not in made.stored_as
    with made.open() as kept:
        assert kept.read() == b"Twelve landings are open."
    with django_capture_on_commit_callbacks(execute=True):
        delivery.remove_result(made, by=known.focal_point)
    with pytest.raises(FileNotFoundError):
        made.open()


def test_a_file_that_is_not_what_it_says_is_refused(known, active):
    with pytest.raises(DomainError):
        delivery.add_result(active, by=known.provider, title="X", file=SimpleUploadedFile("x.pdf", b"<script>"))
    assert not Result.objects.exists()


# Whom it reached, lessons, the text for everybody ---------------------------------------------------------------------


def test_the_groups_are_those_of_indicator_20b(known, active):
    delivery.save_beneficiaries(active, by=known.provider, groups={"womenGirls": 40, "other": None})
    delivery.save_beneficiaries(active, by=known.provider, groups={"womenGirls": 60})
    assert list(active.beneficiaries.values_list("group", "people")) == [("womenGirls", 60)]
    with pytest.raises(DomainError, match="from the list"):
        delivery.save_beneficiaries(active, by=known.provider, groups={"men": 1})


def test_only_a_written_lesson_may_become_a_practice(known, active):
    delivery.save_lessons(active, by=known.provider, lessons=" ", may_become_practice=True)
    assert not Engagement.objects.get(pk=active.pk).may_become_practice


def test_the_text_is_public_when_both_released_it_and_a_change_takes_that_back(known, active):
    released = Engagement.objects.released
    with pytest.raises(DomainError, match="Write the text first"):
        delivery.release_story(active, by=known.provider)
    delivery.save_story(active, by=known.provider, story="The lagoon is open.")
    delivery.release_story(active, by=known.provider)
    assert not released().exists()
    delivery.release_story(active, by=known.focal_point)
    assert released().get() == active
    delivery.take_story_back(active, by=known.focal_point)
    assert not released().exists()
    delivery.release_story(active, by=known.focal_point)
    delivery.save_story(active, by=known.focal_point, story="The lagoon is almost open.")
    assert not released().exists()


def test_whoever_releases_has_read_the_newest_text(known, active):
    delivery.save_story(active, by=known.provider, story="The lagoon is open.")
    read = active.version
    delivery.save_story(active, by=known.provider, story="We are wonderful.")
    with pytest.raises(StaleWrite):
        delivery.release_story(active, by=known.focal_point, version=read)


# Appraisals -----------------------------------------------------------------------------------------------------------


def test_both_sides_are_asked_at_the_end_after_six_and_after_twelve_months(known, active):
    engagements.conclude(active, by=known.provider)
    asked = {(row.side, row.moment): row.asked_on - TODAY() for row in AppraisalDue.objects.all()}
    days = {"end": 0, "six_months": 182, "twelve_months": 365}
    assert asked == {(side, at): timedelta(days=n) for side in ("party", "provider") for at, n in days.items()}


def test_what_will_have_come_of_it_in_a_year_cannot_be_said_today(known, active):
    engagements.conclude(active, by=known.provider)
    with pytest.raises(DomainError, match="nobody can know yet"):
        engagements.appraise(active, by=known.provider, moment="twelve_months", text="It lasted.")
    assert not Appraisal.objects.exists()


def test_each_side_reads_the_other_when_both_have_answered_or_the_day_has_passed(known, active):
    engagements.conclude(active, by=known.provider)
    engagements.appraise(active, by=known.provider, text="It helped.", helped="yes", again="yes", rating=4)

    def seen_by(*sides):
        return [row.side for row in Engagement.objects.get(pk=active.pk).appraisals_seen_by(sides, TODAY())]

    assert (seen_by("provider"), seen_by("party"), seen_by()) == (["provider"], [], [])
    AppraisalDue.objects.filter(moment="end").update(
        due_on=TODAY() - timedelta(days=1), asked_on=TODAY() - timedelta(days=9)
    )
    assert seen_by("party") == ["provider"]
    AppraisalDue.objects.filter(moment="end").update(due_on=TODAY())
    engagements.appraise(active, by=known.focal_point, text="A little.", helped="partly", again="no", rating=2)
    assert seen_by("party") == seen_by("provider") == seen_by() == ["party", "provider"]


@pytest.mark.parametrize("wrong", [{"rating": 6}, {"rating": 0}, {"helped": "very"}, {"again": "perhaps"}])
def test_answers_are_those_of_the_form(known, active, wrong):
    engagements.conclude(active, by=known.provider)
    with pytest.raises(DomainError):
        engagements.appraise(active, by=known.provider, text="Well.", **wrong)


def test_the_clock_asks_once_and_reminds_once_and_leaves_in_peace_whoever_answered(known, active):
    engagements.conclude(active, by=known.provider)
    engagements.appraise(active, by=known.provider, text="It helped.")
    Notice.objects.all().delete()
    now = timezone.now()
    assert (schedule.remind_of_appraisals(now), schedule.remind_of_appraisals(now)) == (1, 0)
    assert told() == {known.focal_point.pk, known.deputy.pk}
    near = now + timedelta(days=25)
    assert (schedule.remind_of_appraisals(near), schedule.remind_of_appraisals(near)) == (1, 0)
    assert schedule.remind_of_appraisals(now + timedelta(days=183)) == 2  # both, about the first six months


def test_both_are_told_once_of_a_milestone_a_week_before(known, active):
    milestone = delivery.add_milestone(active, by=known.provider, title="Visit", due_on=TODAY() + timedelta(days=5))
    Notice.objects.all().delete()
    now = timezone.now()
    assert (schedule.remind_of_milestones(now), schedule.remind_of_milestones(now)) == (1, 0)
    assert told() == {known.focal_point.pk, known.deputy.pk, known.provider.pk}
    delivery.change_milestone(milestone, by=known.provider, due_on=TODAY() + timedelta(days=6))
    assert schedule.remind_of_milestones(now) == 1  # another day was set
