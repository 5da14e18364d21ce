"""A form that came back: the answers in it. What cannot be read is a fault with a sentence; nothing is dropped."""

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import load_workbook

from accounts.sheets.cells import clean, short

from ..packages import BadPackage, Package
from . import words

LARGEST_FORM = 10 * 1024 * 1024
MOST_LINES, MOST_COLUMNS, MOST_SHEETS = 500, 60, 12
CODE = re.compile(r"\[([A-Z]{1,7}[0-9]{0,3}(?:\.[0-9]{1,2})?)\]")
META = {"FORM", "REF", "VERSION"}
SLOT = re.compile(r"N([0-9]{1,3})")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
NOT_READ = {FALLBACK, f"{W}del", f"{W}moveFrom", f"{W}pPr", f"{W}rPr", f"{W}instrText"}
PICTURES = (f"{W}drawing", f"{W}pict", f"{W}object")
OWN_STYLES = {"tsc note", "heading 1", "heading 2", "title"}


@dataclass(frozen=True)
class FormFault:
    """What is wrong with one answer: its code ("" for the whole file), what was found, what to do."""

    code: str
    found: str
    detail: str


@dataclass
class Form:
    """What stands in a form: the record it belongs to, the answers as texts by code, and what could not be read."""

    meta: dict[str, str] = field(default_factory=dict)
    numbers: dict[int, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    faults: list[FormFault] = field(default_factory=list)
    is_readable: bool = True

    def fault(self, code: str, found: str, detail: str) -> None:
        self.faults.append(FormFault(code, short(found), detail))

    def put(self, code: str, value: str) -> None:
        """Keep what was found beside a code, wherever it belongs."""
        slot = SLOT.fullmatch(code)
        if code in META:
            self.meta.setdefault(code, value.strip())
        elif slot:
            self.numbers.setdefault(int(slot[1]), value.strip())
        elif code not in known_codes():
            self.fault("", f"[{code}]", _("The form has no question with this code. Download the form again."))
        elif code in self.answers:
            self.fault(code, value, _("This question stands twice in the file. Delete one of the two."))
        else:
            self.answers[code] = clean(value)

    @property
    def edition(self) -> int:
        """Which edition of the form it is; 0 where it does not say."""
        said = self.meta.get("FORM", "").split(" ")[0]
        return int(said) if said.isascii() and said.isdigit() and len(said) < 3 else 0

    @property
    def slots(self) -> list[int]:
        """The needs of which the file says something."""
        answered = {int(code[1:].split(".")[0]) for code in self.answers if code.startswith("N")}
        return sorted(answered | set(self.numbers))


def known_codes() -> set[str]:
    """The codes of all questions."""
    needs = {words.need_code(slot, question) for slot in range(1, words.MOST_NEEDS + 1) for question in words.NEED}
    return {question.code for question in words.REQUEST} | needs


def read(file: BinaryIO) -> Form:
    """Read a DOCX or XLSX form, whatever it is called. What cannot be read becomes faults, never an exception."""
    form = Form()
    try:
        content = file.read(LARGEST_FORM + 1)
        if len(content) > LARGEST_FORM:
            raise BadPackage(_("The file is larger than 10 MB. Take out pictures; attach them to the request instead."))
        package = Package(io.BytesIO(content))
        if package.kind not in READERS:
            raise BadPackage(_("Save the form as .docx or .xlsx; other formats cannot be read."))
        READERS[package.kind](package, content, form)
        _check_whole(form)
    except BadPackage as error:
        return Form(faults=[FormFault("", "", str(error))], is_readable=False)
    return form


def _check_whole(form: Form) -> None:
    """A form of this or an earlier edition with all of its questions."""
    if form.edition not in range(1, words.EDITION + 1):
        raise BadPackage(
            _("This is not the request form of this portal. Download the form and copy your answers into it.")
        )
    expected = [question.code for question in words.asked_in(form.edition)]
    for slot in form.slots:
        expected += [words.need_code(slot, question) for question in words.NEED]
    for code in expected:
        if code not in form.answers and code in known_codes():
            form.fault(
                code,
                "",
                _("This question is missing in the file. Download the form again and copy your answers into it."),
            )


# Word -----------------------------------------------------------------------------------------------------------------


def _read_docx(package: Package, content: bytes, form: Form) -> None:
    body = package.xml("word/document.xml").find(f"{W}body")
    styles = _style_names(package)
    asked: dict[str, str] = {}
    for block in _blocks(body if body is not None else ()):
        if block.tag == f"{W}tbl":
            _read_table(block, form, asked)
        elif (text := clean(_text(block))) and _style_of(block, styles) not in OWN_STYLES:
            form.fault(
                "", text, _("This text stands outside the boxes and is not read. Move it into a box, or delete it.")
            )
    _find_misplaced(form, asked)


def _style_names(package: Package) -> dict[str, str]:
    """The names of styles by id: editors change the ids."""
    try:
        styles = package.xml("word/styles.xml")
    except BadPackage:
        return {}
    named = ((style, style.find(f"{W}name")) for style in styles.iter(f"{W}style"))
    return {
        style.get(f"{W}styleId", ""): name.get(f"{W}val", "").casefold() for style, name in named if name is not None
    }


def _style_of(paragraph: Element, styles: dict[str, str]) -> str:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return "" if style is None else styles.get(style.get(f"{W}val", ""), "")


def _blocks(parent: Iterable[Element]) -> Iterator[Element]:
    """Paragraphs and tables in their order, those in content controls included."""
    for element in parent:
        if element.tag in {f"{W}p", f"{W}tbl"}:
            yield element
        elif element.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins"}:
            yield from _blocks(element)


def _text(element: Element) -> str:
    """The text of an element as a person sees it: insertions count, deletions do not; one line for each paragraph."""
    parts: list[str] = []
    _collect(element, parts)
    return "".join(parts).strip("\n")


def _collect(element: Element, parts: list[str]) -> None:
    if element.tag in NOT_READ:
        return
    if element.tag == f"{W}t":
        parts.append(element.text or "")
    elif element.tag in {f"{W}br", f"{W}cr"}:
        parts.append("\n")
    elif element.tag == f"{W}tab":
        parts.append("\t")
    elif element.tag == f"{W}noBreakHyphen":
        parts.append("-")
    for child in element:
        _collect(child, parts)
    if element.tag == f"{W}p":
        parts.append("\n")


def _code_in(text: str) -> str:
    """The code that a cell holds, or nothing; marks of direction do not count."""
    plain = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    found = CODE.fullmatch(plain.strip().upper())
    return found[1] if found else ""


def _read_table(table: Element, form: Form, asked: dict[str, str]) -> None:
    """A row with a code is an answer; what stands in further rows is not lost silently."""
    before, last = "", ""
    for row in _find(table, f"{W}tr"):
        cells = list(_find(row, f"{W}tc"))
        texts = [_text(cell) for cell in cells]
        codes = [code for code in map(_code_in, texts) if code]
        if codes:
            last, asked[codes[0]] = codes[0], before
            form.put(last, "\n".join(text for text in texts if not _code_in(text) and text.strip()))
            if any(next(cell.iter(tag), None) is not None for cell in cells for tag in PICTURES):
                form.fault(
                    last, _("a picture"), _("Pictures are not read. Delete it here and attach it to the request.")
                )
        elif last and any(text.strip() for text in texts):
            found = " ".join(text for text in texts if text.strip())
            form.fault(last, found, _("This row was added and is not read. Move its text into the box above."))
        before = texts[-1] if texts else ""


def _find(parent: Element, tag: str) -> Iterator[Element]:
    """Rows of a table or cells of a row, those in content controls or insertions too, but not of tables within."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins"}:
            yield from _find(child, tag)


def _find_misplaced(form: Form, asked: dict[str, str]) -> None:
    """An answer typed below its question, into the grey part, is not read; say so rather than lose it."""
    language = [*form.meta.get("FORM", "").split(" "), "en"][1]
    if language not in words.LANGUAGES:
        return
    for code, ending in _last_lines(language).items():
        lines = asked.get(code, "").split("\n")
        if ending in lines and (typed := clean("\n".join(lines[len(lines) - lines[::-1].index(ending) :]))):
            form.fault(
                code, typed, _("This answer stands in the grey part and is not read. Move it into the white box.")
            )


def _last_lines(language: str) -> dict[str, str]:
    """The last line of each question of the form that is not a list of codes."""
    found = {}
    with override(language):
        for question in words.REQUEST:
            if not question.list:
                found[question.code] = str(question.help or question.label)
        for slot in range(1, words.MOST_NEEDS + 1):
            for question in words.NEED:
                if not question.list:
                    found[words.need_code(slot, question)] = str(question.help or question.label)
    return found


# Excel ----------------------------------------------------------------------------------------------------------------


def _read_xlsx(package: Package, content: bytes, form: Form) -> None:
    package.check_xml()
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        for sheet in book.worksheets[:MOST_SHEETS]:
            _read_sheet(list(sheet.iter_rows(max_row=MOST_LINES, max_col=MOST_COLUMNS)), form)
    except BadPackage:
        raise
    except Exception as error:  # a damaged workbook makes openpyxl raise nearly anything
        raise BadPackage(_("This workbook cannot be read. Save it again as .xlsx.")) from error


def _read_sheet(lines: list, form: Form) -> None:
    first = {str(cells[0].value).strip() for cells in lines if cells and cells[0].value is not None}
    if "[N]" in first:
        _read_needs(lines, form)
    elif "[FORM]" in first:
        _read_request(lines, form)


def _read_request(lines: list, form: Form) -> None:
    """Code, question, answer, help: one line for each question."""
    last = ""
    for cells in lines:
        code = _code_in(_cell_text(cells[0].value)) if cells else ""
        place = 1 if code in META else 2
        if code:
            last = code
            form.put(code, _value(cells[place], code, form) if len(cells) > place else "")
        beside = cells[4:] if code or not last else [*cells[2:3], *cells[4:]]
        _refuse_beside(beside, last, form)


def _refuse_beside(cells: Iterable, code: str, form: Form) -> None:
    for cell in cells:
        if text := clean(_cell_text(cell.value)):
            form.fault(code, text, _("This cell is not read. Move its text into the cell of the answer."))


def _read_needs(lines: list, form: Form) -> None:
    """One line for each need, below the line of codes."""
    columns: dict[int, str] = {}
    slot = 0
    for cells in lines:
        if not columns:
            columns = _columns(cells)
            continue
        named = SLOT.fullmatch(_cell_text(cells[0].value).strip()) if cells else None
        if named:
            slot = int(named[1])
        elif slot and any(_cell_text(cell.value).strip() for cell in cells):
            slot += 1  # a line that somebody added below the last one
        else:
            continue
        _read_need(cells, columns, slot, form)


def _columns(cells: tuple) -> dict[int, str]:
    found = {place: _cell_text(cell.value).strip().strip("[]") for place, cell in enumerate(cells)}
    return {place: code for place, code in found.items() if code} if found.get(0) == "N" else {}


def _read_need(cells: tuple, columns: dict[int, str], slot: int, form: Form) -> None:
    for place, cell in enumerate(cells):
        code = columns.get(place)
        if code == "0":
            form.put(f"N{slot}", _cell_text(cell.value))
        elif code and code != "N":
            form.put(f"N{slot}.{code}", _value(cell, f"N{slot}.{code}", form))
        elif not code:
            _refuse_beside([cell], f"N{slot}.1", form)
    for place, code in columns.items():  # cells at the end of a line that are empty are not stored
        if place >= len(cells) and code not in {"N", "0"}:
            form.put(f"N{slot}.{code}", "")


def _value(cell: Any, code: str, form: Form) -> str:
    """The text of a cell; a formula or an error is a fault."""
    if cell.data_type == "f":
        form.fault(code, str(cell.value), _("This is a formula. Write the value itself."))
        return ""
    if cell.data_type == "e":
        form.fault(code, str(cell.value), _("This cell shows an error. Write the value itself."))
        return ""
    return _cell_text(cell.value)


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


READERS = {"docx": _read_docx, "xlsx": _read_xlsx}
