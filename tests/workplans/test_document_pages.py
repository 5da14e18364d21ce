"""The pages that give and take a plan as a file: who may, what is shown, what is saved, and only once."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from openpyxl import Workbook

from tests import factories as f
from tests import factories_workplans as w
from tests.workplans import plans
from tests.workplans.workbooks import Edited, written
from workplans.actions import drafting, snapshots
from workplans.models import Activity, BudgetLine, ColumnChoice

pytestmark = pytest.mark.django_db
PRIVATE = ("workplan_sheet", "workplan_import")
OF_VERSION = ("workplan_pdf", "workplan_xlsx", "workplan_print", "workplan_charts")


@pytest.fixture
def known():
    return f.everyone_known()


@pytest.fixture
def version(known):
    return plans.small(centre=known.centre, by=known.officer)


@pytest.fixture
def officer(client, known):
    client.force_login(known.officer)
    return client


def page(name, version, *, number=True):
    return reverse(name, args=[version.workplan.reference, version.number] if number else [version.workplan.reference])


def upload(client, version, content, name="workplan_sheet"):
    file = SimpleUploadedFile("plan.xlsx", content)
    return client.post(page(name, version, number=False), {"file": file})


def save(client, version, preview, name="workplan_sheet", **more):
    return client.post(page(name, version, number=False), {"kept": preview.context["kept"], **more})


def text(answer):
    return " ".join(answer.content.decode().split())


# Who ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OF_VERSION)
def test_a_draft_is_for_its_centre_and_the_coordinator(known, version, name):
    for who, status in {"officer": 200, "head": 200, "coordinator": 200, "focal_point": 404, "donor": 404}.items():
        client = Client()
        client.force_login(getattr(known, who))
        assert (who, client.get(page(name, version)).status_code) == (who, status)
    assert Client().get(page(name, version)).status_code == 404


@pytest.mark.parametrize("name", OF_VERSION)
def test_a_finalized_plan_is_for_everybody(name):
    made = w.version_in("finalized")
    assert Client().get(page(name, made.version)).status_code == 200


@pytest.mark.parametrize("name", PRIVATE)
def test_only_those_who_write_a_plan_upload_one(known, version, name):
    answers = {"officer": 200, "head": 200, "coordinator": 403, "focal_point": 404, "stranger": 404}
    for who, status in answers.items():
        client = Client()
        client.force_login(getattr(known, who))
        assert (who, client.get(page(name, version, number=False)).status_code) == (who, status)
    assert Client().get(page(name, version, number=False)).status_code == 302


def test_nothing_can_be_uploaded_where_no_draft_is_open(client):
    made = w.version_in("finalized")
    client.force_login(made.officer)
    answer = client.get(page("workplan_sheet", made.version, number=False))
    assert (answer.status_code, answer.url) == (302, made.workplan.get_absolute_url())


def test_links_to_requests_that_are_not_public_leave_the_files_of_the_public(known):
    record = f.request_in("matching", known.party, visibility="restricted")
    component = record.components.get()
    made = w.plan_with(known)
    activity = made.version.activities.get()
    drafting.save_activity(activity, by=made.officer, data={"components": [component.reference]})
    for step in w.PATHS["finalized"]:
        step(made)
    inside, outside = Client(), Client()
    inside.force_login(made.officer)
    assert component.reference in text(inside.get(page("workplan_print", made.version)))
    assert component.reference not in text(outside.get(page("workplan_print", made.version)))


# The workbook ---------------------------------------------------------------------------------------------------------


def test_a_file_is_private_named_by_the_plan_and_never_guessed_at(officer, version):
    for name, kind, ending in (("workplan_pdf", "application/pdf", "pdf"), ("workplan_xlsx", "spreadsheetml", "xlsx")):
        answer = officer.get(page(name, version))
        assert kind in answer["Content-Type"]
        assert f'filename="{version.workplan.reference}-v1.{ending}"' in answer["Content-Disposition"]
        assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("private, no-store", "nosniff")


def test_what_is_downloaded_can_be_uploaded_again_and_changes_nothing(officer, version):
    answer = upload(officer, version, officer.get(page("workplan_xlsx", version)).content)
    assert answer.status_code == 200
    assert "No change: the draft says the same as the file." in text(answer)


def edited(version):
    with Edited(written(version)) as book:
        one = version.activities.get(position=1).reference
        book.put("activities", one, "title", "Survey of mangroves & reefs")
        book.put("activities", "NEW-1", "title", "Training of rangers")
    return book.content


def test_a_preview_saves_nothing_and_saving_twice_saves_once(officer, version):
    before = snapshots.build(version)
    preview = upload(officer, version, edited(version))
    assert "2 changes, shown before they are saved." in text(preview)
    assert "<ins>&amp; reefs</ins>" in text(preview)
    assert snapshots.build(plans.again(version)) == before
    answers = [save(officer, version, preview) for _ in range(3)]
    assert {answer.url for answer in answers} == {reverse("workplan_edit", args=[version.workplan.reference])}
    titles = list(Activity.objects.filter(version=version).order_by("position").values_list("title", flat=True))
    assert titles == ["Survey of mangroves & reefs", plans.ARABIC, plans.CHINESE, "Training of rangers"]


def test_what_somebody_saves_between_preview_and_saving_is_shown_first(officer, version, known):
    preview = upload(officer, version, edited(version))
    row = version.activities.get(position=1)
    drafting.save_activity(row, by=known.head, data={"title": "By the head"})
    again = save(officer, version, preview)
    assert again.status_code == 200
    assert "You and somebody else changed the same cells." in text(again)
    row.refresh_from_db()
    assert row.title == "By the head"
    unticked = save(officer, version, again)
    assert "Tick the box if this is what you want." in text(unticked)
    assert save(officer, version, again, word="on").status_code == 302
    row.refresh_from_db()
    assert row.title == "Survey of mangroves & reefs"


def test_faults_are_told_all_at_once_with_their_cells(officer, version):
    with Edited(written(version)) as book:
        one = version.activities.get(position=1).reference
        book.put("activities", one, "ends_on", "<b>soon</b>")
        book.put(
            "budget", BudgetLine.objects.filter(activity__version=version).in_order()[0].reference, "amount", "a lot"
        )
    answer = upload(officer, version, book.content)
    assert answer.status_code == 422
    assert "<b>2 cells have to be corrected.</b>" in text(answer)
    assert "“&lt;b&gt;soon&lt;/b&gt;”" in text(answer)
    assert "Activities, <bdi>G4</bdi>" in text(answer)


def test_a_file_that_is_none_is_refused_with_a_sentence(officer, version):
    answer = upload(officer, version, b"PK no workbook")
    assert (answer.status_code, "This is not a Word or Excel file that can be read." in text(answer)) == (422, True)
    assert "Choose a file" in text(upload(officer, version, b"")) or upload(officer, version, b"").status_code == 422


def test_a_preview_is_of_the_person_who_made_it(officer, version, known):
    preview = upload(officer, version, edited(version))
    other = Client()
    other.force_login(known.head)
    assert save(other, version, preview).status_code == 400
    answer = officer.post(page("workplan_sheet", version, number=False), {"kept": "forged"})
    assert answer.status_code == 302


# Any table ------------------------------------------------------------------------------------------------------------


def table(rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


OLD_PLAN = [
    ["Work plan of the centre", None, None, None, None, None, None],
    [],
    ["No", "Activity", "Countries", "Output", "Partners", "Budget 2027", "2028"],
    [1, "Training on taxonomy", "Fiji", "Forty people trained", "University of Nowhere", 1000, 2500.5],
    [None, None, None, "A manual", None, None, 300],
    [2, "Helpdesk", "FJ", None, None, "=500*2", None],
]


def _sent(value):
    return "" if value is None else value


def test_any_table_is_read_by_columns_that_are_guessed_and_corrected(officer, version):
    columns = upload(officer, version, table(OLD_PLAN[:5]), "workplan_import")
    form = columns.context["form"]
    assert (form.initial["head"], {name: form.initial.get(name) for name in form.columns}) == (
        3,
        {
            "column_0": None,
            "column_1": "title",
            "column_2": "parties",
            "column_3": "result",
            "column_4": "partners",
            "column_5": "amount_2027",
            "column_6": "amount_2028",
        },
    )
    assert "For example:" in text(columns)
    said = {name: _sent(value) for name, value in form.initial.items()} | {"table": columns.context["table"]}
    preview = officer.post(page("workplan_import", version, number=False), said)
    assert preview.status_code == 200, text(preview)
    assert save(officer, version, preview, "workplan_import").status_code == 302
    made = snapshots.build(plans.again(version))["activities"]
    assert len(made) == 4  # what stood there stays
    new = made[-1]
    assert (new["title"], new["other_partners"]) == ("Training on taxonomy", "University of Nowhere")
    assert [one["title"] for one in new["results"]] == ["Forty people trained", "A manual"]
    lines = [(line["year"], line["amount"], line["category"], line["funding"]) for line in new["budget_lines"]]
    assert lines == [
        (2027, "1000.00", "other", "sought"), (2028, "2500.50", "other", "sought"), (2028, "300.00", "other", "sought"),
    ]  # fmt: skip
    kept = ColumnChoice.objects.get(centre=version.workplan.centre)
    assert kept.fields["countries"] == "parties"


def test_the_choice_of_a_centre_is_suggested_the_next_time(officer, version):
    ColumnChoice.objects.create(centre=version.workplan.centre, fields={"no": "description"})
    columns = upload(officer, version, table(OLD_PLAN[:4]), "workplan_import")
    assert columns.context["form"].initial["column_0"] == "description"


def test_the_same_table_imported_twice_adds_nothing_twice(officer, version):
    for _ in range(2):
        columns = upload(officer, version, table(OLD_PLAN[:5]), "workplan_import")
        said = {name: _sent(value) for name, value in columns.context["form"].initial.items()}
        preview = officer.post(
            page("workplan_import", version, number=False), said | {"table": columns.context["table"]}
        )
        save(officer, version, preview, "workplan_import")
    assert version.activities.count() == 4
    assert BudgetLine.objects.filter(activity__version=version).count() == 7


def test_columns_without_a_title_are_refused_and_nothing_is_lost(officer, version):
    columns = upload(officer, version, table(OLD_PLAN[:4]), "workplan_import")
    said = {name: _sent(value) for name, value in columns.context["form"].initial.items()}
    said |= {"column_1": "", "column_3": "parties", "table": columns.context["table"]}
    answer = officer.post(page("workplan_import", version, number=False), said)
    assert answer.status_code == 422
    assert "Say which column holds the titles of the activities." in text(answer)
    assert "This field is assigned twice." in text(answer)


# Comparing, pictures, report ------------------------------------------------------------------------------------------


def test_two_versions_are_compared_for_whoever_sees_both(client):
    made = w.version_in("superseded")
    client.force_login(made.officer)
    answer = client.get(page("workplan_compare", made.version, number=False))
    assert (answer.context["old"].number, answer.context["new"].number) == (1, 2)
    assert Client().get(page("workplan_compare", made.version, number=False) + "?from=1&to=2").status_code == 404
    assert client.get(page("workplan_compare", made.version, number=False) + "?from=9").status_code == 404


def test_the_comparison_says_what_changed_in_sentences(client):
    from workplans.actions import finalizing

    made = w.version_in("finalized")
    draft = finalizing.amend(w.again(made.version), by=made.officer, amendment="results")
    drafting.save_activity(draft.activities.get(), by=made.officer, data={"title": "Train fishing clubs"})
    client.force_login(made.officer)
    answer = client.get(page("workplan_compare", made.version, number=False))
    assert "Train fishing <del>groups</del>" in text(answer)
    assert "Train fishing <ins>clubs</ins>" in text(answer)
    assert answer.context["number"] == 1


def test_the_pictures_say_in_words_what_they_draw(officer, version):
    answer = officer.get(page("workplan_charts", version))
    assert "<caption>The same in words</caption>" in text(answer)
    assert "47 % of the essential budget is there" in text(answer)
    assert 'role="img" aria-label="Timeline of 2 activities' in text(answer)
    assert "style=" not in text(answer)


def test_the_pictures_are_mirrored_where_reading_goes_from_right_to_left(officer, version):
    one = officer.get(page("workplan_charts", version)).context["timeline"]
    with override("en"):  # the language of a request would stay with the tests that follow
        other = officer.get("/ar" + page("workplan_charts", version)).context["timeline"]
    first, mirrored = one.bars[0], other.bars[0]
    assert float(first.x[:-1]) + float(first.wide[:-1]) + float(mirrored.x[:-1]) == pytest.approx(100, abs=0.02)


def test_a_report_on_its_way_is_public_and_says_so(client):
    made = w.version_in("finalized")
    for name in ("workplan_report", "workplan_report_pdf"):
        assert client.get(page(name, made.version, number=False)).status_code == 200
    answer = client.get(page("workplan_report", made.version, number=False))
    assert "Report on the way: the plan is not closed yet." in text(answer)


def test_a_draft_has_no_report(officer, version):
    for name in ("workplan_report", "workplan_report_pdf"):
        assert officer.get(page(name, version, number=False)).status_code == 404


def test_the_report_of_a_closed_plan_is_read_by_everybody(client):
    made = w.closed()
    answer = client.get(page("workplan_report", made.version, number=False))
    assert "It went well." in text(answer)
    assert client.get(page("workplan_report_pdf", made.version, number=False)).content.startswith(b"%PDF-")


@pytest.mark.parametrize("name", PRIVATE)
def test_whoever_reads_a_public_plan_may_not_upload_one(name):
    made = w.version_in("finalized")
    client = Client()
    for who, status in {"stranger": 403, "focal_point": 403, "coordinator": 403, "officer": 302}.items():
        client.force_login(getattr(made.known, who))
        assert (who, client.get(page(name, made.version, number=False)).status_code) == (who, status)


@pytest.mark.parametrize("name", ["workplan_charts", "workplan_print", "workplan_xlsx"])
def test_a_page_asks_as_often_for_three_activities_as_for_one(officer, known, name):
    counts = []
    version = plans.large(1, version=plans.draft(centre=known.centre, by=known.officer))
    for number in (1, 3):
        if number > 1:
            plans.large(number - 1, version=version)
        with CaptureQueriesContext(connection) as asked:
            assert officer.get(page(name, version)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
