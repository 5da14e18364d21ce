"""What the answers of a form mean: the fields of a request, or all the faults there are."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.sheets.cells import LANGUAGE_TAG, Row, short
from accounts.texts import LONGEST_TEXT
from centres.models import NationalPriority, Party

from ..actions.imports.intake import priority_of, understand_filing
from ..actions.imports.rows import LONGEST_TITLE
from ..models.request import Means, Modality, Visibility
from ..validators import (
    MOST_PARTNERS,
    may_be_public,
    validate_co_parties,
    validate_consent,
    validate_languages,
)
from . import words
from .reading import Form, FormFault
from .words import Lists, Question

SEPARATORS = re.compile(r"[;；؛|\n]")
COMMAS = re.compile(r"[,，،、]")
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
KINDS = {"modality": Modality, "means": Means, "visibility": Visibility}


@dataclass
class Understood:
    """The meaning of a form: `data` as `start_request` takes it, needs by slot, and all faults."""

    party: Party | None = None
    data: dict[str, Any] = field(default_factory=dict)
    needs: dict[int, dict[str, Any]] = field(default_factory=dict)
    faults: list[FormFault] = field(default_factory=list)


def understand(form: Form, lists: Lists) -> Understood:
    """Read every answer; a fault in one does not hide those in others. Faults come in the order of the form."""
    found = Understood(faults=list(form.faults))
    if not form.is_readable:
        return found
    row = _row({question.code: form.answers.get(question.code, "") for question in words.REQUEST}, words.REQUEST, lists)
    found.party, found.data = _request(row, form, lists)
    for question in words.REQUEST:
        if question.since > form.edition:  # nobody was asked, so nothing was said
            found.data.pop(question.field, None)
    _take_faults(found, row, form)
    for slot in form.slots:
        _need(found, form, slot, lists)
    if len(found.needs) > words.MOST_NEEDS:
        found.faults.append(
            FormFault("", "", _("A request has at most 20 needs. File the others as a second request."))
        )
    order = {code: place for place, code in enumerate(_order(form))}
    found.faults.sort(key=lambda fault: order.get(fault.code, -1))
    return found


def _order(form: Form) -> list[str]:
    needs = [words.need_code(slot, question) for slot in form.slots for question in words.NEED]
    return [*(question.code for question in words.REQUEST), *needs]


def _take_faults(found: Understood, row: Row, form: Form) -> None:
    broken = {fault.code for fault in form.faults}
    for fault in row.faults:
        if fault.field not in broken:
            found.faults.append(FormFault(fault.field, short(form.answers.get(fault.field, "")), fault.detail))


# Answers as the readers of fields take them ---------------------------------------------------------------------------


def _row(answers: dict[str, str], questions: tuple[Question, ...], lists: Lists, prefix: str = "") -> Row:
    values = {
        f"{prefix}{question.code}": _plain(question, answers[f"{prefix}{question.code}"], lists)
        for question in questions
    }
    return Row(0, values)


def _plain(question: Question, text: str, lists: Lists) -> Any:
    """An answer with codes for words and plain digits for others."""
    text = text.strip()
    if not text:
        return None
    if question.kind == "codes":
        return _codes(question.list, text, lists)
    if question.kind in {"code", "flag"}:
        return lists.code_of(question.list, text)
    if question.kind in {"day", "count"}:
        text = words.plain_digits(text)
        day = YEAR_FIRST.fullmatch(text)
        return f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}" if day else text
    return text


def _codes(name: str, text: str, lists: Lists) -> list[str]:
    """The parts of a list as codes. Words may hold commas themselves; these divide only where they must."""
    found: list[str] = []
    for part in SEPARATORS.split(text):
        whole = lists.code_of(name, part.strip())
        smaller = [lists.code_of(name, bit.strip()) for bit in COMMAS.split(part) if bit.strip()]
        found += smaller if whole == part.strip() and len(smaller) > 1 else [whole] if part.strip() else []
    return list(dict.fromkeys(found))


def _see(name: str) -> str:
    return _("The codes stand in the list “%(list)s” at the end of the form.") % {"list": words.LIST_TITLES[name]}


# The request ----------------------------------------------------------------------------------------------------------


def _request(row: Row, form: Form, lists: Lists) -> tuple[Party | None, dict[str, Any]]:
    known = lists.known
    parties = row.known(known.parties, "P", what=_see("parties"))
    if len(parties) > 1:
        row.fault("P", _("One Party files the request. Name the others under “Parties that ask together with you”."))
    together = row.known(known.parties, "Q5", what=_see("parties"))
    _check(row, "Q5", lambda: validate_co_parties(parties[0] if parties else None, together))
    data = {
        "title": row.line("Q1", longest=LONGEST_TITLE, required=True),
        "summary": row.text("Q2", longest=LONGEST_TEXT),
        "language": row.language("Q3") if row.values["Q3"] else _language_of(form),
        "constraints_addressed": row.known(known.constraints, "Q4", what=_see("constraints")),
        "co_parties": together,
        "own_means": row.text("Q6", longest=LONGEST_TEXT),
        **_consent(row),
        "contact": row.text("Q9", longest=LONGEST_TEXT),
        "priorities": _priorities(row, [*parties, *together], known),
        "priority_reason": row.text("Q11", longest=LONGEST_TEXT),
        "beneficiary_groups": row.known(known.beneficiary_groups, "Q12", what=_see("beneficiary_groups")),
        "beneficiaries_note": row.text("Q13", longest=LONGEST_TEXT),
        "filings": _filings(row),
    }
    return (parties[0] if parties else None), data


def _consent(row: Row) -> dict[str, Any]:
    """Whose knowledge is concerned, and the visibility to which they agree."""
    required, given = row.flag("Q7"), row.flag("Q14")
    usual = Visibility.PUBLIC if may_be_public(required, given) else Visibility.NETWORK
    visibility = row.choice(Visibility.values, "Q8", default=usual)
    _check(row, "Q8", lambda: validate_consent(visibility, required, given))
    words_of_theirs = row.text("Q15", longest=LONGEST_TEXT)
    return {
        "consent_required": required,
        "consent_given": given,
        "consent_notice": words_of_theirs,
        "visibility": visibility,
    }


def _priorities(row: Row, parties: list[Party], known: Any) -> list[NationalPriority]:
    """National priorities of the Parties that ask, by code; where nobody says who asks, the fault is another."""
    found = []
    for code in row.items("Q10")[1]:
        priority = priority_of(str(code), known, parties)
        if priority is None:
            sentence = _("“%(value)s” is no national priority that a Party that asks lists here.")
            row.fault("Q10", sentence % {"value": short(code)})
        elif priority not in found:
            found.append(priority)
    return found


def _filings(row: Row) -> list[dict[str, str]]:
    """A filing elsewhere in each line."""
    found = []
    for line in (row.values.get("Q16") or "").splitlines():
        filing, fault = understand_filing(line) if line.strip() else (None, "")
        if fault:
            row.fault("Q16", fault)
        elif filing and filing not in found:
            found.append(filing)
    return found


def _language_of(form: Form) -> str:
    """Where nobody says in which language they write, it is that of the form."""
    language = [*form.meta.get("FORM", "").split(" "), "en"][1]
    return language.split("-")[0] if language in words.LANGUAGES else "en"


def _check(row: Row, code: str, validate: Any) -> None:
    try:
        validate()
    except ValidationError as error:
        row.fault(code, " ".join(error.messages))


# A need ---------------------------------------------------------------------------------------------------------------


def _need(found: Understood, form: Form, slot: int, lists: Lists) -> None:
    """One need; an empty one is none at all. The number of partners that a form may propose does not make a need."""
    answers = {
        code: form.answers.get(code, "") for code in (words.need_code(slot, question) for question in words.NEED)
    }
    told = {code: text for code, text in answers.items() if code != f"N{slot}.9"}
    if not any(told.values()) and not any(fault.code in told for fault in form.faults):
        return
    row = _row(answers, words.NEED, lists, prefix=f"N{slot}.")
    found.needs[slot] = _need_data(row, f"N{slot}.", lists)
    _take_faults(found, row, form)


def _need_data(row: Row, code: str, lists: Lists) -> dict[str, Any]:
    known = lists.known
    starts_on, ends_on = row.day(code + "6"), row.day(code + "7")
    if starts_on and ends_on and ends_on < starts_on:
        row.fault(code + "7", _("Choose a last day that is not before the first day."))
    return {
        "title": row.line(code + "1", longest=LONGEST_TITLE, required=True),
        "text": row.text(code + "2", longest=LONGEST_TEXT),
        "cooperation_types": row.known(known.cooperation_types, code + "3", what=_see("cooperation_types")),
        "modality": row.choice(Modality.values, code + "4"),
        "languages": _languages(row, code + "5"),
        "starts_on": starts_on,
        "ends_on": ends_on,
        "means": row.choice(Means.values, code + "8"),
        "partners_wanted": row.whole(code + "9", least=1, most=MOST_PARTNERS, default=1),
        "targets": row.known(known.targets, code + "10", what=_see("targets"), key=int),
        "subjects": row.known(known.subjects, code + "11", what=_see("subjects")),
    }


def _languages(row: Row, code: str) -> list[str]:
    tags = row.texts(code)
    for tag in tags:
        if not LANGUAGE_TAG.fullmatch(tag):
            row.fault(
                code,
                _("“%(value)s” is not the code of a language. Use one such as fr or pt-BR.") % {"value": short(tag)},
            )
            return tags
    _check(row, code, lambda: validate_languages(tags))
    return tags
