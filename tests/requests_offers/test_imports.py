"""Files of requests and offers: understood as people have them, refused with every fault, stored once."""

import csv
import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from accounts.errors import NotAllowed
from accounts.models import AuditEvent
from accounts.sheets import files
from accounts.sheets.files import BadFile
from centres.models import Organization
from requests_offers.actions.imports.run import import_offers, import_requests
from requests_offers.models import CooperationRequest, MatchRun, Offer
from tests import factories as f
from tests.examples import some
from tests.requests_offers import tables

pytestmark = pytest.mark.django_db

# Rows of our own, with the fields that files of earlier programmes have.
REQUEST = {
    "id": "LW-90001", "title": "Restaurer la forêt sèche de la côte", "countries": ["TD"], "year": 2014,
    "language": "fr",
    "aichi_targets_in_source": [5, 15], "kmgbf_targets": [1, 6, 11], "kmgbf_basis": "by rule, not checked",
    "objectives": ["1. Planter des espèces indigènes", "2. Former les gardes"], "funding_needed": 463000,
    "currency": "US Dollars", "text": "La forêt sèche recule. Nous cherchons des pépinières et une formation.",
    "source": "a file", "licence": "CC0",
}  # fmt: skip
OFFER = {
    "id": "O-90001", "offer_type": "call for proposals", "title": "Data of collections", "provider": "Museum Network",
    "provider_country": "FR", "language": "en", "coverage": ["Oceania", "TV"], "topic_keywords": ["data", "grants"],
    "kmgbf_targets": [11], "kmgbf_basis": "by hand", "text": "We help museums to publish what they hold.",
    "source": "a file", "licence": "CC0",
}  # fmt: skip


@pytest.fixture
def known(db):
    known = f.everyone_known()
    for number in (1, 6, 11):
        f.target(number)
    f.party("TD"), f.party("FR"), f.region("061")
    return known


@pytest.fixture
def file(tmp_path):
    """Write rows in one of the four ways."""

    def write(rows, ending="jsonl"):
        path = tmp_path / f"rows.{ending}"
        WRITERS[ending](path, rows)
        return path

    return write


def write_json(path, rows):
    path.write_text(json.dumps(rows), encoding="utf-8")


def write_lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def table_of(rows):
    names = list(dict.fromkeys(name for row in rows for name in row))
    cell = {list: lambda value: ";".join(map(str, value)), bool: lambda value: "yes" if value else "no"}
    return [
        names,
        *([cell.get(type(row.get(name)), lambda value: value)(row.get(name, "")) for name in names] for row in rows),
    ]


def write_csv(path, rows):
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows(table_of(rows))


def write_xlsx(path, rows):
    book = Workbook()
    for line in table_of(rows):
        book.active.append(line)
    book.save(path)


WRITERS = {"json": write_json, "jsonl": write_lines, "ndjson": write_lines, "csv": write_csv, "xlsx": write_xlsx}


def faults_of(act, *args, **options):
    """Every fault of a file, as (row, field); nothing may have been stored."""
    before = tables.everything()
    with pytest.raises(BadFile) as caught:
        act(*args, **options)
    assert tables.everything() == before
    assert all(fault.detail.strip().endswith((".", "]")) for fault in caught.value.faults)
    return [(fault.row, fault.field) for fault in caught.value.faults]


# Understood as they are -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", WRITERS)
def test_requests_are_understood_in_every_way_of_writing_them(known, file, ending):
    report = import_requests(file([REQUEST], ending))
    request = CooperationRequest.objects.get()
    assert report.made == [request]
    assert (request.external_id, request.title, request.language) == ("LW-90001", REQUEST["title"], "fr")
    assert (request.party.iso2, request.status, request.visibility) == ("TD", "draft", "public")
    component = request.components.get()
    assert component.text == REQUEST["text"] + "\n\n" + "\n".join(REQUEST["objectives"])
    assert {target.number for target in component.targets.all()} == {1, 6, 11}
    assert request.summary == component.text


@pytest.mark.parametrize("ending", WRITERS)
def test_offers_are_understood_in_every_way_of_writing_them(known, file, ending):
    import_offers(file([OFFER], ending))
    offer = Offer.objects.get()
    assert (offer.external_id, offer.title, offer.language, offer.status) == (
        "O-90001",
        OFFER["title"],
        "en",
        "published",
    )
    assert (offer.organization.name, offer.organization.party.iso2, offer.languages) == ("Museum Network", "FR", ["en"])
    assert not offer.organization.is_verified
    assert [region.code for region in offer.regions.all()] == ["009"]
    assert [party.iso2 for party in offer.parties.all()] == ["TV"]
    assert [target.number for target in offer.targets.all()] == [11]
    assert [item.text for item in offer.items.all()] == ["data, grants"]


def test_other_languages_other_fields_and_several_parties_are_kept(known, file):
    row = REQUEST | {
        "language": "pt-BR", "countries": ["TV", "FJ"], "visibility": "restricted", "consent_required": "yes",
        "starts_on": "2027-01-01", "ends_on": "2027-12-31", "partners_wanted": 2, "contact": "Ana",
    }  # fmt: skip
    import_requests(file([row]))
    request = CooperationRequest.objects.get()
    assert (request.party.iso2, [party.iso2 for party in request.co_parties.all()]) == ("TV", ["FJ"])
    assert (request.language, request.visibility, request.consent_required) == ("pt-BR", "restricted", True)
    component = request.components.get()
    assert (component.starts_on, component.ends_on, component.partners_wanted) == (
        date(2027, 1, 1),
        date(2027, 12, 31),
        2,
    )


def test_several_needs_of_one_request_are_all_kept(known, file):
    needs = [{"title": "Nurseries", "text": "Seed", "targets": [6]}, {"title": "Guards", "description": "Training"}]
    import_requests(file([REQUEST | {"components": needs}]))
    found = [
        (row.number, row.title, row.text) for row in CooperationRequest.objects.get().components.order_by("number")
    ]
    assert found == [(1, "Nurseries", "Seed"), (2, "Guards", "Training")]


def test_faults_in_one_of_several_needs_are_named(known, file):
    needs = [{"title": "Good"}, {"text": "No title", "targets": [99]}, "not a record"]
    assert faults_of(import_requests, file([REQUEST | {"components": needs}])) == [
        (1, "components"), (1, "components.2.targets"), (1, "components.2.title"),
    ]  # fmt: skip
    assert (1, "components") in faults_of(import_requests, file([REQUEST | {"components": [{"title": "A"}] * 21}]))


def test_into_matching_the_steps_are_taken_in_the_name_of_who_imports(known, file):
    report = import_requests(file([REQUEST | {"countries": ["FJ"]}]), by=known.coordinator, state="matching")
    request = report.made[0]
    assert (request.status, request.centre) == ("matching", known.centre)
    events = AuditEvent.objects.of(request).exclude(action="computed")
    assert {(event.action, event.actor) for event in events} == {
        (a, known.coordinator) for a in ("start", "submit", "accept")
    }
    assert MatchRun.objects.get().state == "queued"


def test_offers_ask_once_for_every_need_that_is_matched(known, file):
    f.request_in("matching", known.party)
    MatchRun.objects.all().delete()
    import_offers(file([OFFER, OFFER | {"id": "O-90002"}]))
    assert [run.cause for run in MatchRun.objects.all()] == ["offers imported"]


@pytest.mark.parametrize("person", ["officer", "focal_point", "provider", "stranger"])
def test_only_whoever_may_import_imports(known, file, person):
    for act in (import_requests, import_offers):
        with pytest.raises(NotAllowed):
            act(file([REQUEST]), by=getattr(known, person))


def test_a_known_provider_is_found_by_name_and_by_slug(known, file):
    Organization.objects.filter(pk=known.organization.pk).update(name="Musée océanographique")
    rows = [OFFER | {"id": str(number), "provider": name} for number, name in
            enumerate(["MUSEE OCEANOGRAPHIQUE", known.organization.slug, "Новый институт",
            "Новый институт", ""])]  # fmt: skip
    import_offers(file(rows))
    names = [offer.organization.name for offer in Offer.objects.order_by("external_id")]
    assert names == ["Musée océanographique"] * 2 + ["Новый институт"] * 2 + ["Provider not named"]


# Faults ---------------------------------------------------------------------------------------------------------------

BROKEN = [
    (REQUEST | {"title": " "}, "title"),
    (REQUEST | {"title": "x" * 301}, "title"),
    (REQUEST | {"countries": ["ZZ"]}, "countries"),
    (REQUEST | {"countries": []}, "countries"),
    (REQUEST | {"language": "French"}, "language"),
    (REQUEST | {"language": ""}, "language"),
    (REQUEST | {"kmgbf_targets": [6, 99]}, "kmgbf_targets"),
    (REQUEST | {"year": 12}, "year"),
    (REQUEST | {"funding_needed": "a lot"}, "funding_needed"),
    (REQUEST | {"visibility": "secret"}, "visibility"),
    (REQUEST | {"starts_on": "31.12.2027"}, "starts_on"),
    (REQUEST | {"starts_on": "2027-12-31", "ends_on": "2027-01-01"}, "ends_on"),
    (REQUEST | {"partners_wanted": 10}, "partners_wanted"),
    (REQUEST | {"consent_required": "perhaps"}, "consent_required"),
    (REQUEST | {"subjects": ["unheard_of"]}, "subjects"),
    (REQUEST | {"id": "LW-90001"}, "id"),
]


def broken_rows():
    """A good row, then one row for each fault, each with an id of its own but the last."""
    rows = [row | {"id": f"B-{number}"} for number, (row, _field) in enumerate(BROKEN[:-1])]
    return [REQUEST, *rows, BROKEN[-1][0]]


@pytest.mark.parametrize("ending", ["json", "jsonl", "xlsx", "csv"])
def test_every_fault_is_listed_with_its_row_and_field_and_nothing_is_imported(known, file, ending):
    first = 3 if ending in {"csv", "xlsx"} else 2  # tables begin with the names of the columns
    expected = [(number, field) for number, (_row, field) in enumerate(BROKEN, start=first)]
    assert len(expected) >= 12
    assert faults_of(import_requests, file(broken_rows(), ending)) == expected


def test_with_skip_bad_the_good_rows_are_imported_and_the_faults_are_told(known, file):
    report = import_requests(file(broken_rows()), skip_bad=True)
    assert [request.external_id for request in report.made] == ["LW-90001"]
    assert len(report.faults) == len(BROKEN)
    assert faults_of(import_requests, file([REQUEST | {"title": ""}]), skip_bad=True) == [(1, "title")]


OFFER_FAULTS = [
    ({"text": ""}, "text"),
    ({"provider_country": "France"}, "provider_country"),
    ({"coverage": ["Atlantis"]}, "coverage"),
    ({"capacity": 0}, "capacity"),
    ({"capacity": 1.5}, "capacity"),
    ({"cost_model": "cheap"}, "cost_model"),
    ({"delivery": ["both"]}, "delivery"),
    ({"available_from": "2028-01-01", "available_until": "2027-01-01"}, "available_until"),
    ({"expires_on": "2020-01-01"}, "expires_on"),
    ({"languages": ["tlh"]}, "languages"),
    ({"topic_keywords": [5]}, "topic_keywords"),
    ({"title": {"en": "No"}}, "title"),
    ({"kmgbf_targets": {"6": True}}, "kmgbf_targets"),
    ({"language": "x" * 40}, "language"),
    ({"language": "en-" + "-".join(["abcdefgh"] * 4)}, "language"),
]


@pytest.mark.parametrize(("change", "field"), OFFER_FAULTS)
def test_each_fault_of_an_offer_is_named(known, file, change, field):
    assert faults_of(import_offers, file([OFFER | change])) == [(1, field)]


# Once -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["jsonl", "csv", "xlsx"])
@pytest.mark.parametrize("named", [True, False])
def test_the_same_file_again_changes_nothing(known, file, ending, named):
    rows = [OFFER, OFFER | {"id": "O-90002", "title": "Second"}]
    rows = rows if named else [{name: value for name, value in row.items() if name != "id"} for row in rows]
    path = file(rows, ending)
    assert len(import_offers(path).made) == 2
    before = tables.everything()
    report = import_offers(path)
    assert (report.made, report.known_before) == ([], 2)
    assert tables.everything() == before


def test_a_file_that_grew_brings_only_what_is_new(known, file):
    import_requests(file([REQUEST]))
    report = import_requests(file([REQUEST | {"title": "Changed"}, REQUEST | {"id": "LW-90002"}]))
    assert ([row.external_id for row in report.made], report.known_before) == (["LW-90002"], 1)
    assert CooperationRequest.objects.get(external_id="LW-90001").title == REQUEST["title"]


# Files that are no files ----------------------------------------------------------------------------------------------


def whole(path):
    """The one fault of a file that cannot be read."""
    assert faults_of(import_requests, path) == [(0, "")]
    return str(files.read_file(path).faults[0])


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("rows.pdf", b"%PDF", "ends in .json"),
        ("rows", b"", "ends in .json"),
        ("rows.json", b"", "not valid JSON"),
        ("rows.jsonl", b"", "no rows"),
        ("rows.csv", b"", "no rows"),
        ("rows.csv", b"\xef\xbb\xbf", "no rows"),
        ("rows.csv", b"title,language\r\n", "no rows"),
        ("rows.json", b"[]", "no rows"),
        ("rows.json", b'{"title": "One"}', "one list"),
        ("rows.json", b"[" * 100_000, "not valid JSON"),
        ("rows.json", b'[{"title": "caf\xe9"}]', "not UTF-8"),
        ("rows.csv", b"title\nca\xe9\n", "not UTF-8"),
        ("rows.csv", b"title\n\x00\n", "binary data"),
        ("rows.csv", b'title\n"never closed', "cannot be read"),
        ("rows.xlsx", b"", "not an Excel workbook"),
        ("rows.xlsx", b"PK\x03\x04 nearly a zip", "not an Excel workbook"),
        ("rows.xlsx", b"title,language\nOne,en\n", "not an Excel workbook"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_so_in_a_sentence(known, tmp_path, name, content, sentence):
    path = tmp_path / name
    path.write_bytes(content)
    assert sentence in whole(path)


def test_a_file_that_is_not_there_is_told_so(known, tmp_path):
    assert "no file with this name" in whole(tmp_path / "nothing.csv")


def test_a_line_that_is_no_record_is_named_by_its_number(known, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(REQUEST) + "\n\n[1]\n{broken\n" + '{"a": 1e999}\n')
    assert faults_of(import_requests, path)[:2] == [(3, ""), (4, "")]


def test_a_byte_order_mark_and_semicolons_are_no_hindrance(known, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("\ufeffid;title;countries;language\r\n7;Ménager;FJ;fr\r\n\r\n", encoding="utf-8")
    import_requests(path)
    assert CooperationRequest.objects.get().title == "Ménager"


def test_a_formula_without_a_value_is_an_empty_cell_and_one_in_a_text_stays_a_text(known, file, tmp_path):
    path = tmp_path / "rows.xlsx"
    book = Workbook()
    book.active.append(["id", "title", "countries", "language"])
    book.active.append(["1", '=HYPERLINK("http://example.org","x")', "FJ", "en"])
    book.save(path)
    assert faults_of(import_requests, path) == [(2, "title")]
    import_requests(file([REQUEST | {"title": "=1+1"}], "csv"))
    assert CooperationRequest.objects.get().title == "=1+1"


def test_a_bomb_is_not_unpacked(known, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_UNPACKED", 2_000_000)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 3_000_000)
    assert path.stat().st_size < 10_000
    assert "too large when unpacked" in whole(path)


def test_entities_that_grow_without_end_are_refused(known, file, tmp_path):
    good, bad = file([REQUEST], "xlsx"), tmp_path / "bad.xlsx"
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY e0 "ha">{levels}]><sst>&e9;</sst>'
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as out:
        for part in source.infolist():
            out.writestr(part, bomb if part.filename.endswith("sheet1.xml") else source.read(part))
    assert "not an Excel workbook" in whole(bad)


def test_a_workbook_that_breaks_off_in_the_middle_gives_no_half_import(known, file, tmp_path):
    good, bad = file([REQUEST | {"id": str(n)} for n in range(50)], "xlsx"), tmp_path / "bad.xlsx"
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as out:
        for part in source.infolist():
            content = source.read(part)
            out.writestr(part, content[: len(content) // 2] if part.filename.endswith("sheet1.xml") else content)
    assert "not an Excel workbook" in whole(bad)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_too_many_columns_are_refused_at_once(known, tmp_path, ending):
    path = tmp_path / f"wide.{ending}"
    names = [f"column {number}" for number in range(100_000 if ending == "csv" else 300)]
    if ending == "csv":
        path.write_text(",".join(names) + "\n" + ",".join("1" * 100_000) + "\n")
    else:
        book = Workbook()
        book.active.append(names)
        book.active.append([1] * 300)
        book.save(path)
    assert faults_of(import_requests, path) == [(1, "")]


def test_two_columns_with_one_name_and_cells_without_a_name_are_named(known, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("id,title,title,countries,language\n1,One,Two,FJ,en,more\n")
    assert faults_of(import_requests, path) == [(1, "title"), (2, "")]


def test_more_rows_than_anybody_reads_are_refused(known, file, monkeypatch):
    monkeypatch.setattr(files, "MOST_ROWS", 3)
    for ending in ("jsonl", "csv"):
        assert (0, "") in faults_of(import_requests, file([REQUEST | {"id": str(n)} for n in range(5)], ending))


def test_a_file_that_is_too_large_is_not_opened(known, file, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_FILE", 10)
    assert "larger than" in whole(file([REQUEST]))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | st.text(max_size=8)
    | st.sampled_from(["FJ", "en", "6", "2027-01-01", "1e999", "\x00", "=1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=5,
)  # fmt: skip
NAMES = sorted({*REQUEST, *OFFER, "co_parties", "components", "visibility", "starts_on", "ends_on", "means",
"languages",
                "cost_model", "delivery", "expires_on", "capacity", "partners_wanted", "consent_required",
                "constraints",
                "party", "subjects", "modality", "contact", "regions"})  # fmt: skip
ROWS = st.lists(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6), max_size=3)


@given(rows=ROWS, good=st.booleans())
@some(
    150,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_a_file_holds_it_is_imported_or_its_faults_are_named(known, tmp_path, rows, good):
    path = tmp_path / "rows.json"
    for base, act in ((REQUEST, import_requests), (OFFER, import_offers)):
        path.write_text(json.dumps([(base | row if good else row) for row in rows]), encoding="utf-8")
        faults = []
        try:
            act(path)
        except BadFile as bad:
            faults = bad.faults
        assert all(fault.detail for fault in faults)


# Commands -------------------------------------------------------------------------------------------------------------


def told(*args, **options):
    """What a command says on both streams."""
    out, err = io.StringIO(), io.StringIO()
    call_command(*args, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_the_command_says_what_it_did(known, file):
    path = file([REQUEST])
    assert told("import_requests", path)[0] == "1 requests imported (draft).\n"
    assert "1 were there already" in told("import_requests", path)[0]
    assert told("import_offers", file([OFFER]))[0] == "1 offers imported (published).\n"


def test_the_command_acts_in_the_name_of_a_person(known, file):
    path = file([REQUEST])
    assert told("import_requests", path, "--state", "matching", "--by", known.coordinator.email.upper())[0]
    assert CooperationRequest.objects.get().created_by == known.coordinator
    with pytest.raises(CommandError, match="Nobody has the address"):
        told("import_requests", path, "--by", "nobody@example.org")
    with pytest.raises(CommandError, match="Nothing was imported"):
        told("import_requests", path, "--by", known.officer.email)


def test_the_command_lists_the_faults_and_leaves_out_bad_rows_when_told_to(known, file, capsys):
    path = file([REQUEST | {"title": ""}, REQUEST | {"id": "2", "language": ""}, REQUEST | {"id": "3"}])
    errors = io.StringIO()
    with pytest.raises(CommandError, match="2 faults; nothing was imported"):
        call_command("import_requests", path, stderr=errors)
    assert [line.split(":")[0] for line in errors.getvalue().splitlines()] == ["Row 1, title", "Row 2, language"]
    out, err = told("import_requests", path, "--skip-bad")
    assert "1 requests imported" in out
    assert "2 rows with faults were left out" in out
    assert len(err.splitlines()) == 2


def test_a_workbook_made_here_can_be_opened_again(file):
    sheet = load_workbook(file([OFFER], "xlsx")).active
    assert [cell.value for cell in sheet[1]] == list(OFFER)
    assert timezone.now().date() + timedelta(days=1) > date(2026, 1, 1)
