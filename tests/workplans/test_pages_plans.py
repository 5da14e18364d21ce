"""The pages of workplans: one plan from its first word to an amendment, each by the person whose turn it is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories as f
from tests import factories_workplans as fw
from workplans.models import Activity, BudgetLine, Comment, Version, Workplan

pytestmark = pytest.mark.django_db


@pytest.fixture
def known():
    fw.period()
    return f.everyone_known()


def url(name, version, *more):
    return reverse(name, args=[version.workplan.reference, version.number, *more])


def newest(workplan):
    return workplan.versions.order_by("-number").select_related("workplan__period", "workplan__centre").first()


def begin(client, known):
    """An officer begins a plan and writes one activity with a result and a budget line on the pages."""
    client.force_login(known.officer)
    period = fw.period()
    answer = client.post(
        reverse("workplan_new"), {"whose": known.centre.slug, "period": period.pk, "language": "en", "title": "Lagoons"}
    )
    workplan = Workplan.objects.get()
    assert answer.url == reverse("workplan_edit", args=[workplan.reference])
    edit = reverse("workplan_edit", args=[workplan.reference])
    assert client.get(edit).status_code == 200
    given = {
        "title": "Train fishing groups", "description": "Two courses.", "is_essential": "on", "targets": ["6"],
        "parties": [known.party.iso2], "functions": [fw.function().code], "starts_on": "2025-02-01",
        "ends_on": "2026-06-30",
    }  # fmt: skip
    client.post(f"{edit}activities/new/", given)
    activity = Activity.objects.get()
    at = f"{edit}activities/{activity.reference}/"
    assert client.get(at).status_code == 200
    assert client.get(f"{at}results/1/").status_code == 200
    result = {"revision": activity.revision, "kind": "output", "title": "Groups know how", "i0-title": "People trained",
              "i0-baseline": "0", "i0-target_2025": "20", "i0-target_2026": "40"}  # fmt: skip
    client.post(f"{at}results/1/", result)
    line = {"year": "2025", "category": "meetings", "amount": "10,000", "currency": "usd", "funding": "sought"}
    client.post(f"{at}lines/new/", line)
    row = BudgetLine.objects.get()
    assert (row.amount, row.currency) == (10000, "USD")
    assert client.get(f"{at}lines/{row.reference}/").status_code == 200
    client.post(
        edit, {"title": "Lagoons", "summary": "What we do in two years.", "revision": newest(workplan).revision}
    )
    return workplan


def open_consultation(client, known, version):
    client.force_login(known.head)
    step = url("version_step", version, "open_consultation")
    assert client.get(step).status_code == 200
    client.post(step, {"until": client.get(step).context["form"]["until"].value()})
    version.refresh_from_db()
    assert version.status == "consultation"


def object_to_it(client, known, version):
    """The office reads what concerns it, objects to an activity and gives its answer."""
    client.force_login(known.focal_point)
    asked = url("workplan_consultation", version)
    assert "Train fishing groups" in client.get(asked).content.decode()
    new = url("workplan_comment_new", version)
    base = {"party": known.party.iso2, "activity": Activity.objects.get().reference}
    assert client.get(new, base).status_code == 200
    client.post(new, base | {"kind": "objection", "text": "Not in the spawning season."})
    wrong = client.post(new, base | {"kind": "comment", "text": ""})
    assert wrong.status_code == 200
    assert Comment.objects.count() == 1
    client.post(url("workplan_answer", version), {"party": known.party.iso2, "verdict": "objection"})
    assert version.invitations.get(party=known.party).verdict == "objection"


def close_and_finalize(client, known, version):
    """The days pass; the comment gets its answer, and only then the plan is finalized."""
    fw.let_the_days_pass(version)
    client.force_login(known.head)
    client.post(url("version_step", version, "close_consultation"))
    version.refresh_from_db()
    assert version.status == "addressing"
    refused = client.post(url("version_step", version, "finalize"))
    assert refused.status_code == 200, "a comment lacks its answer"
    client.force_login(known.officer)
    comment = Comment.objects.get()
    assert "Not in the spawning season." in client.get(url("workplan_ledger", version)).content.decode()
    client.post(
        url("workplan_dispose", version, comment.pk),
        {"revision": comment.revision, "disposition": "accepted", "answer": "Moved to May."},
    )
    client.force_login(known.head)
    client.post(url("version_step", version, "finalize"))
    version.refresh_from_db()
    assert version.status == "finalized"


def raise_the_budget(client, known, version):
    """An officer amends the plan and writes more money into its one budget line; returns the draft."""
    client.force_login(known.officer)
    client.post(url("version_step", version, "amend"), {"amendment": "budget"})
    draft = newest(version.workplan)
    line = BudgetLine.objects.get(activity__version=draft)
    at = reverse("workplan_line", args=[version.workplan.reference, line.activity.reference, line.reference])
    form = client.get(at).context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"amount": "12500"}
    client.post(at, data)
    line.refresh_from_db()
    assert line.amount == 12500
    return draft


def test_a_plan_from_its_first_word_to_an_amendment(client, known):
    f.target()
    workplan = begin(client, known)
    version = newest(workplan)
    [result] = Activity.objects.get().results.all()
    assert result.indicators.get().targets.count() == 2
    client.force_login(known.drafter)
    assert client.get(version.get_absolute_url()).status_code == 404, "a draft is the centre's"
    open_consultation(client, known, version)
    object_to_it(client, known, version)
    close_and_finalize(client, known, version)

    client.logout()
    page = client.get(reverse("workplan_detail", args=[workplan.reference])).content.decode()
    assert "Train fishing groups" in page
    assert "Not in the spawning season." not in page, "the Party did not tick it"
    assert client.get(reverse("workplan_list")).status_code == 200

    draft = raise_the_budget(client, known, version)
    client.force_login(known.head)
    refused = client.post(url("version_step", draft, "finalize"))
    assert "must pass a consultation" in refused.content.decode()
    client.logout()
    assert "10,000" in client.get(reverse("workplan_detail", args=[workplan.reference])).content.decode()
    assert client.get(draft.get_absolute_url()).status_code == 404


def test_the_second_of_two_who_edit_sees_both_texts(client, known):
    made = fw.plan_with(known)
    activity = Activity.objects.get()
    at = reverse("workplan_activity", args=[made.workplan.reference, activity.reference])
    client.force_login(known.officer)
    form = client.get(at).context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value not in (None, False, "")}
    client.post(at, data | {"title": "Text of the first"})
    client.force_login(known.head)
    page = client.post(at, data | {"title": "Text of the second"})
    assert page.status_code == 409
    content = page.content.decode()
    assert "Text of the first" in content
    assert "Text of the second" in content
    activity.refresh_from_db()
    assert activity.title == "Text of the first"


@pytest.mark.parametrize("person", ["provider", "drafter", "donor", "stranger"])
def test_only_the_centre_writes(client, known, person):
    made = fw.plan_with(known)
    client.force_login(getattr(known, person))
    edit = reverse("workplan_edit", args=[made.workplan.reference])
    assert client.get(edit).status_code == 404
    assert client.post(edit, {"title": "Mine"}).status_code == 404


def test_offices_that_are_asked_see_the_plan_and_may_not_write_it(client, known):
    made = fw.version_in("consultation", known=known)
    client.force_login(known.focal_point)
    assert client.get(made.version.get_absolute_url()).status_code == 200
    assert client.get(reverse("workplan_edit", args=[made.workplan.reference])).status_code == 403
    assert client.get(url("workplan_ledger", made.version)).status_code == 403
    page = client.get(made.version.get_absolute_url()).content.decode()
    assert "Who was asked" not in page, "who stayed silent is for centre and coordinator"


def test_a_drafter_reads_the_consultation_and_does_not_speak(client, known):
    made = fw.version_in("consultation", known=known)
    client.force_login(known.drafter)
    assert client.get(url("workplan_consultation", made.version)).status_code == 200
    given = {"party": known.party.iso2, "kind": "comment", "text": "We think so too."}
    assert client.post(url("workplan_comment_new", made.version), given).status_code == 403
    assert not Comment.objects.exists()


def test_progress_is_reported_approved_and_public(client, known):
    made = fw.version_in("finalized", known=known)
    indicator = fw.indicator_of(made.version)
    reference = made.workplan.reference
    client.force_login(known.officer)
    assert client.get(reverse("workplan_progress", args=[reference])).status_code == 200
    client.post(reverse("workplan_progress_edit", args=[reference, indicator.reference, 2025]), {"value": "17"})
    client.logout()
    assert "Reached: 2025: 17" not in client.get(made.version.get_absolute_url()).content.decode()
    client.force_login(known.head)
    client.post(reverse("workplan_progress_step", args=[reference, indicator.reference, 2025, "approve"]))
    client.logout()
    assert "Reached: 2025: 17" in client.get(made.version.get_absolute_url()).content.decode()


def test_undo_brings_back_what_was_taken_out(client, known):
    made = fw.plan_with(known)
    activity = Activity.objects.get()
    client.force_login(known.officer)
    client.post(reverse("workplan_activity_remove", args=[made.workplan.reference, activity.reference]))
    assert not Activity.objects.exists()
    client.post(reverse("workplan_undo", args=[made.workplan.reference]))
    assert Activity.objects.get().reference == activity.reference
    assert BudgetLine.objects.count() == 1


@pytest.mark.parametrize("name", ["workplan_list"])
def test_the_list_asks_the_same_number_of_questions_whatever_its_length(client, known, name):
    fw.version_in("finalized", known=known)
    with CaptureQueriesContext(connection) as one:
        client.get(reverse(name))
    for start in (2027, 2029):
        period = fw.period(start, start + 1)
        copy = Workplan.objects.create(centre=known.centre, period=period)
        Version.objects.create(workplan=copy, number=1, title="Later")
    for _each in range(2):
        fw.version_in("finalized")
    with CaptureQueriesContext(connection) as more:
        client.get(reverse(name))
    assert len(one) == len(more)
    assert len(more) <= 6


def test_a_plan_that_nobody_may_see_is_not_found(client, known):
    made = fw.plan_with(known)
    for path in (made.workplan.get_absolute_url(), made.version.get_absolute_url(), "/workplans/WP-1999-none/"):
        assert client.get(path).status_code == 404
