"""The form as a workbook: a sheet for the request, a row for each need, and a sheet of codes that the cells offer."""

import io
from typing import Any

import xlsxwriter
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from . import words
from .words import Filled, Lists, Question

# Names that no editor translates and that formulas of the lists can refer to.
REQUEST, NEEDS, CODES = "request", "needs", "codes"
WIDE = {"text": 60, "line": 40, "codes": 28}
FORMATS = {
    "code": {"font_color": "#595959", "bg_color": "#EDEDED", "font_size": 9, "valign": "top"},
    "head": {"bold": True, "bg_color": "#EDEDED", "text_wrap": True, "valign": "top"},
    "help": {"font_color": "#595959", "font_size": 9, "text_wrap": True, "valign": "top"},
    "answer": {"border": 1, "text_wrap": True, "valign": "top", "num_format": "@"},
    "title": {"bold": True, "font_size": 14},
    "plain": {"text_wrap": True, "valign": "top"},
}


def write(filled: Filled, lists: Lists) -> bytes:
    """The form in the active language, with the answers of `filled`. No text ever becomes a formula."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": words.heading(), "author": "TSC Portal"})
        writer = _Writer(book, filled, lists)
        writer.request()
        writer.needs()
        writer.codes()
    return file.getvalue()


class _Writer:
    """The three sheets of one workbook."""

    def __init__(self, book: Any, filled: Filled, lists: Lists):
        self.filled, self.lists = filled, lists
        self.formats = {name: book.add_format(look) for name, look in FORMATS.items()}
        self.sheets = {name: book.add_worksheet(name) for name in (REQUEST, NEEDS, CODES)}
        for sheet in self.sheets.values():
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
            if get_language_bidi():
                sheet.right_to_left()
        self.ranges = {name: self._range(name, column) for column, name in enumerate(words.LIST_TITLES)}

    def _range(self, name: str, column: int) -> str:
        letter = xlsxwriter.utility.xl_col_to_name(2 * column)
        return f"={CODES}!${letter}$2:${letter}${len(self.lists.shown(name)) + 1}"

    def request(self) -> None:
        sheet = self.sheets[REQUEST]
        sheet.set_column(0, 0, 11)
        sheet.set_column(1, 1, 34)
        sheet.set_column(2, 2, 60)
        sheet.set_column(3, 3, 60)
        sheet.write_string(0, 1, words.heading(), self.formats["title"])
        for row, sentence in enumerate(words.instructions(), start=1):
            sheet.write_string(row, 1, sentence)
        row = len(words.instructions()) + 2
        language = get_language() or "en"
        meta = {"[FORM]": f"{words.FORM} {language}", "[REF]": self.filled.reference, "[VERSION]": self.filled.version}
        for code, value in meta.items():
            sheet.write_string(row, 0, code, self.formats["code"])
            sheet.write_string(row, 1, value, self.formats["code"])
            row += 1
        for number, question in enumerate(words.REQUEST, start=row + 1):
            self._question(sheet, number, question)

    def _question(self, sheet: Any, row: int, question: Question) -> None:
        sheet.write_string(row, 0, f"[{question.code}]", self.formats["code"])
        sheet.write_string(row, 1, str(question.label), self.formats["head"])
        self._answer(sheet, row, 2, question, question.code)
        sheet.write_string(row, 3, words.question_help(question, self.lists), self.formats["help"])

    def _answer(self, sheet: Any, row: int, column: int, question: Question, code: str) -> None:
        sheet.write_string(row, column, self.filled.answers.get(code, ""), self.formats["answer"])
        if question.kind in {"code", "flag"}:
            rule = {
                "validate": "list",
                "source": self.ranges[question.list],
                "ignore_blank": True,
                "error_type": "information",
            }
            sheet.data_validation(row, column, row, column, rule)

    def needs(self) -> None:
        """Codes above, questions below them, then one row for each need."""
        sheet = self.sheets[NEEDS]
        sheet.set_column(0, 1, 8)
        for column, code in enumerate(("[N]", "[0]")):
            sheet.write_string(0, column, code, self.formats["code"])
        sheet.write_string(1, 0, _("Need"), self.formats["head"])
        sheet.write_string(1, 1, _("Number"), self.formats["head"])
        for column, question in enumerate(words.NEED, start=2):
            sheet.set_column(column, column, WIDE.get(question.kind, 18))
            sheet.write_string(0, column, f"[{question.code}]", self.formats["code"])
            sheet.write_string(1, column, str(question.label), self.formats["head"])
            sheet.write_string(2, column, words.question_help(question, self.lists), self.formats["help"])
        for slot in self.filled.slots:
            self._need(sheet, slot)
        sheet.freeze_panes(3, 2)

    def _need(self, sheet: Any, slot: int) -> None:
        row = slot + 2
        sheet.write_string(row, 0, f"N{slot}", self.formats["code"])
        sheet.write_string(row, 1, str(self.filled.numbers.get(slot, "")), self.formats["code"])
        for column, question in enumerate(words.NEED, start=2):
            self._answer(sheet, row, column, question, words.need_code(slot, question))

    def codes(self) -> None:
        """Two columns for each list: codes and words."""
        sheet = self.sheets[CODES]
        for number, (name, title) in enumerate(words.LIST_TITLES.items()):
            sheet.set_column(2 * number, 2 * number, 16)
            sheet.set_column(2 * number + 1, 2 * number + 1, 34)
            sheet.write_string(0, 2 * number, str(title), self.formats["head"])
            sheet.write_string(0, 2 * number + 1, "", self.formats["head"])
            for row, (code, label) in enumerate(self.lists.shown(name), start=1):
                sheet.write_string(row, 2 * number, code, self.formats["code"])
                sheet.write_string(row, 2 * number + 1, label, self.formats["plain"])
