"""Small files in the data directory that remember what was done: the mode, the demo's databases, what was loaded."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection


@dataclass(frozen=True)
class Kept:
    """A file with the digest of what was last done."""

    file: Path

    def is_same(self, digest: str) -> bool:
        """Whether the same was done before."""
        return self.file.exists() and self.file.read_text() == digest

    def keep(self, digest: str) -> None:
        """Remember what was done now."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(digest)


def kept(name: str) -> Kept:
    """The memory of one kind of work."""
    return Kept(settings.DATA_DIR / "marks" / name)


def mode_file() -> Path:
    """The file from which later commands know the mode."""
    return settings.DATA_DIR / "mode"


def database_name() -> str:
    """A name for the database in use that holds no password."""
    known = connection.settings_dict
    return f"{connection.vendor} {known['HOST']}:{known['PORT']} {known['NAME']}".replace("\n", " ")


def _demo_file() -> Path:
    return settings.DATA_DIR / "demo-made"


def made_by_demo() -> bool:
    """Whether the demo world stands complete in the database in use."""
    file = _demo_file()
    return file.exists() and database_name() in file.read_text().splitlines()


def remember_demo() -> None:
    """Remember that the demo world stands in the database in use."""
    if not made_by_demo():
        with _demo_file().open("a") as file:
            file.write(f"{database_name()}\n")
