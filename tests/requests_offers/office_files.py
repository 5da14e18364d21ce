"""Files that people upload, made by hand: small honest ones, and hostile ones of every kind."""

import io
import zipfile
from functools import cache

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 17 + b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\0" * 64 + b"\xff\xd9"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
WORD, EXCEL = "wordprocessingml.document.main+xml", "spreadsheetml.sheet.main+xml"
MAIN = {WORD: "word/document.xml", EXCEL: "xl/workbook.xml"}
ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>'
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


def package(parts, *, first=None):
    """A zip archive of these parts; `first` is stored without compression before them."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr(zipfile.ZipInfo("mimetype"), first)
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def office(main, extra=None, *, types=None):
    """A Word document or a workbook with the fewest parts that tell what it is."""
    kinds = types or f'<Types><Override ContentType="application/vnd.openxmlformats-officedocument.{main}"/></Types>'
    return package({"[Content_Types].xml": kinds, MAIN[main]: "<document/>", **(extra or {})})


def open_document(kind):
    return package({"content.xml": "<office/>"}, first=f"application/vnd.oasis.opendocument.{kind}")


@cache
def bomb(main, size=250):
    """An Office file that unpacks to `size` megabytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        kinds = f'<Types><Override ContentType="application/vnd.openxmlformats-officedocument.{main}"/></Types>'
        archive.writestr("[Content_Types].xml", kinds)
        archive.writestr(MAIN[main], "<document/>")
        for number in range(size // 25):
            archive.writestr(f"media/{number}.bin", bytes(25 * 1024 * 1024))
    return file.getvalue()


def overlapping(main):
    """An archive whose directory names one part many times: it unpacks to far more than lies in it."""
    file = io.BytesIO(office(main, {"filler.bin": bytes(range(256)) * 40}))
    with zipfile.ZipFile(file, "a") as archive:
        part = archive.getinfo("filler.bin")
        for number in range(60):
            twin = zipfile.ZipInfo(f"filler{number}.bin")
            for field in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(twin, field, getattr(part, field))
            archive.filelist.append(twin)
            archive.NameToInfo[twin.filename] = twin
        archive._didModify = True
    return file.getvalue()


def locked(content):
    """An archive whose directory says that its parts are locked with a password."""
    content = bytearray(content)
    place = content.find(b"PK\x01\x02")
    while place != -1:
        content[place + 8] |= 1
        place = content.find(b"PK\x01\x02", place + 4)
    return bytes(content)


HONEST = {
    "map.pdf": PDF,
    "photo.png": PNG,
    "photo.jpg": JPG,
    "photo.JPEG": JPG + b"1",
    "report.docx": office(WORD),
    "table.xlsx": office(EXCEL),
    "letter.odt": open_document("text"),
    "table.ods": open_document("spreadsheet"),
    "notes.txt": "Notes: 5 < 6, naïve, بحيرة, 湖泊\n".encode(),
    "lakes.csv": b"\xef\xbb\xbfname;area\nTagimaucia;2\n",
}


@cache
def refused():
    """Names and contents that may never be kept."""
    endings = (
        "svg",
        "html",
        "htm",
        "xhtml",
        "xml",
        "js",
        "exe",
        "php",
        "py",
        "sh",
        "bat",
        "docm",
        "xlsm",
        "zip",
        "gif",
    )
    found = [(f"file.{ending}", content) for ending in endings for content in (PDF, HTML)]
    found += _wrong_inside() + _bad_archives() + _bad_names()
    return found


def _wrong_inside():
    """An ending that is taken, and something else behind it."""
    endings = ("pdf", "png", "jpg", "docx", "xlsx", "odt", "ods", "txt", "csv")
    found = [
        (f"file.{ending}", content) for ending in endings for content in (SVG, HTML, b"", b"MZ\x90\0" + b"\0" * 64)
    ]
    found += [("a.pdf", PNG), ("a.png", JPG), ("a.jpg", PDF), ("a.docx", office(EXCEL)), ("a.xlsx", office(WORD))]
    found += [("a.odt", open_document("spreadsheet")), ("a.docx", open_document("text")), ("a.png", PNG[:20])]
    found += [("a.pdf", HTML + PDF), ("a.pdf", b"GIF89a" + PDF), ("a.pdf", PDF[:8]), ("a.jpg", JPG[:8])]
    found += [("a.txt", b"\xff\xfe\0\0binary"), ("a.txt", b" \n<script>1</script>"), ("a.txt", b"\x1b[2J")]
    return [*found, ("a.csv", b"a;b\0c")]


def _bad_archives():
    """Polyglots, bombs, macros and archives that lie."""
    inside = office(WORD)
    found = [("a.pdf", PDF + inside), ("a.png", PNG + inside), ("a.jpg", JPG + inside), ("a.zip", inside)]
    for ending, main in (("docx", WORD), ("xlsx", EXCEL)):
        macro = f'<Types><Override ContentType="application/vnd.ms.{ending}.macroEnabled.main+xml"/></Types>'
        found += [(f"a.{ending}", content) for content in (
            bomb(main), overlapping(main), locked(office(main)), office(main)[:-30], office(main, types=macro),
            office(main, {"word/vbaProject.bin": b"1"}), office(main, {"xl/vbaProject.bin": b"1"}),
            office(main, {"../../etc/passwd": b"1"}), office(main, {"/etc/passwd": b"1"}),
            office(main, {f"part{number}": b"" for number in range(2100)}),
            office(main, types="<Types/>"), package({"readme.txt": b"1"}), package({}),
        )]  # fmt: skip
    return found


def _bad_names():
    """Names that only look like one of ours, or are none."""
    names = (
        "letter.pdf.exe",
        "letter.pdf.",
        "letter.pdf\u202efdp.exe",
        "letter",
        "",
        ".pdf.",
        "..",
        "letter.pdf\0.exe",
    )
    return [(name, HTML) for name in names]


TAMED = {  # a strange name of an honest file: the name that is kept
    "../../../etc/passwd.pdf": "passwd.pdf",
    "..\\..\\windows\\win.pdf": "win.pdf",
    "/absolute/letter.pdf": "letter.pdf",
    "C:\\letters\\letter.pdf": "letter.pdf",
    "letter.exe.pdf": "letter.exe.pdf",
    "letter\r\nSet-Cookie: a=b.pdf": "letterSet-Cookie_ a=b.pdf",
    "letter\u202efdp.pdf": "letterfdp.pdf",
    "\u2067خطاب\u2069.pdf": "خطاب.pdf",
    'quo"te.pdf': "quo_te.pdf",
    "<script>alert(1)</script>.pdf": "script_.pdf",
    "<img src=x onerror=alert(1)>.pdf": "_img src=x onerror=alert(1)_.pdf",
    "a" * 400 + ".pdf": "a" * 146 + ".pdf",
    "nul\0byte.pdf": "nulbyte.pdf",
    "lone\ud800surrogate.pdf": "lonesurrogate.pdf",
    "   spaces   inside  .PDF": "spaces inside .PDF",
    "=cmd|'calc'!A0.pdf": "=cmd_'calc'!A0.pdf",
    "信件.pdf": "信件.pdf",
    "e\u0301te\u0301.pdf": "été.pdf",
}
