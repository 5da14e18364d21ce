"""Reading: the parameters of every list and record, and the tags by which a client knows a record again."""

import hashlib
import json
from datetime import UTC, datetime

from django.conf import settings
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.utils.encoders import JSONEncoder

FORMATS = ("json", "csv", "jsonl", "xlsx")
LANGUAGES = {code.split("-")[0]: code for code, _name in settings.LANGUAGES}
PAGING = ("page", "page_size")


def invalid(field: str, sentence: str, code: str = "invalid") -> ValidationError:
    """A refusal that belongs to one parameter or field."""
    return ValidationError({field: [ErrorDetail(sentence, code=code)]})


def refuse_unknown(query, known) -> None:
    """A parameter nobody reads is a slip that would quietly give the wrong answer."""
    faults = {
        name: [ErrorDetail(_("There is no parameter with this name here."), code="unknown")]
        for name in query
        if name not in known
    }
    if faults:
        raise ValidationError(faults)


def refuse_repeated(query, may_repeat) -> None:
    """A parameter given twice says two things; nobody should have to guess which one counts."""
    faults = {
        name: [ErrorDetail(_("Give this parameter once."), code="repeated")]
        for name, values in query.lists()
        if len(values) > 1 and name not in may_repeat
    }
    if faults:
        raise ValidationError(faults)


def whole_number(query, name: str) -> int | None:
    """A whole number from 1, or None where the parameter is not given."""
    text = query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) >= 1):
        raise invalid(name, _("Write a whole number from 1."))
    return int(text)


def yes_or_no(query, names) -> None:
    """Filters that are ticked or not: a browser would take any word for a tick."""
    for name in names:
        one_of(query, name, ("true", "false", "1", "0", "on"), "false")


def one_of(query, name: str, allowed, default: str) -> str:
    """The value of a parameter with a list of allowed values."""
    value = query.get(name, default)
    if value not in allowed:
        sentence = _("Choose one of: %(values)s.") % {"values": ", ".join(allowed)}
        raise invalid(name, sentence, "invalid_choice")
    return value


def moment(query, name: str) -> datetime | None:
    """The value of a parameter that names a day or a moment; a moment without a zone is in UTC."""
    text = query.get(name)
    if text is None:
        return None
    try:
        found = parse_datetime(text.replace(" ", "+")) or parse_date(text)
    except ValueError:
        found = None
    if found is None or not 1900 <= found.year <= 2900:
        raise invalid(name, _("Write a day or a moment such as 2026-11-20 or 2026-11-20T09:00:00Z."))
    if not isinstance(found, datetime):
        found = datetime(found.year, found.month, found.day)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def chosen_fields(query, known) -> list[str] | None:
    """The fields that `fields=` asks for, in the record's own order; None for all."""
    if "fields" not in query:
        return None
    wanted = {name.strip() for value in query.getlist("fields") for name in value.split(",") if name.strip()}
    if not wanted or wanted - set(known):
        sentence = _("Name fields of the record, separated by commas: %(fields)s.") % {"fields": ", ".join(known)}
        raise invalid("fields", sentence, "invalid_choice")
    return [name for name in known if name in wanted]


def order(query, allowed: dict[str, str], default: tuple[str, ...]) -> tuple[str, ...]:
    """The order of a list: names of the allow-list, a minus for the other direction; the primary key decides ties."""
    names = [name for name in query.get("ordering", "").split(",") if name]
    if unknown := [name for name in names if name.removeprefix("-") not in allowed]:
        sentence = _("“%(name)s” is no order of this list. Choose from: %(names)s.")
        raise invalid("ordering", sentence % {"name": unknown[0], "names": ", ".join(allowed)}, "invalid_choice")
    if not names:
        return default
    paths = [("-" if name.startswith("-") else "") + allowed[name.removeprefix("-")] for name in names]
    return (*dict.fromkeys(paths), "-pk" if names[0].startswith("-") else "pk")


def tag_of(record: dict, worded: tuple[str, ...]) -> str:
    """The ETag of a record as this reader sees it, the same in all languages: worded fields are left out."""
    plain = {name: value for name, value in record.items() if name not in worded}
    text = json.dumps(plain, sort_keys=True, cls=JSONEncoder)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def names_tag(header: str, tag: str) -> bool:
    """Whether a header names this tag. Compression makes tags weak on their way; that is no change."""
    given = {part.strip().removeprefix("W/") for part in header.split(",")}
    return "*" in given or tag in given
