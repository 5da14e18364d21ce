"""Texts that people type: what deceives the reader or breaks a file is refused wherever it comes in,
with a sentence.
"""

import importlib
import json
import pkgutil

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from rest_framework import serializers

import accounts
import centres
import knowledge
import requests_offers
import tsc_portal
import workplans
from accounts.api.inputs import Input
from accounts.models import User
from accounts.sheets.files import BadFile
from accounts.texts import Line, Lines, validate_line, validate_lines
from requests_offers.actions.imports.run import import_offers, import_requests
from requests_offers.models import CooperationRequest, Offer
from tests import factories as f

ROOMS = (accounts, centres, knowledge, requests_offers, workplans, tsc_portal)
# Overrides of direction, what is invisible, what no database takes.
NEVER = ["\u202e", "\u202d", "\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800", "\udfff", "\ufff9", "\U000e0041"]
NOT_IN_NAMES = [*NEVER, "\u200b", "\u202a", "\u202b", "\u2066", "\u2069", "\ufeff", "\u00ad", "\u2060", "\n", "\u2028"]
WRITTEN = [
    "Fiji", "می‌خواهم", "क्‍ष", "שלום\u200f!", "a\u200eb", "عربي\u061c 5", "\u06dd 12", "Côte d’Ivoire", "生物多样性",
    "a\u00a0b", "🏝️", "İstanbul",
]  # fmt: skip


@pytest.mark.parametrize("sign", NOT_IN_NAMES, ids=ascii)
def test_a_name_refuses_what_cannot_be_seen(sign):
    for text in (f"Fi{sign}ji", f"{sign}Fiji", f"Fiji{sign}"):
        with pytest.raises(ValidationError) as refused:
            validate_line(text)
        assert refused.value.messages[0].endswith(".")
        refused.value.messages[0].encode()


@pytest.mark.parametrize("sign", NEVER, ids=ascii)
def test_a_text_refuses_what_turns_it_around_or_breaks_it(sign):
    with pytest.raises(ValidationError, match="that cannot be seen"):
        validate_lines(f"Reefs die. {sign}Help.")


@pytest.mark.parametrize("text", WRITTEN, ids=ascii)
def test_what_languages_need_stays(text):
    validate_line(text)
    validate_lines(f"{text}\n\t{text}\r\n\u200b\u2067{text}\u2069\u00ad")


@pytest.mark.parametrize("text", [" ", "\u200e", "\u200c \u200d"], ids=ascii)
def test_a_name_that_nobody_can_see_is_none(text):
    with pytest.raises(ValidationError, match="Write at least one letter"):
        validate_line(text)


# Every way in ---------------------------------------------------------------------------------------------------------

SEARCHED = {"q", "search"}  # looked for, never kept
# Looked up, read as a number, or checked word by word; not asked for at all.
READ_BY_OTHERS = {
    "offer", "emails", "username", "amount", "currency", "duplicate", "kept", "with_request", "with_organization",
}  # fmt: skip


def modules():
    for room in ROOMS:
        for part in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if ".migrations" not in part.name and not part.name.endswith("__main__"):
                yield importlib.import_module(part.name)


def all_below(kind):
    list(modules())
    waiting, found = [kind], set()
    while waiting:
        for one in waiting.pop().__subclasses__():
            if one not in found:
                found.add(one)
                waiting.append(one)
    return {one for one in found if one.__module__.split(".")[0] in {room.__name__ for room in ROOMS}}


def takes(field, text):
    try:
        field.run_validators(text)
    except (ValidationError, serializers.ValidationError):
        return False
    return True


def is_text(field):
    """Fields for texts, not those that Django and allauth derive for addresses, keys and passwords."""
    hidden = isinstance(field.widget, forms.PasswordInput | forms.HiddenInput)
    derived = isinstance(field, forms.EmailField | forms.URLField | forms.UUIDField | forms.RegexField)
    return isinstance(field, forms.CharField) and not derived and not hidden


def test_every_text_of_every_form_is_checked():
    found, open_to_all = 0, []
    for form in all_below(forms.BaseForm):
        checked_by_model = set(getattr(getattr(form, "_meta", None), "fields", None) or ())
        for name, field in form.base_fields.items():
            if not is_text(field) or name in SEARCHED | READ_BY_OTHERS | checked_by_model:
                continue
            found += 1
            if takes(field, "a\u202eb") or not takes(field, "\u200cم"):
                open_to_all.append(f"{form.__module__}.{form.__name__}.{name}")
    assert found > 20
    assert open_to_all == []


def test_every_text_of_every_body_is_checked():
    found, open_to_all = 0, []
    for body in all_below(Input):
        for name, field in body().get_fields().items():
            if type(field) is serializers.CharField:
                found += 1
                if takes(field, "a\u202eb") or not takes(field, "\u200cم"):
                    open_to_all.append(f"{body.__name__}.{name}")
    assert found > 20
    assert open_to_all == []


# What the portal writes itself, codes, and what only the command that loads reference files fills.
WRITTEN_BY_US = {
    "accounts.AuditEvent", "accounts.Notice", "accounts.Heartbeat", "accounts.IdempotencyKey",
    "accounts.MailLink",
    "knowledge.SubmitterMail", "requests_offers.ClockEvent", "requests_offers.MessageFile", "workplans.PledgeDocument",
}  # fmt: skip
TYPED = (
    "title",
    "name",
    "text",
    "summary",
    "reason",
    "note",
    "evidence",
    "contact",
    "own_means",
    "subject",
    "question",
)


def test_every_column_that_people_fill_says_so():
    silent = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.split(".")[0] in {room.__name__ for room in ROOMS}
        and model._meta.label not in WRITTEN_BY_US
        for field in model._meta.local_concrete_fields
        if field.name in TYPED and isinstance(field, models.CharField | models.TextField)
        if not isinstance(field, Line | Lines | models.URLField)
    ]
    assert silent == []


@pytest.mark.django_db
def test_a_person_with_a_turned_name_is_told_and_nothing_is_kept(client):
    person = f.user("Amina")
    client.force_login(person)
    said = {"name": "Am\u202eina", "language": "en", "time_zone": "UTC", "notice_frequency": person.notice_frequency}
    page = client.post("/accounts/", said)
    assert "Delete the character after “Am” that cannot be seen (U+202E)" in page.content.decode()
    assert User.objects.get(pk=person.pk).name == "Amina"
    assert client.post("/accounts/", said | {"name": "Am\u200cina"}).status_code == 302
    assert User.objects.get(pk=person.pk).name == "Am\u200cina"


@pytest.mark.django_db
@pytest.mark.parametrize("sign", ["\u202e", "\u200b", "\x00", "\ud800"], ids=ascii)
def test_the_api_tells_which_field_and_what_to_do(client, sign):
    people = f.everyone_known()
    client.force_login(people.focal_point)
    body = json.dumps({"party": people.party.iso2, "title": f"Re{sign}ef", "summary": "It dies."})
    answer = client.post("/api/v1/requests/", body, content_type="application/json")
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"title"}
    assert not CooperationRequest.objects.exists()


REQUEST = {"id": "1", "title": "Reefs", "countries": ["FJ"], "language": "en", "text": "They die."}
OFFER = {"id": "1", "title": "Reefs", "provider": "Museum", "language": "en", "text": "We mend them."}


@pytest.mark.django_db
@pytest.mark.parametrize("sign", ["\x00", "\ud800", "\u202e"], ids=ascii)
@pytest.mark.parametrize("field", ["title", "text", "contact"])
def test_an_import_names_what_cannot_be_shown_and_drops_nothing(tmp_path, sign, field):
    f.everyone_known()
    for row, act, model in ((REQUEST, import_requests, CooperationRequest), (OFFER, import_offers, Offer)):
        path = tmp_path / "rows.json"
        path.write_text(json.dumps([row | {field: f"Re{sign}efs"}]), encoding="utf-8")
        with pytest.raises(BadFile) as refused:
            act(path)
        assert field in {fault.field for fault in refused.value.faults}
        assert all(str(fault).encode() for fault in refused.value.faults)
        assert not model.objects.exists()


@pytest.mark.django_db
def test_an_import_joins_a_title_that_a_table_broke(tmp_path):
    f.everyone_known()
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([REQUEST | {"title": "Reefs\r\nof the\tcoast"}]), encoding="utf-8")
    import_requests(path)
    assert CooperationRequest.objects.get().title == "Reefs of the coast"
