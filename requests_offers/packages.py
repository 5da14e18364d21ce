"""Office files are zip archives. This looks into one without unpacking more than it must, and says what is wrong."""

import io
import zlib
from collections.abc import Callable
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError
from zipfile import ZIP_STORED, BadZipFile, ZipFile

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from accounts.errors import DomainError

MOST_PARTS = 2000
LARGEST_UNPACKED = 200 * 1024 * 1024
LARGEST_PART = 30 * 1024 * 1024
DAMAGED = (
    BadZipFile, zlib.error, KeyError, ValueError, OSError, EOFError, NotImplementedError, RuntimeError, SyntaxError,
)  # fmt: skip
OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
OPEN_XML = {
    b"wordprocessingml.document.main+xml": ("docx", "word/document.xml"),
    b"spreadsheetml.sheet.main+xml": ("xlsx", "xl/workbook.xml"),
}
MACROS: tuple[Callable[[str], bool], ...] = (
    lambda name: name.lower().endswith(("vbaproject.bin", "vbadata.xml")),
    lambda name: name.lower().startswith(("basic/", "scripts/")),
)


class BadPackage(DomainError):
    """An Office file that is damaged, hostile or of another kind; the text says what to do."""


class Package:
    """An Office file, opened. `kind` is docx, xlsx, odt or ods. Raises BadPackage where it is none of them."""

    def __init__(self, file: BinaryIO):
        try:
            self.archive = ZipFile(file)
            self._refuse_harm(_length(file))
            self.kind = self._open_document() or self._open_xml()
        except DAMAGED as error:
            raise _unreadable() from error

    def _refuse_harm(self, length: int) -> None:
        parts = self.archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
            raise BadPackage(
                _("The file is too large when unpacked. Take out pictures, or split it into smaller files.")
            )
        if sum(part.compress_size for part in parts) > length:
            raise _unreadable()  # parts that lie over each other: a bomb
        names = [part.filename for part in parts]
        if any(name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names):
            raise _unreadable()
        if any(part.flag_bits & 1 for part in parts):
            raise BadPackage(_("The file is locked with a password. Save it without one."))
        if any(is_macro(name) for name in names for is_macro in MACROS):
            raise BadPackage(_("The file holds macros. Save it without macros, as .docx or .xlsx."))

    def _open_document(self) -> str:
        first = self.archive.infolist()[:1]
        if (
            not first
            or first[0].filename != "mimetype"
            or first[0].compress_type != ZIP_STORED
            or first[0].file_size > 99
        ):
            return ""
        self.archive.getinfo("content.xml")
        return OPEN_DOCUMENT.get(self.archive.read("mimetype").strip(), "")

    def _open_xml(self) -> str:
        types = self.part("[Content_Types].xml")
        if b"macroEnabled" in types:
            raise BadPackage(_("The file holds macros. Save it without macros, as .docx or .xlsx."))
        for mark, (kind, main) in OPEN_XML.items():
            if mark in types:
                self.archive.getinfo(main)
                return kind
        raise _unreadable()

    def part(self, name: str) -> bytes:
        """One part, unpacked; KeyError where there is none."""
        if self.archive.getinfo(name).file_size > LARGEST_PART:
            raise BadPackage(
                _("The file is too large when unpacked. Take out pictures, or split it into smaller files.")
            )
        return self.archive.read(name)

    def xml(self, name: str) -> Element:
        """One part as a tree. Document types and entities are refused: they are how XML bombs are built."""
        try:
            return fromstring(self.part(name), forbid_dtd=True)
        except (DefusedXmlException, ParseError, *DAMAGED) as error:
            raise _unreadable() from error

    def check_xml(self) -> None:
        """Read every XML part once, so that a library that follows meets no bomb."""
        for name in self.archive.namelist():
            if name.endswith((".xml", ".rels", ".vml")):
                self.xml(name)


def _unreadable() -> BadPackage:
    return BadPackage(_("This is not a Word or Excel file that can be read. Save it again as .docx or .xlsx."))


def _length(file: BinaryIO) -> int:
    place = file.tell()
    file.seek(0, io.SEEK_END)
    length = file.tell()
    file.seek(place)
    return length
