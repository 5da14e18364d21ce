"""The letter that acknowledges a request: for whom it is there, and that no text of anybody becomes markup."""

import json
import re
import zlib
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils.translation import override

from requests_offers.letters import acknowledgement as letters
from requests_offers.models import CooperationRequest
from tests import factories as f

pytestmark = pytest.mark.django_db
FONTS = Path(letters.__file__).parent / "fonts"
LANGUAGES = ("en", "fr", "es", "ar", "zh-hans", "ru")
HOSTILE = (
    '#panic("read as markup")', '#read("/etc/passwd")', "$ sum_(k=1)^n k $", "*bold* _italic_ `raw` <label> @reference",
    '"); #import "x', "= heading\n\n- list", "\\u{41} // comment /* open", "#let x = 1; #x", "\u202eevil\u2066",
    "\x07\x1b[2J",
)  # fmt: skip


def url(record):
    return reverse("request_letter", args=[record.reference])


def fonts_in(pdf):
    """The names of the fonts that a PDF carries, from its plain and its packed objects."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    text = pdf + b"".join(_unpacked(part) for part in packed)
    return {name.decode() for name in re.findall(rb"/BaseFont\s*/[A-Z]{6}\+([\w-]+)", text)}


def _unpacked(part):
    try:
        return zlib.decompress(part)
    except zlib.error:
        return b""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letter_is_a_pdf_in_every_language_with_its_own_fonts(language):
    record = f.request_in("submitted", title="Lacs مكافحة النباتات 控制湖泊 Борьба")
    with override(language):
        pdf = letters.acknowledgement(record)
    assert pdf.startswith(b"%PDF-")
    carried = {name.split("-")[0] for name in fonts_in(pdf)}
    latin = set() if language == "zh-hans" else {"NotoSans"}  # the Chinese font has Latin letters of its own
    assert carried - {"NotoSans"} == {"NotoNaskhArabic", "NotoSansCJKsc"}
    assert carried >= latin


def test_the_fonts_that_the_letter_asks_for_lie_beside_it():
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 6 * 1024 * 1024
    assert {path.name.split("-")[0] for path in FONTS.glob("*.[to]tf")} == {
        "NotoSans",
        "NotoNaskhArabic",
        "NotoSansCJKsc",
    }
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text(encoding="utf-8").upper()


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_is_read_as_markup(title):
    record = f.request_in("submitted", title=title)
    words = json.dumps(letters.words_of(record, record.submitted_at), ensure_ascii=False)
    assert json.loads(words)["facts"][2][1] == title
    assert letters.acknowledgement(record).startswith(b"%PDF-")


def test_the_words_of_the_letter():
    record = f.request_in("submitted", title="Lake plants")
    CooperationRequest.objects.filter(pk=record.pk).update(submitted_at="2026-11-20T09:00Z", due_on="2026-12-04")
    record = CooperationRequest.objects.get(pk=record.pk)
    words = letters.words_of(record, record.submitted_at)
    assert [fact[:2] for fact in words["facts"]] == [
        ("Reference", record.reference),
        ("Party", "Fiji"),
        ("Title", "Lake plants"),
        ("With", record.centre.name),
        ("Submitted on", "20 November 2026"),
        ("Decision until", "4 December 2026"),
    ]
    assert words["next"][0].startswith(f"{record.centre.name} decides until 4 December 2026.")
    assert words["mark"] == ""


def test_an_example_says_so():
    record = f.request_in("submitted")
    record.is_example = True
    assert letters.words_of(record, record.submitted_at)["mark"].startswith("EXAMPLE")


def test_without_a_centre_the_helpdesk_writes():
    record = f.request_in("submitted", held=False)
    assert letters.words_of(record, record.submitted_at)["sender"] == "The coordinator’s helpdesk"


def test_the_promised_day_stays_the_same_when_the_request_moves_on():
    draft = f.draft_request(f.party("FJ"))
    promised = letters.decide_until(f.request_in("submitted", draft=draft))
    accepted = CooperationRequest.objects.get(pk=draft.pk)
    f._accept(accepted)
    accepted.refresh_from_db()
    assert accepted.due_on != promised
    assert letters.decide_until(accepted) == promised


def test_arabic_runs_from_right_to_left_and_a_title_in_its_own_direction():
    record = f.request_in("submitted", title="Lake plants نباتات")
    with override("ar"):
        words = letters.words_of(record, record.submitted_at)
    assert (words["rtl"], words["fonts"][0]) == (True, "Noto Naskh Arabic")
    assert words["facts"][2] == (words["facts"][2][0], "Lake plants نباتات", False)
    record.title = "(2027) نباتات Lake"
    assert letters.words_of(record, record.submitted_at)["facts"][2][2] is True


READERS = {"focal_point", "deputy", "drafter", "officer", "head", "coordinator"}
PEOPLE = (*sorted(READERS), "provider", "donor", "stranger")


def test_office_centre_and_coordinator_read_the_letter_and_nobody_else(client):
    people = f.everyone_known()
    record = f.request_in("matching", people.party)
    for who in PEOPLE:
        client.force_login(getattr(people, who))
        assert (who, client.get(url(record)).status_code) == (who, 200 if who in READERS else 404)


def test_the_other_side_of_an_offered_match_reads_no_letter(client):
    match = f.match_in("offered")
    client.force_login(f.provider_of(match.offer.organization))
    assert client.get(url(match.component.request)).status_code == 404


def test_there_is_no_letter_before_submission(client):
    draft = f.draft_request(f.party("FJ"))
    client.force_login(f.focal_point_of(draft.party))
    assert client.get(url(draft)).status_code == 404


def test_anonymous_people_are_sent_to_sign_in(client):
    assert client.get(url(f.request_in("matching"))).status_code == 302


def test_the_answer_is_private_and_named_by_the_reference(client):
    record = f.request_in("submitted")
    client.force_login(f.focal_point_of(record.party))
    response = client.get(url(record))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'inline; filename="{record.reference}.pdf"'
    assert (response["Cache-Control"], response["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
