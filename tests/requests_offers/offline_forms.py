"""Forms of requests as somebody sends them back, for the tests of what is read and of the pages."""

import io
import zipfile
from functools import cache

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override

from requests_offers.models import CooperationRequest
from requests_offers.offline import form_docx, form_xlsx, reading, understanding, words
from requests_offers.offline.words import Filled
from tests import factories as f
from tests.requests_offers import office_files as files

WRITERS = {"docx": form_docx.write, "xlsx": form_xlsx.write}
KINDS = tuple(WRITERS)
LANGUAGES = ("en", "fr", "es", "ar", "zh-hans", "ru")


def written(kind, answers=None, *, language="en", reference="", version=""):
    """A form with these answers, as somebody would send it back."""
    return _written(kind, tuple((answers or {}).items()), language, reference, version)


@cache
def _written(kind, answers, language, reference, version):
    with override(language):
        return WRITERS[kind](Filled(reference, version, {}, dict(answers)), words.Lists())


def form_of(record, kind, language="en"):
    with override(language):
        return WRITERS[kind](words.filled_form(in_full(record)), words.Lists())


def in_full(record):
    needs = ("components__targets", "components__subjects", "components__cooperation_types")
    rows = CooperationRequest.objects.select_related("party").prefetch_related(*needs, "priorities__party", "filings")
    return rows.prefetch_related("co_parties", "constraints_addressed", "beneficiary_groups").get(pk=record.pk)


def read(content):
    return reading.read(io.BytesIO(content))


def faults_of(content):
    """(code, what was found, what to do) for all faults of a file."""
    found = understanding.understand(read(content), words.Lists()).faults
    return [(fault.code, fault.found, fault.detail) for fault in found]


def edited(content, *changes, part="word/document.xml"):
    """The same archive with other texts in one of its parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            for before, after in changes if name == part else ():
                assert before.encode() in data, before
                data = data.replace(before.encode(), after.encode(), 1)
            new.writestr(name, data)
    return file.getvalue()


def with_part(content, part, text):
    """The same archive with another text as one of its parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return files.package(parts | {part: text})


def upload(client, content, record=None, name="form.docx", **more):
    url = reverse("request_offline_of", args=[record.reference]) if record else reverse("request_offline")
    return client.post(url, {"file": SimpleUploadedFile(name, content)} | more)


def apply(client, preview, record=None, **more):
    url = reverse("request_offline_of", args=[record.reference]) if record else reverse("request_offline")
    return client.post(url, {"kept": preview.context["kept"]} | more)


def make_words():
    """What the answers in these forms refer to."""
    f.party("FJ"), f.party("TV"), f.target(), f.subject(), f.cooperation_type(), f.constraint(), f.beneficiary_group()


SHORT = {"P": "FJ", "Q1": "Lake plants", "N1.1": "Control"}
