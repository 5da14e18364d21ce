"""The file of a backup: a ZIP archive with one member for each table and each uploaded file, and their checksums."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20


class BadBackup(Exception):
    """The file is no whole backup; the text is a sentence for whoever restores it."""


def table_member(table: str) -> str:
    return f"tables/{table}.jsonl"


def file_member(name: str) -> str:
    return f"files/{name}"


class Writer:
    """Writes members one after the other, and what they hold into the manifest at the end."""

    def __init__(self, archive: ZipFile):
        self.archive = archive

    def add(self, member: str, parts: Iterable[bytes]) -> dict[str, Any]:
        """Write one member; returns its checksum, its size and of how many parts it is."""
        digest, size, count = hashlib.sha256(), 0, 0
        info = ZipInfo(member)
        info.compress_type = ZIP_DEFLATED
        with self.archive.open(info, "w", force_zip64=True) as target:
            for part in parts:
                target.write(part)
                digest.update(part)
                size, count = size + len(part), count + 1
        return {"sha256": digest.hexdigest(), "bytes": size, "parts": count}

    def close(self, manifest: dict[str, Any]) -> None:
        text = json.dumps({"format": FORMAT} | manifest, ensure_ascii=False, indent=1, sort_keys=True)
        self.archive.writestr(MANIFEST, text)


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """A file in parts."""
    while part := file.read(CHUNK):
        yield part


def sha256_of(path: Path) -> str:
    """The checksum of a file on disk."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for part in chunks(file):
            digest.update(part)
    return digest.hexdigest()


def finish(making: Path, path: Path) -> None:
    """Give a file its final name once it is on the disk: what has the name is whole."""
    with making.open("rb") as file:
        os.fsync(file.fileno())
    making.replace(path)


class Reader:
    """A backup to read from. Everything in it is checked before anything is used."""

    def __init__(self, path: Path):
        try:
            self.archive = ZipFile(path)
            self.manifest = json.loads(self.archive.read(MANIFEST))
        except FileNotFoundError:
            raise BadBackup(f"There is no file {path}.") from None
        except (BadZipFile, KeyError, ValueError, OSError) as fault:
            raise BadBackup(f"{path} is not a backup of this portal, or not a whole one ({fault}).") from None
        if self.manifest.get("format") != FORMAT:
            raise BadBackup("This backup was made by a newer portal. Restore it with that one.")

    def check(self) -> None:
        """Compare every member with its checksum. Raises BadBackup at the first that differs."""
        expected = {table_member(table): facts for table, facts in self.manifest["tables"].items()}
        expected |= {file_member(file): facts for file, facts in self.manifest["files"].items()}
        for member, facts in expected.items():
            _refuse_ways_out(member)
            try:
                found = self._digest(member)
            except (KeyError, BadZipFile, OSError, EOFError) as fault:
                raise BadBackup(f"{member} cannot be read from the backup ({fault}).") from None
            if found != facts["sha256"]:
                raise BadBackup(f"{member} is not what was saved: its checksum differs.")

    def _digest(self, member: str) -> str:
        digest = hashlib.sha256()
        with self.archive.open(member) as file:
            for part in chunks(file):
                digest.update(part)
        return digest.hexdigest()

    def lines(self, table: str) -> Iterator[bytes]:
        """The rows of a table."""
        with self.archive.open(table_member(table)) as file:
            yield from file

    def copy_file(self, name: str, target: Path) -> None:
        """Put an uploaded file where it was."""
        target.parent.mkdir(parents=True, exist_ok=True)
        with self.archive.open(file_member(name)) as file, target.open("wb") as copy:
            for part in chunks(file):
                copy.write(part)


def _refuse_ways_out(member: str) -> None:
    path = PurePosixPath(member)
    if path.is_absolute() or ".." in path.parts or "\\" in member:
        raise BadBackup(f"{member} would lead out of its folder. Nothing was restored.")
