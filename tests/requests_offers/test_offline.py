"""The request form as a file: written in six languages, filled in offline, saved by LibreOffice, read with all its
faults.
"""

import io
import random
import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from requests_offers.actions import drafts
from requests_offers.models import CooperationRequest
from requests_offers.offline import applying, reading, understanding, words
from tests import factories as f
from tests.requests_offers import office_files as files
from tests.requests_offers.offline_forms import (
    KINDS,
    LANGUAGES,
    SHORT,
    apply,
    edited,
    faults_of,
    form_of,
    in_full,
    make_words,
    read,
    upload,
    with_part,
    written,
)

pytestmark = pytest.mark.django_db

FILING = {
    "mechanism": "ctcn",
    "name": "",
    "external_id": "2024-12",
    "status": "filed",
    "url": "https://www.example.org/1",
}

# Our own forms, filled in and saved again by LibreOffice 7.4: they belong to REQ-000042 in its first version.
SAVED_BY_LIBREOFFICE = Path(__file__).parent / "files"


@pytest.fixture(autouse=True)
def words_of_the_form():
    make_words()


@pytest.fixture
def office(client):
    client.force_login(f.focal_point_of(f.party("FJ")))
    return client


# Writing and reading --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_comes_back_from_its_form_as_it_was(kind, language):
    needs = [f.need(text="One\n=1+1\n\n  three", starts_on=date(2027, 3, 1), means="part"), f.need(title="Second")]
    together = f.party("TV")
    more = {"co_parties": [together], "constraints_addressed": [f.constraint()], "consent_required": True}
    more |= {"consent_given": True, "consent_notice": "Ask the elders first.", "beneficiaries_note": "Two villages"}
    more |= {"priorities": [f.priority(f.party("FJ"), code="NT 6"), f.priority(together, code="NT 6")]}
    more |= {"beneficiary_groups": [f.beneficiary_group()], "filings": [FILING, FILING | {"external_id": "2"}]}
    draft = in_full(f.draft_request(f.party("FJ"), needs=needs, contact="focal@example.org", **more))
    form = read(form_of(draft, kind, language))
    understood = understanding.understand(form, words.Lists())
    assert understood.faults == []
    assert understood.party == draft.party
    assert form.meta == {"FORM": f"2 {language}", "REF": draft.reference, "VERSION": "1"}
    assert applying.plan(draft, form, understood, words.Lists()) == applying.Plan({}, [])


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_of_seven_needs_has_room_for_all(kind):
    draft = in_full(f.draft_request(f.party("FJ"), needs=[f.need(title=f"Need {number}") for number in range(7)]))
    found = understanding.understand(read(form_of(draft, kind)), words.Lists())
    assert [need["title"] for need in found.needs.values()] == [f"Need {number}" for number in range(7)]


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_form_asks_for_party_and_title_only(kind):
    assert faults_of(written(kind)) == [
        ("Q1", "", "This is missing. Fill it in."),
    ]


def test_arabic_runs_from_right_to_left():
    content = written("docx", SHORT | {"Q2": "شرح"}, language="ar")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        document = archive.read("word/document.xml").decode()
    tables, paragraphs = document.count("<w:tbl>"), document.count("<w:pPr>")
    assert document.count("<w:bidiVisual") == tables
    assert document.count("<w:rtl/>") > tables
    assert 0 < document.count("<w:bidi/>") <= paragraphs + 1
    book = load_workbook(io.BytesIO(written("xlsx", SHORT, language="ar")))
    assert [sheet.sheet_view.rightToLeft for sheet in book.worksheets] == [True, True, True]


def test_french_runs_from_left_to_right():
    with zipfile.ZipFile(io.BytesIO(written("docx", SHORT, language="fr"))) as archive:
        assert b"<w:bidi" not in archive.read("word/document.xml")


@pytest.mark.parametrize("lead", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "http://x", "{=1}"])
def test_no_answer_becomes_a_formula_or_a_link(lead):
    book = load_workbook(io.BytesIO(written("xlsx", {"Q2": lead})))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.value == lead] == [lead]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not any(cell.hyperlink for cell in cells)


def test_the_workbook_offers_the_codes_of_single_choices():
    book = load_workbook(io.BytesIO(written("xlsx")))
    rules = {rule.formula1 for sheet in book.worksheets for rule in sheet.data_validations.dataValidation}
    assert len(rules) == 6
    assert all(rule.startswith("codes!$") for rule in rules)


# Files saved by LibreOffice -------------------------------------------------------------------------------------------

TITLES = {"fr": "Lutte contre les plantes envahissantes des lacs", "ar": "مكافحة النباتات الغازية في البحيرات"}
NEEDS = {"fr": ["Lutte biologique", "Former les pêcheurs"], "ar": ["مكافحة حيوية", "تدريب الصيادين"]}
SUMMARIES = {
    "fr": (
        "Les plantes flottantes ferment les débarcadères.\n\nNous cherchons une méthode « sans herbicide ».",
        "Des insectes, pas de produits.\n=1+1",
    ),
    "ar": (
        "تغلق النباتات الطافية مواقع الإنزال.\n\nنبحث عن طريقة بلا مبيدات (WWF 2027).",
        "حشرات لا مواد كيميائية.",
    ),
}


@pytest.fixture
def draft_42():
    data = {"title": "Old title", "summary": "Old summary", "components": [f.need(), f.need(title="Second")]}
    return drafts.start_request(f.party("FJ"), by=f.focal_point_of(f.party("FJ")), data=data, id=42)


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_form_saved_by_libreoffice_reaches_the_draft(office, draft_42, kind, language):
    content = (SAVED_BY_LIBREOFFICE / f"request-{language}.{kind}").read_bytes()
    preview = upload(office, content, draft_42)
    assert preview.status_code == 200
    assert apply(office, preview, draft_42).url == draft_42.get_absolute_url()
    saved = in_full(draft_42)
    assert (saved.title, saved.summary) == (TITLES[language], SUMMARIES[language][0])
    assert (saved.language, saved.visibility, saved.consent_required) == (language, "network", True)
    assert [party.iso2 for party in saved.co_parties.all()] == ["TV"]
    assert [row.code for row in saved.constraints_addressed.all()] == ["access_to_technology"]
    first, third = words.components_of(saved)
    assert [first.number, third.number] == [1, 2]  # the second was taken out, another is new
    assert [first.title, third.title] == NEEDS[language]
    assert (first.text, first.modality, first.means) == (SUMMARIES[language][1], "south_south", "part")
    assert (first.languages, first.partners_wanted) == ([language, "en"], 2)
    assert (first.starts_on, first.ends_on) == (date(2027, 3, 1), date(2027, 12, 31))
    assert [row.number for row in first.targets.all()] == [6]
    assert [row.code for row in first.subjects.all()] == ["invasive_alien_species"]
    assert [row.code for row in first.cooperation_types.all()] == ["technology_transfer"]


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_preview_says_what_would_change_and_saves_nothing(office, draft_42, kind, language):
    content = (SAVED_BY_LIBREOFFICE / f"request-{language}.{kind}").read_bytes()
    preview = upload(office, content)  # the form knows its draft; any upload page will do
    changes = {change.label: (change.before, change.after) for change in preview.context["plan"].changes}
    assert changes["Title"] == ("Old title", TITLES[language])
    assert changes["Need 2"] == ("Second", "is removed")
    assert changes["Need 3: This need in one line"] == ("", NEEDS[language][1])
    assert TITLES[language] in preview.text
    assert in_full(draft_42).title == "Old title"


# Faults ---------------------------------------------------------------------------------------------------------------

TWELVE = {
    "P": "FJ; TV",
    "Q2": "x" * 50_000,
    "Q3": "Esperantish",
    "Q4": "money",
    "Q7": "perhaps",
    "Q8": "secret",
    "N1.1": "Control",
    "N1.4": "north",
    "N1.6": "spring 2027",
    "N1.9": "12",
    "N1.10": "6; 99",
    "N2.2": "A need without a title",
    "N2.6": "2027-12-31",
    "N2.7": "2027-01-31",
    "Q1": "Lake plants",
}
TWELVE_FAULTS = [
    ("P", "FJ; TV"), ("Q2", "x" * 39 + "…"), ("Q3", "Esperantish"), ("Q4", "money"), ("Q7", "perhaps"),
    ("Q8", "secret"),
    ("N1.4", "north"), ("N1.6", "spring 2027"), ("N1.9", "12"), ("N1.10", "6; 99"), ("N2.1", ""),
    ("N2.7", "2027-01-31"),
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_with_twelve_faults_lists_all_twelve(office, kind):
    content = written("docx", TWELVE) if kind == "docx" else written("xlsx", TWELVE | {"Q2": "x" * 32_000})
    response = upload(office, content)
    assert response.status_code == 422
    found = [(fault.code, fault.found) for _, fault in response.context["faults"]]
    assert found == TWELVE_FAULTS
    for _, fault in response.context["faults"]:
        assert fault.detail
        assert f"[{fault.code}]" in response.text
    assert "A need without a title" in response.text  # nothing that was written is lost
    assert CooperationRequest.objects.count() == 0


OF_THE_LATER_PAGES = {
    "Q7": "yes",
    "Q8": "public",
    "Q10": "NT 6; NT 99",
    "Q12": "farmers",
    "Q16": "ctcn, 1, lost\n\nnowhere",
}


@pytest.mark.parametrize("kind", KINDS)
def test_faults_in_the_answers_of_the_later_pages(kind):
    f.priority(f.party("FJ"), code="NT 6")
    f.priority(f.party("TV"), code="NT 99")
    found = faults_of(written(kind, SHORT | OF_THE_LATER_PAGES))
    assert [code for code, _, _ in found] == ["Q10", "Q12", "Q16", "Q8"]
    assert "NT 99" in found[0][2]
    assert "nobody has said yet that those whose knowledge it is agree" in found[3][2]
    found = faults_of(written(kind, SHORT | {"Q16": "ctcn, 1, lost\nGreen fund, 2\n, 3\nctcn, 4, filed, http://x"}))
    assert [code for code, _, _ in found] == ["Q16"] * 3


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "ctcn, 2024-12, filed, https://www.example.org/1",
            ("ctcn", "", "2024-12", "filed", "https://www.example.org/1"),
        ),
        ("CTCN، 2024-12", None),
        ("NDC Partnership", ("ndc_partnership", "", "", "filed", "")),
        ("Green fund of the region， 7， accepted", ("other", "Green fund of the region", "7", "accepted", "")),
    ],
)
def test_a_filing_elsewhere_is_one_line(line, expected):
    expected = expected or ("ctcn", "", "2024-12", "filed", "")
    understood = understanding.understand(read(written("docx", SHORT | {"Q16": line})), words.Lists())
    assert [tuple(one.values()) for one in understood.data["filings"]] == [expected]


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_of_the_first_edition_changes_nothing_that_it_did_not_ask(office, draft_42, kind):
    data = {"priorities": [f.priority(f.party("FJ"))], "consent_notice": "Ask the elders first.", "filings": [FILING]}
    drafts.save_request(draft_42, by=f.focal_point_of(f.party("FJ")), data=data)
    content = (SAVED_BY_LIBREOFFICE / f"request-fr.{kind}").read_bytes()
    apply(office, upload(office, content, draft_42, replace="1"), draft_42, replace="1")
    saved = in_full(draft_42)
    assert (saved.title, saved.consent_notice) == (TITLES["fr"], "Ask the elders first.")
    assert (saved.priorities.count(), saved.filings.count()) == (1, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_corrected_file_is_taken(office, kind):
    good = {"P": "FJ", "Q2": "x", "Q3": "fr", "Q4": "", "Q7": "no", "Q8": "public", "N1.4": "", "N1.6": "2027-02-01"}
    good |= {"N1.9": "2", "N1.10": "6", "N2.1": "Second", "N2.7": ""}
    preview = upload(office, written(kind, TWELVE | good))
    apply(office, preview)
    saved = in_full(CooperationRequest.objects.get())
    assert (saved.title, saved.status, saved.party) == ("Lake plants", "draft", f.party("FJ"))
    assert [need.title for need in words.components_of(saved)] == ["Control", "Second"]


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("Q3", "Français", "fr"),
        ("Q3", "pt-BR", "pt-BR"),
        ("Q8", "Restricted: office, centre and the other side of an offered match", "restricted"),
        ("Q7", "oui", True),
        ("Q7", "否", False),
        ("Q5", "Tuvalu", ["TV"]),
        ("Q5", "TV - Tuvalu", ["TV"]),
        ("N1.5", "French, English、ar", ["fr", "en", "ar"]),
        ("N1.7", "٢٠٢٧/٣/١", date(2027, 3, 1)),
        ("N1.9", "٣", 3),
        ("N1.10", "6 Reduce invasive alien species", [6]),
        ("N1.11", "Invasive alien species", ["invasive_alien_species"]),
    ],
)
def test_answers_may_be_words_and_digits_of_any_script(code, text, expected):
    found = understanding.understand(read(written("docx", SHORT | {code: text})), words.Lists())
    assert found.faults == []
    questions = words.REQUEST if code[0] == "Q" else words.NEED
    question = next(one for one in questions if one.code == code.removeprefix("N1."))
    value = (found.data if code[0] == "Q" else found.needs[1])[question.field]
    if isinstance(value, list) and value and not isinstance(value[0], str):
        value = [getattr(row, {"parties": "iso2", "targets": "number"}.get(question.list, "code")) for row in value]
    assert value == expected


def test_a_name_that_only_begins_like_another_is_not_taken_for_it():
    assert [fault[0] for fault in faults_of(written("docx", SHORT | {"Q5": "Fiji Islands of the North"}))] == ["Q5"]


def test_a_formula_gets_a_sentence_and_its_neighbours_are_read():
    book = load_workbook(io.BytesIO(written("xlsx", SHORT)))
    cells = {cell.value: cell for row in book["request"].iter_rows(max_col=1) for cell in row}
    for code, formula in {"[Q2]": "=1+1", "[Q6]": '=WEBSERVICE("http://x")'}.items():
        book["request"].cell(cells[code].row, 3, formula)
    book["needs"]["D4"] = "=A1"
    file = io.BytesIO()
    book.save(file)
    assert faults_of(file.getvalue()) == [
        ("Q2", "=1+1", "This is a formula. Write the value itself."),
        ("Q6", '=WEBSERVICE("http://x")', "This is a formula. Write the value itself."),
        ("N1.2", "=A1", "This is a formula. Write the value itself."),
    ]


def test_typed_cells_are_read_as_what_they_show():
    book = load_workbook(io.BytesIO(written("xlsx", SHORT)))
    sheet = book["needs"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for code, value in {"[6]": date(2027, 3, 1), "[9]": 2.0, "[10]": 6}.items():
        sheet.cell(4, columns[code], value)
    file = io.BytesIO()
    book.save(file)
    found = understanding.understand(read(file.getvalue()), words.Lists())
    assert found.faults == []
    need = found.needs[1]
    assert (need["starts_on"], need["partners_wanted"], need["targets"]) == (date(2027, 3, 1), 2, [f.target()])


def test_a_line_added_below_the_last_need_is_one_more_need():
    book = load_workbook(io.BytesIO(written("xlsx", SHORT)))
    book["needs"]["C9"] = "The sixth"
    file = io.BytesIO()
    book.save(file)
    assert sorted(understanding.understand(read(file.getvalue()), words.Lists()).needs) == [1, 6]


def test_a_cell_beside_the_answers_is_not_lost():
    book = load_workbook(io.BytesIO(written("xlsx", SHORT)))
    book["request"]["F12"] = "By the way"
    book["needs"]["P4"] = "And more"
    file = io.BytesIO()
    book.save(file)
    assert sorted(fault[1] for fault in faults_of(file.getvalue())) == ["And more", "By the way"]


CELL = "<w:t>Lake plants</w:t>"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ((CELL, f"{CELL}<w:drawing/>"), ("Q1", "a picture")),
        (("[Q2]", "[Q1]"), ("Q1", "")),
        (("[Q2]", "[Q77]"), ("", "[Q77]")),
        (("<w:sectPr", "<w:p><w:r><w:t>By the way</w:t></w:r></w:p><w:sectPr"), ("", "By the way")),
        (("One line that somebody", "One line that somebody"), None),
    ],
)
def test_nothing_in_a_word_file_is_lost_silently(change, fault):
    found = [(code, text) for code, text, _ in faults_of(edited(written("docx", SHORT), change))]
    assert (fault in found) if fault else found == []


def test_an_answer_typed_into_the_grey_part_is_not_lost():
    help_text = "Two to ten sentences, in any language. Who has the problem, where, and what would help?"
    row = f"<w:t>{help_text}</w:t></w:r></w:p><w:p><w:r><w:t>Plants close the lake.</w:t></w:r></w:p><w:p><w:r>"
    content = edited(written("docx", SHORT), (f"<w:t>{help_text}</w:t></w:r></w:p>", row + "</w:r></w:p>"))
    sentence = "This answer stands in the grey part and is not read. Move it into the white box."
    assert faults_of(content) == [("Q2", "Plants close the lake.", sentence)]


def test_a_row_added_below_an_answer_is_not_lost():
    row = "<w:tr><w:tc><w:p/></w:tc><w:tc><w:p><w:r><w:t>More</w:t></w:r></w:p></w:tc></w:tr>"
    content = edited(
        written("docx", SHORT), (CELL + "</w:r></w:p></w:tc></w:tr>", CELL + "</w:r></w:p></w:tc></w:tr>" + row)
    )
    assert [(code, text) for code, text, _ in faults_of(content)] == [("Q1", "More")]


def test_tracked_changes_count_as_a_person_sees_them():
    gone, added = "<w:del><w:r><w:delText>!</w:delText></w:r></w:del>", "<w:ins><w:r><w:t> weeds</w:t></w:r></w:ins>"
    seen = f"<w:t>Lake</w:t></w:r>{gone}{added}<w:r>"
    assert read(edited(written("docx", SHORT), (CELL, seen))).answers["Q1"] == "Lake weeds"


def test_a_need_whose_pages_were_cut_out_is_no_fault_but_a_cut_question_is():
    content = written("docx", SHORT)
    cut = edited(content, *((f"[N5.{number}]", "") for number in range(1, 12)), ("[N5]", ""))
    assert faults_of(cut) == []
    assert [(code, detail[:25]) for code, _, detail in faults_of(edited(content, ("[Q6]", "")))] == [
        ("Q6", "This question is missing ")
    ]


# Hostile files --------------------------------------------------------------------------------------------------------


def hostile():
    """Files that are no form, by what is wrong with them."""
    form = {kind: written(kind, SHORT) for kind in KINDS}
    macro = ("wordprocessingml.document.main+xml", "wordprocessingml.macroEnabled.main+xml")
    found = {
        "empty": b"",
        "a text": b"Dear colleague",
        "a page": files.HTML,
        "a PDF": files.PDF,
        "an OpenDocument text": files.open_document("text"),
        "another Word file": files.office(files.WORD),
        "another workbook": files.office(files.EXCEL),
        "cut off": form["docx"][:-100],
        "a bomb": files.bomb(files.WORD),
        "overlapping parts": files.overlapping(files.EXCEL),
        "macros": edited(form["docx"], macro, part="[Content_Types].xml"),
        "a locked file": files.locked(form["docx"]),
        "no document": files.package({"[Content_Types].xml": files.WORD}),
        "another edition": edited(form["docx"], ("2 en", "9 en")),
    }
    for name, bomb in {"entities": files.ENTITIES, "an outside entity": files.OUTSIDE, "no XML": "<a"}.items():
        found[f"Word: {name}"] = files.office(files.WORD, {"word/document.xml": bomb})
        found[f"Excel: {name}"] = with_part(form["xlsx"], "xl/sharedStrings.xml", bomb)
    return found


def test_hostile_files_get_one_sentence_each(office):
    for name, content in hostile().items():
        response = upload(office, content)
        assert (name, response.status_code) == (name, 422)
        (fault,) = [fault for _, fault in response.context["faults"]]
        assert (fault.code, bool(fault.detail)) == ("", True), name


def test_ten_megabytes_are_the_end(office):
    response = upload(office, b"0" * (reading.LARGEST_FORM + 1))
    assert [fault.detail[:30] for _, fault in response.context["faults"]] == ["The file is larger than 10 MB."]


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files_never_break_the_reader(kind):
    content, chance = written(kind, SHORT | {"Q2": "Two\nlines", "N2.1": "Second"}), random.Random(7)
    lists, parts = words.Lists(), zipfile.ZipFile(io.BytesIO(content)).namelist()
    for _ in range(60):
        form = reading.read(io.BytesIO(_damaged(content, parts, chance)))
        understanding.understand(form, lists)
        assert form.answers or form.faults


def _damaged(content, parts, chance):
    """The file with bytes of one part changed, or of the archive itself."""
    if chance.random() < 0.3:
        return _scratched(content, chance)
    broken, file = chance.choice(parts), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in parts:
            data = old.read(name)
            new.writestr(name, _scratched(data, chance) if name == broken else data)
    return file.getvalue()


def _scratched(data, chance):
    data = bytearray(data)
    for _ in range(chance.randint(1, 30)):
        place = chance.randrange(len(data))
        data[place : place + chance.randint(0, 4)] = chance.randbytes(chance.randint(0, 4))
    return bytes(data)
