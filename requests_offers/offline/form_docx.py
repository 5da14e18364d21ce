"""The form as a Word document: one small table for each question and no content controls, so any editor keeps it."""

import io
from typing import Any

from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT, WD_TABLE_DIRECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from . import words
from .words import Filled, Lists, Question

# The reader takes paragraphs in these styles for ours; whatever else stands outside the boxes was typed by somebody.
NOTE = "TSC note"
OWN_STYLES = {NOTE, "Heading 1", "Heading 2"}
GREY, FILL = RGBColor(0x59, 0x59, 0x59), "EDEDED"
WIDTHS = (Cm(2.3), Cm(14.7))
FONT = {"w:ascii": "Arial", "w:hAnsi": "Arial", "w:cs": "Arial", "w:eastAsia": "SimSun"}
AFTER_BIDI = (
    "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents",
    "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment", "w:textboxTightWrap", "w:outlineLvl", "w:divId",
    "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange",
)  # fmt: skip


def write(filled: Filled, lists: Lists) -> bytes:
    """The form in the active language, with the answers of `filled`."""
    page = _Page(rtl=get_language_bidi())
    page.title(words.heading())
    for sentence in words.instructions():
        page.note(sentence)
    language = get_language() or "en"
    page.box([("[FORM]", f"{words.FORM} {language}"), ("[REF]", filled.reference), ("[VERSION]", filled.version)])
    page.heading(_("The request"))
    for question in words.REQUEST:
        page.question(question, question.code, filled, lists)
    for slot in filled.slots:
        page.heading(_("Need %(number)s") % {"number": slot})
        page.box([(f"[N{slot}]", str(filled.numbers.get(slot, "")))])
        for question in words.NEED:
            page.question(question, words.need_code(slot, question), filled, lists)
    page.lists(lists)
    return page.saved()


class _Page:
    """A document that is written from top to bottom, in one direction."""

    def __init__(self, *, rtl: bool):
        self.rtl, self.document = rtl, Document()
        self.document.core_properties.title = words.heading()
        self.document.core_properties.author = "TSC Portal"
        self._styles()
        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
        if rtl:
            section._sectPr.append(OxmlElement("w:bidi"))

    def _styles(self) -> None:
        styles = self.document.styles
        note = styles.add_style(NOTE, WD_STYLE_TYPE.PARAGRAPH)
        note.base_style = styles["Normal"]
        styles["Normal"].font.size, styles["Normal"].paragraph_format.space_after = Pt(10.5), Pt(4)
        for name in ("Normal", "Heading 1", "Heading 2"):
            fonts = styles[name].element.get_or_add_rPr().get_or_add_rFonts()
            for mark in list(fonts.attrib):
                del fonts.attrib[mark]
            for mark, font in FONT.items():
                fonts.set(qn(mark), font)
            styles[name].font.color.rgb = RGBColor(0, 0, 0)

    def title(self, text: str) -> None:
        self._write(self.document.add_paragraph(style="Heading 1"), text)

    def heading(self, text: str) -> None:
        self._write(self.document.add_paragraph(style="Heading 2"), text)

    def note(self, text: str) -> None:
        self._write(self.document.add_paragraph(style=NOTE), text)

    def question(self, question: Question, code: str, filled: Filled, lists: Lists) -> None:
        """Number and question in grey, and below them the code and the white box for the answer."""
        table = self._table(2)
        asked, answer = _cells(table)
        self._grey(asked[0])
        self._grey(asked[1])
        self._write(asked[1].paragraphs[0], str(question.label), bold=True)
        for line in words.question_help(question, lists).splitlines():
            self._write(asked[1].add_paragraph(), line, small=True)
        self._code(answer[0], f"[{code}]")
        self._answer(answer[1], filled.answers.get(code, ""))
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        self._gap()

    def box(self, rows: list[tuple[str, str]]) -> None:
        """What belongs to the file and not to the person who fills it in."""
        table = self._table(len(rows))
        for cells, (code, value) in zip(_cells(table), rows, strict=True):
            self._code(cells[0], code)
            self._grey(cells[1])
            self._write(cells[1].paragraphs[0], value, small=True)
        self._gap()

    def lists(self, lists: Lists) -> None:
        """The lists of codes, at the end."""
        for name, title in words.LIST_TITLES.items():
            options = lists.shown(name)
            if not options:
                continue
            self.heading(str(title))
            table = self._table(len(options))
            for cells, (code, label) in zip(_cells(table), options, strict=True):
                self._write(cells[0].paragraphs[0], code, small=True, rtl=False)
                self._write(cells[1].paragraphs[0], label, small=True)

    def _table(self, rows: int) -> Any:
        table = self.document.add_table(rows, 2, style="Table Grid")
        table.autofit = False
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        if self.rtl:
            table.table_direction = WD_TABLE_DIRECTION.RTL
        for column, width in zip(table.columns, WIDTHS, strict=True):
            column.width = width
        for cells in _cells(table):
            for cell, width in zip(cells, WIDTHS, strict=True):
                cell.width = width
        return table

    def _gap(self) -> None:
        """Tables that touch would become one."""
        self.document.add_paragraph().paragraph_format.space_after = Pt(2)

    def _grey(self, cell: Any) -> None:
        shade = OxmlElement("w:shd")
        for mark, value in {"w:val": "clear", "w:color": "auto", "w:fill": FILL}.items():
            shade.set(qn(mark), value)
        cell._tc.get_or_add_tcPr().append(shade)

    def _code(self, cell: Any, code: str) -> None:
        self._grey(cell)
        self._write(cell.paragraphs[0], code, small=True, rtl=False)

    def _answer(self, cell: Any, text: str) -> None:
        lines = text.split("\n")
        for number, line in enumerate(lines):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            self._write(paragraph, line)

    def _write(self, paragraph: Any, text: str, *, bold=False, small=False, rtl: bool | None = None) -> None:
        rtl = self.rtl if rtl is None else rtl
        if rtl:
            paragraph._p.get_or_add_pPr().insert_element_before(OxmlElement("w:bidi"), *AFTER_BIDI)
        run = paragraph.add_run(text)
        run.font.rtl = rtl or None
        if bold:
            run.font.bold = run.font.cs_bold = True
        if small:
            run.font.size, run.font.color.rgb = Pt(9), GREY

    def saved(self) -> bytes:
        file = io.BytesIO()
        self.document.save(file)
        return file.getvalue()


def _cells(table: Any) -> list[list[Any]]:
    """The cells of a table row by row; asking python-docx for each row is slow in long tables."""
    width = len(table.columns)
    cells = table._cells
    return [cells[start : start + width] for start in range(0, len(cells), width)]
