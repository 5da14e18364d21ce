"""The questions of the form with their codes, the lists of codes for answers, and what a form holds when written."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from centres.models import BeneficiaryGroup, CooperationType, NationalPriority, Party, Subject, Target, fold

from ..actions.imports.rows import Known
from ..models import CooperationRequest
from ..models.request import Language, Means, Modality, Visibility

EDITION = 2  # of the form that is handed out; forms of earlier editions are read as well
FORM = str(EDITION)
NEEDS = 5
MOST_NEEDS = 20
LANGUAGES = ("en", "fr", "es", "ar", "zh-hans", "ru")
YES_NO = {"yes": gettext_lazy("Yes"), "no": gettext_lazy("No")}
MARKS = (" – ", " — ", " - ", " = ", ": ", "\t")  # between a code and its words
SHORT_LIST = 12  # lists up to this length stand beside their question as well


@dataclass(frozen=True)
class Question:
    """One question. `kind` says how the answer is read: line, text, code, codes, day, count, flag, filings."""

    code: str
    field: str
    kind: str
    label: str | Promise
    help: str | Promise = ""
    list: str = ""
    since: int = 1  # the edition that asks it for the first time


CODES_HELP = gettext_lazy("Write codes, with semicolons between them.")
CODE_HELP = gettext_lazy("Write one code.")
DAY_HELP = gettext_lazy("Write the day as year, month and day: 2027-03-01.")

REQUEST = (
    Question(
        "P", "party", "code", gettext_lazy("Who asks?"), gettext_lazy("The code of your Party, such as FJ."), "parties"
    ),
    Question(
        "Q1",
        "title",
        "line",
        gettext_lazy("Title"),
        gettext_lazy(
            "One line that somebody who can help would recognize. For example: control of invasive lake plants."
        ),
    ),
    Question(
        "Q2",
        "summary",
        "text",
        gettext_lazy("The need in short"),
        gettext_lazy("Two to ten sentences, in any language. Who has the problem, where, and what would help?"),
    ),
    Question("Q3", "language", "code", gettext_lazy("You write in"), CODE_HELP, "languages"),
    Question("Q4", "constraints_addressed", "codes", gettext_lazy("What holds you back?"), CODES_HELP, "constraints"),
    Question(
        "Q10",
        "priorities",
        "codes",
        gettext_lazy("National priorities to which it contributes"),
        gettext_lazy("Codes of national targets and actions that your country lists, with semicolons between them."),
        "priorities",
        2,
    ),
    Question(
        "Q11",
        "priority_reason",
        "text",
        gettext_lazy("Why no national priority is named"),
        gettext_lazy("Needed only if none is named."),
        since=2,
    ),
    Question(
        "Q12",
        "beneficiary_groups",
        "codes",
        gettext_lazy("Who gains from it?"),
        gettext_lazy("In the words of indicator 20.b. Write codes, with semicolons between them."),
        "beneficiary_groups",
        2,
    ),
    Question(
        "Q13",
        "beneficiaries_note",
        "text",
        gettext_lazy("Who they are"),
        gettext_lazy("Where they live, how many they are, how they take part. One or two sentences."),
        since=2,
    ),
    Question(
        "Q5",
        "co_parties",
        "codes",
        gettext_lazy("Parties that ask together with you"),
        gettext_lazy("Only if they have agreed. Write codes, with semicolons between them."),
        "parties",
    ),
    Question(
        "Q6",
        "own_means",
        "text",
        gettext_lazy("What you bring yourselves"),
        gettext_lazy("People, boats, laboratories, data, money. Both sides of a match read this."),
    ),
    Question(
        "Q16",
        "filings",
        "filings",
        gettext_lazy("Also filed at"),
        gettext_lazy(
            "A line for each: mechanism, reference there, how far it is there, address of the page. For example: ctcn, "
            "2024000012, filed, https://www.example.org/2024000012"
        ),
        since=2,
    ),
    Question(
        "Q7",
        "consent_required",
        "flag",
        gettext_lazy("Traditional knowledge, or the consent of indigenous peoples or local communities, is concerned"),
        gettext_lazy("Only offers that follow protocols of prior informed consent are then suggested."),
        "yes_no",
    ),
    Question(
        "Q14",
        "consent_given",
        "flag",
        gettext_lazy("Those whose knowledge it is agree that this request is public"),
        gettext_lazy("Without their consent it cannot be public; the network or only those concerned may see it."),
        "yes_no",
        2,
    ),
    Question(
        "Q15",
        "consent_notice",
        "text",
        gettext_lazy("What everybody who reads it has to respect"),
        gettext_lazy("Their notice, label or protocol, in their own words."),
        since=2,
    ),
    Question(
        "Q8",
        "visibility",
        "code",
        gettext_lazy("Who may see it, once the centre has accepted it?"),
        CODE_HELP,
        "visibility",
    ),
    Question(
        "Q9",
        "contact",
        "text",
        gettext_lazy("Contact person"),
        gettext_lazy("Never public. Your office, the centre and partners with whom a match is agreed read this."),
    ),
)
NEED = (
    Question("1", "title", "line", gettext_lazy("This need in one line")),
    Question(
        "2",
        "text",
        "text",
        gettext_lazy("Describe the need"),
        gettext_lazy(
            "Two to ten sentences. Offers in other languages are found too. Name the plant, the lake, the "
            "method: that helps more than numbers and names of programmes."
        ),
    ),
    Question("3", "cooperation_types", "codes", gettext_lazy("Form of cooperation"), CODES_HELP, "cooperation_types"),
    Question("4", "modality", "code", gettext_lazy("With whom"), CODE_HELP, "modality"),
    Question("5", "languages", "codes", gettext_lazy("Working languages"), CODES_HELP, "languages"),
    Question("6", "starts_on", "day", gettext_lazy("Not before"), DAY_HELP),
    Question("7", "ends_on", "day", gettext_lazy("Not after"), DAY_HELP),
    Question("8", "means", "code", gettext_lazy("What you can pay yourselves"), CODE_HELP, "means"),
    Question(
        "9",
        "partners_wanted",
        "count",
        gettext_lazy("How many partners, at most?"),
        gettext_lazy("A number from 1 to 9."),
    ),
    Question(
        "10",
        "targets",
        "codes",
        gettext_lazy("Targets"),
        gettext_lazy("Numbers from 1 to 23, with semicolons between them; three at most is a good measure."),
        "targets",
    ),
    Question(
        "11",
        "subjects",
        "codes",
        gettext_lazy("Subjects"),
        gettext_lazy("They help to find offers that say it otherwise. Write codes, with semicolons between them."),
        "subjects",
    ),
)
LIST_TITLES = {
    "cooperation_types": gettext_lazy("Form of cooperation"),
    "constraints": gettext_lazy("What holds you back?"),
    "priorities": gettext_lazy("National priorities"),
    "beneficiary_groups": gettext_lazy("Who gains from it?"),
    "modality": gettext_lazy("With whom"),
    "means": gettext_lazy("What you can pay yourselves"),
    "visibility": gettext_lazy("Who may see it"),
    "yes_no": gettext_lazy("Yes or no"),
    "languages": gettext_lazy("Languages"),
    "targets": gettext_lazy("Targets"),
    "subjects": gettext_lazy("Subjects"),
    "parties": gettext_lazy("Parties"),
}
CHOICES = {"languages": Language, "modality": Modality, "means": Means, "visibility": Visibility}


def need_code(slot: int, question: Question) -> str:
    """The code of a question about one need, such as N2.4."""
    return f"N{slot}.{question.code}"


class Lists:
    """Codes with their words: as a form shows them, and as somebody may have written them."""

    def __init__(self, parties: Iterable[Party] = ()) -> None:
        """`parties` are those whose national priorities a form offers."""
        self.known, self.parties = Known(), [party.pk for party in parties]

    def shown(self, name: str) -> list[tuple[str, str]]:
        """The codes of a list and their words in the active language, in the order of the pages."""
        if name in CHOICES:
            return [(str(value), str(label)) for value, label in CHOICES[name].choices]
        if name == "yes_no":
            return [(code, str(label)) for code, label in YES_NO.items()]
        return self._rows[name]

    @cached_property
    def _rows(self) -> dict[str, list[tuple[str, str]]]:
        constraints = sorted(self.known.constraints.values(), key=lambda row: row.pk)
        return {
            "targets": [(str(row.number), row.name) for row in Target.objects.current().in_order()],
            "subjects": [(row.code, row.name) for row in Subject.objects.offered().by_name()],
            "cooperation_types": [(row.code, row.name) for row in CooperationType.objects.current().in_order()],
            "parties": [(row.iso2, row.name) for row in Party.objects.current().by_name()],
            "constraints": [(row.code, row.name) for row in constraints],
            "beneficiary_groups": [(row.code, row.name) for row in BeneficiaryGroup.objects.current().in_order()],
            "priorities": [(row.code, row.title) for row in self._priorities if row.party_id in self.parties],
        }

    @property
    def _priorities(self) -> list[NationalPriority]:
        return sorted((row for rows in self.known.priorities.values() for row in rows), key=lambda row: row.code)

    @cached_property
    def _written(self) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
        """Folded codes, and folded words of all six languages, by list."""
        rows: dict[str, dict[str, Any]] = {
            "targets": {str(number): row for number, row in self.known.targets.items()},
            "subjects": self.known.subjects,
            "cooperation_types": self.known.cooperation_types,
            "parties": self.known.parties,
            "constraints": self.known.constraints,
            "beneficiary_groups": self.known.beneficiary_groups,
        }
        found = {
            name: _folded({code: row.names.values() for code, row in table.items()}) for name, table in rows.items()
        }
        found["priorities"] = _folded({row.code: [row.title] for row in self._priorities})
        choices: dict[str, dict[str, list[str]]] = {
            name: {code: [] for code in CHOICES[name].values} for name in CHOICES
        }
        choices["yes_no"] = {
            "yes": ["true", "1", "oui", "sí", "نعم", "是", "да"],
            "no": ["false", "0", "non", "لا", "否", "нет"],
        }
        for language in LANGUAGES:
            with override(language):
                for name, table in choices.items():
                    for code, label in self.shown(name):
                        table[code].append(label)
        return found | {name: _folded(table) for name, table in choices.items()}

    def code_of(self, name: str, text: str) -> str:
        """The code that somebody meant: the code itself, its words in any language, or both; else the text as it is."""
        codes, names = self._written[name]
        whole = fold(plain_digits(text))
        if found := codes.get(whole) or names.get(whole):
            return found
        marks = (*MARKS, " ") if name == "targets" else MARKS
        heads = (whole.split(mark, 1)[0].strip() for mark in marks)
        return next((codes[head] for head in heads if head in codes), text)

    def words_of(self, name: str, code: Any) -> str:
        """A code and its words, for a person."""
        return self._labels(name).get(str(code), str(code))

    def _labels(self, name: str) -> dict[str, str]:
        rows = {"targets": "number", "parties": "iso2"}
        if name in CHOICES or name == "yes_no":
            return dict(self.shown(name))
        if name == "priorities":
            return {row.code: f"{row.code} {row.title}" for row in self._priorities}
        table = getattr(self.known, name)
        return {str(getattr(row, rows.get(name, "code"))): _name_of(name, row) for row in table.values()}


def _name_of(name: str, row: Any) -> str:
    return f"{row.number} {row.name}" if name == "targets" else row.name


def _folded(table: Mapping[str, Iterable[str]]) -> tuple[dict[str, str], dict[str, str]]:
    names = {fold(word): code for code, words in table.items() for word in words}
    return {fold(code): code for code in table}, names


def plain_digits(text: str) -> str:
    """Digits of any script as 0 to 9."""
    return "".join(
        str(unicodedata.digit(letter)) if letter.isdigit() and unicodedata.digit(letter, None) is not None else letter
        for letter in text
    )


@dataclass
class Filled:
    """What is written into a form: the record it belongs to, and answers by code. Empty for an empty form."""

    reference: str = ""
    version: str = ""
    numbers: dict[int, int] = field(default_factory=dict)  # slot: number of the component
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def slots(self) -> range:
        return range(1, max(NEEDS, len(self.numbers)) + 1)


def empty_form(party: Party | None = None, language: str = "") -> Filled:
    """A form without answers, but for the Party and the language where they are known."""
    return Filled(answers={"P": party.iso2 if party else "", "Q3": language.split("-")[0]})


def filled_form(request: CooperationRequest) -> Filled:
    """A form that says what the draft says. The caller has prefetched sets and components."""
    filled = Filled(request.reference, str(request.version))
    filled.answers = {question.code: answer_of(question, request) for question in REQUEST}
    for slot, component in enumerate(components_of(request), start=1):
        filled.numbers[slot] = component.number
        filled.answers |= {need_code(slot, question): answer_of(question, component) for question in NEED}
    return filled


def components_of(request: CooperationRequest) -> list:
    """The components by number, from what is prefetched."""
    return sorted(request.components.all(), key=lambda component: component.number)


def codes_of(question: Question, record: Any) -> list[str]:
    """The codes of a record's answer, in a steady order."""
    if question.field == "languages":
        return list(record.languages)
    rows = getattr(record, question.field).all()
    if question.field == "priorities":
        return sorted(priority_code(row, record) for row in rows)
    name = {"targets": "number", "parties": "iso2"}.get(question.list, "code")
    return [str(code) for code in sorted(getattr(row, name) for row in rows)]


def priority_code(row: NationalPriority, record: CooperationRequest) -> str:
    """The code of a priority; with its Party before it where that is not the one that files."""
    return row.code if row.party_id == record.party_id else f"{row.party.iso2}:{row.code}"


def filing_line(mechanism: str, name: str, external_id: str, status: str, url: str) -> str:
    """A filing elsewhere as the form writes it."""
    return ", ".join([name or mechanism, external_id, status, *([url] if url else [])])


def filing_lines(filings: Iterable[Any]) -> str:
    """Filings, rows or what was read, as the lines of the form, in a steady order."""
    names = ("mechanism", "name", "external_id", "status", "url")
    told = ([one[name] if isinstance(one, dict) else getattr(one, name) for name in names] for one in filings)
    return "\n".join(sorted(filing_line(*parts) for parts in told))


def asked_in(edition: int) -> tuple[Question, ...]:
    """The questions about the request that a form of an edition asks."""
    return tuple(question for question in REQUEST if question.since <= edition)


def answer_of(question: Question, record: Any) -> str:
    """A record's answer as the form writes it."""
    if question.field == "party":
        return record.party.iso2
    if question.kind == "codes":
        return "; ".join(codes_of(question, record))
    value = getattr(record, question.field)
    if question.kind == "filings":
        return filing_lines(value.all())
    if question.kind == "flag":
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else writable(str(value))


def writable(text: str) -> str:
    """A text without the control characters that no Office file can hold."""
    return "".join(letter for letter in text if letter in "\t\n" or unicodedata.category(letter) not in {"Cc", "Cs"})


def heading() -> str:
    """What the form is called."""
    return _("Request for technical and scientific cooperation")


def instructions() -> list[str]:
    """How the form is filled in, sentence by sentence."""
    return [
        _("Write your answers into the white boxes, in any language. You need not answer everything at once."),
        _("Leave the codes in square brackets as they are: the portal finds your answers by them."),
        _("Save the file in the same format, sign in to the portal and upload it under “Fill in a request offline”."),
        _("The portal shows what it read before it saves anything, and lists everything that has to be corrected."),
    ]


def question_help(question: Question, lists: Lists) -> str:
    """The help of a question, with a short list of codes or where a long one stands."""
    parts = [str(question.help)] if question.help else []
    if question.list and not lists.shown(question.list):
        parts.append(_("Your country lists none here yet."))
    elif question.list:
        options = lists.shown(question.list)
        if len(options) <= SHORT_LIST:
            parts += [f"{code} = {label}" for code, label in options]
        else:
            parts.append(_("The codes stand in the list “%(list)s” at the end.") % {"list": LIST_TITLES[question.list]})
    return "\n".join(parts)
