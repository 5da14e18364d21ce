"""The workbook of a plan: what is not changed changes nothing, what is changed is told and applied, faults come all at
once.
"""

from datetime import date, datetime

import pytest

from tests import factories as f
from tests.workplans import plans
from tests.workplans.workbooks import Edited, compared, read, through_libreoffice, written
from workplans.actions import drafting, snapshots
from workplans.actions.sheets import apply_sheet
from workplans.models import Activity, BudgetLine

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return f.officer_of(f.centre_serving(f.party("FJ")))


@pytest.fixture
def version(officer):
    return plans.small(by=officer)


def applied(comparison, by):
    return apply_sheet(
        comparison.version, by=by, changes=comparison.changes, digest=comparison.digest, key=comparison.key
    )


def references(version):
    return [row.reference for row in version.activities.in_order()]


def line_references(version):
    return [row.reference for row in BudgetLine.objects.filter(activity__version=version).in_order()]


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", "zh-hans", "ru"])
def test_an_unchanged_workbook_changes_nothing(version, officer, language):
    found = compared(version, written(version, language), officer)
    assert (found.faults, found.is_empty, found.groups, found.is_stale) == ([], True, [], False)


def test_every_kind_of_cell_can_be_changed_and_is_told_and_saved(version, officer):
    one, two, three = references(version)
    with Edited(written(version)) as book:
        book.put("activities", one, "title", "Survey of mangroves")
        book.put("activities", one, "starts_on", date(2027, 3, 1))
        book.put("activities", one, "is_essential", "no")
        book.put("activities", three, "position", 1)
        book.put("results", f"{one}-R1", "title", "A map of mangroves")
        book.put("budget", line_references(version)[0], "amount", 2000)
        book.put("budget", line_references(version)[0], "funding", "Core budget of the host")
    found = compared(version, book.content, officer)
    assert found.faults == []
    assert [group.reference for group in found.groups] == ["", three, one]
    assert found.number == 8  # seven cells, and the total that follows
    applied(found, officer)
    document = snapshots.build(plans.again(version))
    assert [one["reference"] for one in document["activities"]] == [three, one, two]
    changed = document["activities"][1]
    assert (changed["title"], changed["starts_on"], changed["is_essential"]) == (
        "Survey of mangroves",
        "2027-03-01",
        False,
    )
    assert changed["results"][0]["title"] == "A map of mangroves"
    assert (changed["budget_lines"][0]["amount"], changed["budget_lines"][0]["funding"]) == ("2000.00", "core")
    assert compared(plans.again(version), written(plans.again(version)), officer).is_empty


def test_what_was_shown_is_what_comes_of_it(version, officer):
    """The document of the preview is the document after saving, new references aside."""
    one = references(version)[0]
    with Edited(written(version)) as book:
        book.put("activities", one, "description", "Another text")
        book.put("activities", one, "parties", "WS; Fiji")
        book.put(
            "indicators", read(book.content).tables["indicators"].lines[0].get("reference").text, "target_2028", 12.25
        )
    samoa = f.party("WS")
    found = compared(version, book.content, officer)
    assert [line.sentence for group in found.groups for line in group.differences] == [
        "Description: from “Divers and fishers map the beds.\nTwo lagoons a year.” to “Another text”.",
        f"Parties: {samoa.name} added.",
        "Indicator “Beds surveyed”: Targets: from “2028: 9.5” to “2028: 12.25”.",
    ]
    applied(found, officer)
    activity = snapshots.build(plans.again(version))["activities"][0]
    assert [party["iso2"] for party in activity["parties"]] == ["FJ", "WS"]
    assert activity["results"][0]["indicators"][0]["targets"][1] == {"year": 2028, "value": "12.25"}


def test_new_records_are_added_once_however_often_the_file_comes(version, officer):
    content = written(version)
    with Edited(content) as book:
        book.put("activities", "NEW-1", "title", "Training of rangers")
        book.put("activities", "NEW-1", "targets", f.target().number)
        book.put("results", "NEW-1", "activity", "NEW-1")
        book.put("results", "NEW-1", "kind", "Outcome")
        book.put("results", "NEW-1", "title", "Rangers know reefs")
        book.put("indicators", "NEW-2", "result", "NEW-1")
        book.put("indicators", "NEW-2", "title", "Rangers trained")
        book.put("indicators", "NEW-2", "target_2027", 20)
        for code, value in {
            "activity": "NEW-1",
            "year": 2028,
            "category": "Travel",
            "amount": 10,
            "currency": "usd",
            "funding": "Sought",
        }.items():
            book.put("budget", "NEW-5", code, value)
    found = compared(version, book.content, officer)
    assert (found.faults, [line.kind for line in found.groups[-1].differences]) == ([], ["added"])
    applied(found, officer)
    made = snapshots.build(plans.again(version))["activities"][-1]
    assert (made["title"], made["results"][0]["kind"], len(made["budget_lines"])) == (
        "Training of rangers",
        "outcome",
        1,
    )
    assert made["results"][0]["indicators"][0]["targets"] == [{"year": 2027, "value": "20"}]
    again = compared(plans.again(version), book.content, officer)
    assert (again.faults, again.groups, again.is_empty) == ([], [], True)


def test_deleted_and_emptied_rows_are_taken_out_only_with_a_word(version, officer):
    one, two, three = references(version)
    line = line_references(version)[-1]
    with Edited(written(version)) as book:
        book.delete("activities", one)
        for code in ("year", "category", "description", "amount", "currency", "funding", "activity"):
            book.put("budget", line, code, None)
    found = compared(version, book.content, officer)
    assert found.faults == []
    assert found.needs_word
    assert found.changes.removed_activities == [one]
    assert line in found.changes.removed_lines
    applied(found, officer)
    assert references(version) == [two, three]
    assert line not in line_references(version)


FAULTS = {  # sheet, code: what somebody wrote, and the beginning of what the portal says
    ("activities", "title"): ("x" * 301, "This has 301 characters"),
    ("activities", "starts_on"): ("next spring", "“next spring” is not a day."),
    ("activities", "ends_on"): (date(2020, 1, 1), "Choose a last day that is not before the first day."),
    ("activities", "is_essential"): ("perhaps", "“perhaps”: write yes or no."),
    ("activities", "targets"): ("6; 99", "“99” is not in the list. Choose one of: "),
    ("activities", "parties"): ("Atlantis", "“Atlantis” is not in the list. Choose one of: Fiji."),
    ("activities", "components"): ("REQ-000042-1", "“REQ-000042-1” is not known"),
    ("activities", "position"): ("first", "“first” is not a whole number."),
    ("results", "kind"): ("impact", "“impact” is not in the list. Choose one of: Output; Outcome."),
    ("results", "activity"): ("ACT-999999", "There is no such record in the sheet “Activities”."),
    ("indicators", "target_2027"): ("many", "“many” is not a number."),
    ("budget", "amount"): (12.345, "“12.345” has more than 2 decimals. Round it."),
    ("budget", "year"): (2031, "Choose a year of the plan: 2027, 2028."),
    ("budget", "category"): ("cars", "“cars” is not in the list. Choose one of: Staff;"),
    ("budget", "currency"): ("XYZ", "Write the three letters of a currency in use"),
    ("budget", "rate_to_usd"): (1.5, "Dollars need no rate"),
    ("budget", "funder"): ("nobody", "“nobody” is not in the list. Choose one of: "),
    ("budget", "reference"): ("BL-999999", "The plan has no record with this reference."),
}


@pytest.mark.parametrize("place", FAULTS, ids=lambda place: "-".join(place))
def test_each_fault_is_told_with_its_cell_and_what_to_do(version, officer, place):
    sheet, code = place
    value, sentence = FAULTS[place]
    with Edited(written(version)) as book:
        reference = book.sheet(sheet).cell(4, 1).value
        cell = book.cell(sheet, reference, code)
        cell.value = value
    found = compared(version, book.content, officer)
    assert [(fault.sheet, fault.cell) for fault in found.faults] == [(sheet, cell.coordinate)]
    assert found.faults[0].detail.startswith(sentence)
    assert (found.groups, found.changes.activities) == ([], {})


def test_a_formula_counts_with_its_result_and_needs_one(version, officer):
    line = line_references(version)[0]
    with Edited(written(version)) as book:
        book.put("budget", line, "amount", "=1000*3")  # openpyxl stores no result
    found = compared(version, book.content, officer)
    assert [fault.detail for fault in found.faults] == [
        "This formula has no stored result. Open the file in a spreadsheet program and save it once."
    ]


def test_a_text_that_looks_like_a_formula_stays_a_text(officer):
    version = plans.draft(by=officer, activities=[(plans.activity(title="=1+1", description="@SUM(A1)\n+41 79"), [])])
    assert compared(version, written(version), officer).is_empty
    with Edited(written(version)) as book:
        cell = book.cell("activities", references(version)[0], "title")
        assert (cell.value, cell.data_type) == ("=1+1", "s") or cell.quotePrefix is not None


def test_the_workbook_holds_typed_cells_lists_and_protected_references(version):
    with Edited(written(version)) as book:
        one = references(version)[0]
        assert isinstance(book.get("activities", one, "starts_on"), datetime)
        assert book.get("budget", line_references(version)[0], "amount") == 1250.5
        for name in ("activities", "results", "indicators", "budget"):
            sheet = book.sheet(name)
            assert sheet.protection.sheet
            assert sheet.cell(4, 1).protection.locked
            assert not sheet.cell(4, book.column(name, "title" if name != "budget" else "amount")).protection.locked
        kinds = [rule.type for rule in book.sheet("budget").data_validations.dataValidation]
        assert {"list", "date", "decimal"} <= set(kinds)
        assert book.book["base"].sheet_state == "hidden"
        assert book.book["guide"].cell(1, 1).value == version.title


def test_the_workbook_speaks_the_language_of_the_plan(version):
    with Edited(written(version, "ar")) as book:
        assert book.sheet("activities").sheet_view.rightToLeft
    with Edited(written(version)) as book:
        assert not book.sheet("activities").sheet_view.rightToLeft


def test_edits_of_two_people_are_both_kept_and_the_same_cell_is_shown(version, officer):
    one, two, _three = references(version)
    content = written(version)
    colleague = f.head_of(version.workplan.centre)
    rows = {row.reference: row for row in Activity.objects.filter(version=version)}
    drafting.save_activity(rows[one], by=colleague, data={"title": "By the colleague", "other_partners": "A club"})
    with Edited(content) as book:
        book.put("activities", one, "title", "By the file")
        book.put("activities", two, "title", "Also by the file")
    found = compared(plans.again(version), book.content, officer)
    assert found.is_stale
    assert found.needs_word
    assert [(clash.reference, clash.code, clash.portal, clash.file) for clash in found.merged.clashes] == [
        (one, "title", "By the colleague", "By the file")
    ]
    applied(found, officer)
    titles = {row.reference: (row.title, row.other_partners) for row in Activity.objects.filter(version=version)}
    assert titles[one] == ("By the file", "A club")
    assert titles[two][0] == "Also by the file"


def test_an_edit_between_comparison_and_saving_is_not_overwritten(version, officer):
    one = references(version)[0]
    with Edited(written(version)) as book:
        book.put("activities", one, "title", "By the file")
    found = compared(version, book.content, officer)
    row = Activity.objects.get(version=version, position=1)
    drafting.save_activity(row, by=f.head_of(version.workplan.centre), data={"title": "By the colleague"})
    with pytest.raises(Exception, match="Somebody has changed the plan since"):
        applied(found, officer)
    assert Activity.objects.get(pk=row.pk).title == "By the colleague"


def test_a_workbook_of_another_plan_and_other_files_are_refused(version, officer):
    other = plans.draft(centre=f.centre(f.party("TD"), name="Another Centre"))
    found = compared(version, written(other), officer)
    assert [fault.detail for fault in found.faults] == [
        f"This workbook belongs to the plan {other.workplan.reference}. Upload it on the page of that plan."
    ]
    assert compared(version, b"no workbook", officer).faults[0].detail.startswith("This is not a Word or Excel file")


# The large plan -------------------------------------------------------------------------------------------------------


def ten_edits_and_five_faults(version):
    """A person's afternoon: ten cells changed rightly, five wrongly, all over the plan."""
    rows, lines = references(version), line_references(version)
    right, wrong = Edited(written(version)), None
    with right as book:
        for place, title in ((3, "New title"), (77, plans.ARABIC + " ٢"), (150, plans.CHINESE + "二")):
            book.put("activities", rows[place], "title", title)
        book.put("activities", rows[200], "starts_on", date(2027, 5, 17))
        book.put("activities", rows[201], "parties", "WS")
        book.put("activities", rows[202], "is_essential", "no")
        book.put("results", f"{rows[240]}-R1", "title", "Another report")
        book.put("budget", lines[5], "amount", 4321.09)
        book.put("budget", lines[400], "category", "Equipment and technology")
        book.put("budget", lines[599], "notes", "Two “quotes”, & <tags>")
    wrong = Edited(right.content)
    with wrong as book:
        book.put("activities", rows[10], "ends_on", "soon")
        book.put("activities", rows[20], "targets", "77")
        book.put("budget", lines[30], "amount", "a lot")
        book.put("budget", lines[31], "year", 1999)
        book.put("results", f"{rows[40]}-R1", "kind", "miracle")
    return right.content, wrong.content


@pytest.fixture
def great(officer):
    return plans.large(300, version=plans.draft(by=officer))


def test_300_activities_no_change_then_ten_edits_then_five_faults(great, officer):
    assert compared(great, written(great), officer).is_empty
    right, wrong = ten_edits_and_five_faults(great)
    found = compared(great, wrong, officer)
    assert len(found.faults) == 5
    assert found.changes.activities == {}
    found = compared(great, right, officer)
    assert found.faults == []
    assert sum(len(codes) for codes in found.merged.changed.values()) == 10
    assert found.number == 11  # and the total, which follows from an amount
    applied(found, officer)
    assert compared(plans.again(great), right, officer).is_empty


@pytest.mark.torture
def test_libreoffice_keeps_days_formulas_and_arabic(great, officer, tmp_path):
    plain = through_libreoffice(written(great, "ar"), tmp_path / "plain")
    found = compared(great, plain, officer)
    assert (found.faults, found.groups, found.is_empty) == ([], [], True)
    right, wrong = ten_edits_and_five_faults(great)
    with Edited(right) as book:
        line = line_references(great)[100]
        book.put("budget", line, "amount", "=1000*3+0.5")
    found = compared(great, through_libreoffice(book.content, tmp_path / "right"), officer)
    assert found.faults == []
    assert sum(len(codes) for codes in found.merged.changed.values()) == 11
    assert found.changes.lines[line][1]["amount"] == "3000.50"
    assert len(compared(great, through_libreoffice(wrong, tmp_path / "wrong"), officer).faults) == 5
