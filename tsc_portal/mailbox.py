"""The outgoing mails of a demonstration, read back from the folder where they are kept instead of being sent."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

FILE_NAME = re.compile(r"^\d{8}-\d{6}-\d+\.log$")
# Django's file backend writes this line after each message; one file holds the messages of one connection.
END_OF_MESSAGE = b"\n" + b"-" * 79 + b"\n"
NEWEST = 200


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as it would have left."""

    name: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def to(self) -> str:
        return str(self.message["To"] or "")

    @property
    def sent_at(self) -> datetime | None:
        """When it was written; None where its date cannot be read."""
        try:
            return parsedate_to_datetime(str(self.message["Date"]))
        except ValueError:
            return None

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body(preferencelist=(kind,))
        return str(part.get_content()) if part else ""


def newest_mails() -> list[Mail]:
    """The last mails, newest first."""
    folder = Path(settings.EMAIL_FILE_PATH)
    files = [path for path in folder.iterdir() if FILE_NAME.match(path.name)] if folder.is_dir() else []
    files.sort(key=lambda path: (path.stat().st_mtime, path.name), reverse=True)
    mails = [mail for path in files[:NEWEST] for mail in reversed(_mails_of(path))]
    return mails[:NEWEST]


def find_mail(name: str) -> Mail | None:
    """The mail of this name: that of its file, and its place in it."""
    file, _, place = name.rpartition(".")
    path = Path(settings.EMAIL_FILE_PATH) / f"{file}.log"
    if not FILE_NAME.match(f"{file}.log") or not path.is_file():
        return None
    return next((mail for mail in _mails_of(path) if mail.name == f"{file}.{place}"), None)


def _mails_of(path: Path) -> list[Mail]:
    pieces = [piece for piece in path.read_bytes().split(END_OF_MESSAGE) if piece.strip()]
    messages = [message_from_bytes(piece.lstrip(b"\n"), policy=default) for piece in pieces]
    return [Mail(f"{path.stem}.{place}", message) for place, message in enumerate(messages, start=1)]
