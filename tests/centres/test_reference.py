import csv
import shutil
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from centres.actions.reference import ReferenceFaults, load_reference
from centres.actions.reference_tables import REFERENCE_FOLDER, TABLES
from centres.models import (
    BeneficiaryGroup,
    CentreFunction,
    Coverage,
    Hosting,
    Organization,
    Party,
    PartyFlag,
    Region,
    SupportCentre,
    Target,
)


@pytest.fixture
def folder(tmp_path):
    """The reference tables, to be changed at will."""
    return shutil.copytree(REFERENCE_FOLDER, tmp_path / "reference")


def rewrite(folder, name, change):
    """Change a table: `change` gets its rows as dictionaries and returns those to write."""
    path = folder / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    headings = list(rows[0])
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, headings, lineterminator="\n")
        writer.writeheader()
        writer.writerows(change(rows))


def with_value(key, name, column, value):
    def change(rows):
        return [row | ({column: value} if row[key] == name else {}) for row in rows]

    return change


def without(key, name):
    return lambda rows: [row for row in rows if row[key] != name]


def rows_of(name):
    folder = next((table.folder for table in TABLES if table.name == name), None) or REFERENCE_FOLDER
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


# The tables -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [table.name for table in TABLES])
def test_every_line_names_its_source(name):
    assert [row for row in rows_of(name) if not row["source"].strip()] == []


@pytest.mark.parametrize("name", [table.name for table in TABLES if "name_fr" in table.columns])
def test_every_name_is_there_in_six_languages(name):
    languages = ("en", "fr", "es", "ar", "zh", "ru")
    assert [row for row in rows_of(name) for code in languages if not row[f"name_{code}"].strip()] == []


def test_every_party_has_a_time_zone_that_exists():
    zones = {row["time_zone"] for row in rows_of("parties")}
    assert {ZoneInfo(zone).key for zone in zones} == zones


def test_no_dot_of_the_map_hides_another():
    places = [(int(row["map_x"]), int(row["map_y"])) for row in rows_of("parties") if row["map_x"]]
    assert len(places) == 195
    near = [
        (one, other)
        for number, one in enumerate(places)
        for other in places[number + 1 :]
        if (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 < 9.2**2
    ]
    assert near == []


def test_people_are_counted_in_the_groups_of_the_table_but_for_none():
    assert [row["code"] for row in rows_of("beneficiary_groups")] == [*BeneficiaryGroup.Code.values, "none"]


# Loading --------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_network_is_as_the_facts_say():
    load_reference()
    assert Party.objects.count() == 196
    assert Party.objects.filter(kind="reio").get().un_group == ""
    assert not Party.objects.filter(iso2__in=["US", "VA"]).exists()
    assert Organization.objects.hosts().count() == 18
    assert SupportCentre.objects.count() == 15
    uncovered = Party.objects.without_centre().values_list("iso2", flat=True)
    assert sorted(uncovered) == ["AU", "CA", "DZ", "GE", "IL", "NZ", "RU"]
    assert [Target.objects.count(), CentreFunction.objects.count()] == [23, 12]
    assert PartyFlag.objects.in_force().filter(kind="LDC").count() == 44
    signed = Hosting.objects.filter(agreement_signed_on__isnull=False).values_list("organization__slug", flat=True)
    assert sorted(signed) == ["oss", "rcmrd"]


@pytest.mark.django_db
def test_a_second_load_changes_nothing():
    first = load_reference()
    assert [report.name for report in first if not report.added] == []
    second = load_reference()
    assert [report.name for report in second if not report.is_unchanged] == []


@pytest.mark.django_db
def test_a_dry_run_says_what_would_change_and_changes_nothing():
    reports = {report.name: report for report in load_reference(dry_run=True)}
    assert len(reports["parties"].added) == 196
    assert not Party.objects.exists()


@pytest.mark.django_db
def test_a_changed_line_changes_its_row_and_is_reported(folder):
    load_reference(folder)
    rewrite(folder, "parties", with_value("iso2", "FJ", "name_en", "Republic of Fiji"))
    reports = {report.name: report for report in load_reference(folder)}
    assert reports["parties"].changed == {"FJ": ["name_en", "search_text"]}
    assert Party.objects.search("republic of fiji").get().iso2 == "FJ"


@pytest.mark.django_db
def test_a_line_that_vanishes_retires_its_row_and_brings_it_back(folder):
    load_reference(folder)
    rewrite(folder, "coverage", without("party", "FJ"))
    reports = {report.name: report for report in load_reference(folder)}
    assert reports["coverage"].retired == ["pacific FJ"]
    assert Party.objects.without_centre().filter(iso2="FJ").exists()
    shutil.copy(REFERENCE_FOLDER / "coverage.csv", folder)
    reports = {report.name: report for report in load_reference(folder)}
    assert reports["coverage"].changed == {"pacific FJ": ["retired_on"]}
    assert not Party.objects.without_centre().filter(iso2="FJ").exists()


@pytest.mark.django_db
def test_what_people_changed_or_made_is_left_alone(folder):
    load_reference(folder)
    Coverage.objects.filter(centre__slug="pacific", party__iso2="FJ").update(confidence="high", from_reference=False)
    made = Organization.objects.create(slug="made-here", name="Made here")
    reports = {report.name: report for report in load_reference(folder)}
    assert reports["coverage"].kept == ["pacific FJ"]
    assert Coverage.objects.get(centre__slug="pacific", party__iso2="FJ").confidence == "high"
    made.refresh_from_db()
    assert made.retired_on is None


@pytest.mark.django_db
def test_a_new_subject_may_stand_below_another_new_one(folder):
    rewrite(folder, "regions", lambda rows: list(reversed(rows)))
    load_reference(folder)
    assert Region.objects.get(code="017").parent.parent.code == "002"


# Faults ---------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_fault_is_listed_and_nothing_is_loaded(folder):
    rewrite(folder, "parties", with_value("iso2", "FJ", "weekend", "Saturday"))
    rewrite(folder, "party_flags", with_value("party", "TV", "confirmed", "perhaps"))
    rewrite(folder, "hostings", with_value("organization", "oss", "agreement_signed_on", "18 July 2025"))
    rewrite(folder, "coverage", with_value("party", "KI", "party", "QQ"))
    rewrite(folder, "organizations", with_value("slug", "acb", "kind", "club"))
    rewrite(folder, "goals", lambda rows: [*rows, rows[0]])
    (folder / "targets.csv").unlink()
    with pytest.raises(ReferenceFaults) as refused:
        load_reference(folder)
    told = {(fault.file, fault.column) for fault in refused.value.faults}
    assert told == {
        ("parties.csv", "weekend"),
        ("party_flags.csv", "confirmed"),
        ("hostings.csv", "agreement_signed_on"),
        ("coverage.csv", "party"),
        ("organizations.csv", "kind"),
        ("goals.csv", "key"),
        ("targets.csv", "file"),
    }
    assert not Region.objects.exists()


@pytest.mark.django_db
def test_a_missing_and_an_unknown_column_are_named(folder):
    path = folder / "regions.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("kind,", "sort,", 1), encoding="utf-8")
    with pytest.raises(ReferenceFaults) as refused:
        load_reference(folder)
    assert [(fault.column, fault.sentence) for fault in refused.value.faults if fault.file == "regions.csv"] == [
        ("kind", "Add this column."),
        ("sort", "Remove this column."),
    ]


@pytest.mark.django_db
def test_a_line_that_breaks_a_rule_of_the_database_is_named(folder):
    rewrite(folder, "hostings", with_value("organization", "oss", "operating_on", "2025-01-01"))
    with pytest.raises(ReferenceFaults) as refused:
        load_reference(folder)
    broken = "It breaks the rule hosting_operating_not_before_agreement_signed."
    assert [fault.sentence for fault in refused.value.faults] == [broken]
    assert not Region.objects.exists()


@pytest.mark.django_db
def test_rows_that_refer_to_each_other_in_a_circle_are_refused(folder):
    rewrite(folder, "subjects", with_value("code", "biomes", "broader", "agr"))
    with pytest.raises(ReferenceFaults, match="in a circle"):
        load_reference(folder)


# The command ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_command_prints_what_changed_and_then_no_change():
    first, second = StringIO(), StringIO()
    call_command("load_reference", stdout=first)
    call_command("load_reference", stdout=second)
    assert "parties: 196 rows, 196 added" in first.getvalue()
    assert second.getvalue().splitlines()[-1] == "No change."


@pytest.mark.django_db
def test_the_command_lists_the_faults_and_fails(folder):
    rewrite(folder, "coverage", with_value("party", "KI", "party", "QQ"))
    with pytest.raises(CommandError, match=r"There is no QQ in parties\.csv"):
        call_command("load_reference", folder=folder, stdout=StringIO())
