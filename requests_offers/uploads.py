"""What people may attach: kinds of files known by their first bytes, names without tricks, sizes with an end."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import BinaryIO
from zipfile import is_zipfile

from django.utils.translation import gettext as _

from accounts.errors import DomainError

from .packages import BadPackage, Package

LARGEST_FILE = 10 * 1024 * 1024
LARGEST_RECORD = 50 * 1024 * 1024
MOST_FILES = 50
LONGEST_NAME = 150
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "png": "image/png",
    "jpg": "image/jpeg",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
SAME_ENDING = {"jpeg": "jpg"}
OFFICE = {"docx", "xlsx", "odt", "ods"}
NOT_IN_NAMES = re.compile(r'[<>:"|?*\\/]')
MARKUP = re.compile(r"\s*<(!doctype|html|head|body|script|svg|\?xml|iframe|img|!--)", re.IGNORECASE)


class BadUpload(DomainError):
    """A file that is not taken; the text says why and what to do."""


@dataclass(frozen=True)
class Seen:
    """What is known of a file after looking at it."""

    name: str
    content_type: str
    size: int
    sha256: str


def look_at(file: BinaryIO, name: str) -> Seen:
    """Name, kind, size and fingerprint of a file. Raises BadUpload where it may not be attached."""
    name = clean_name(name)
    ending = ending_of(name)
    size, digest = _measure(file)
    if not size:
        raise BadUpload(_("“%(name)s” is empty. Choose the file again.") % {"name": name})
    if not _is_a(ending, file):
        words = {"name": name, "ending": ending}
        raise BadUpload(_("“%(name)s” is not a .%(ending)s file inside. Save it again as .%(ending)s.") % words)
    return Seen(name, CONTENT_TYPES[ending], size, digest)


def clean_name(name: str) -> str:
    """The name of a file without folders, control characters, or marks that turn the direction of writing."""
    name = unicodedata.normalize("NFC", name.encode("utf-8", "ignore").decode("utf-8"))
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(
        letter for letter in name if unicodedata.category(letter) not in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
    )
    name = " ".join(NOT_IN_NAMES.sub("_", name).split()).strip(" .")
    stem, dot, ending = name.rpartition(".")
    return f"{(stem or _('file'))[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}" if dot else name[:LONGEST_NAME]


def ending_of(name: str) -> str:
    """The ending that says the kind. Raises BadUpload for any that is not taken."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    ending = SAME_ENDING.get(ending, ending)
    if ending not in CONTENT_TYPES:
        kinds = ", ".join(CONTENT_TYPES)
        raise BadUpload(
            _("“%(name)s” cannot be attached. Use one of: %(kinds)s.") % {"name": name or "?", "kinds": kinds}
        )
    return ending


def _measure(file: BinaryIO) -> tuple[int, str]:
    """Size and SHA-256, reading no further than is allowed."""
    file.seek(0)
    size, digest = 0, hashlib.sha256()
    while block := file.read(65536):
        size += len(block)
        if size > LARGEST_FILE:
            raise BadUpload(_("The file is larger than 10 MB. Make it smaller, or share a link in the text."))
        digest.update(block)
    return size, digest.hexdigest()


def _is_a(ending: str, file: BinaryIO) -> bool:
    """Whether the bytes are of the kind that the ending says."""
    file.seek(0)
    try:
        if ending in OFFICE:
            return Package(file).kind == ending
        return _is_text(file) if ending in {"txt", "csv"} else _is_plain(ending, file)
    except BadPackage as error:
        raise BadUpload(str(error)) from error
    finally:
        file.seek(0)


def _is_plain(ending: str, file: BinaryIO) -> bool:
    """A PDF or a picture from its first byte to its last, and not an archive as well."""
    content = file.read()
    if is_zipfile(file):
        return False
    tail = content[-2048:]
    if ending == "pdf":
        return content.startswith(b"%PDF-") and b"%%EOF" in tail
    if ending == "png":
        return content.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR") and content.endswith(b"IEND\xaeB`\x82")
    return content.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in tail


def _is_text(file: BinaryIO) -> bool:
    """UTF-8 without binary data that does not begin like a web page."""
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadUpload(_("The text is not in UTF-8. Save it again with the encoding UTF-8.")) from error
    strange = any(unicodedata.category(letter) == "Cc" and letter not in "\t\r\n\f" for letter in text)
    return not strange and not MARKUP.match(text)
