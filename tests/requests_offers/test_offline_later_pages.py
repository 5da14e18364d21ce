"""The later pages of the form as a file: saved by LibreOffice in French and Arabic, and read into the draft."""

import shutil
import subprocess
from pathlib import Path

import pytest

from requests_offers.actions import drafts
from tests import factories as f
from tests.requests_offers.offline_forms import KINDS, apply, form_of, in_full, make_words, read, upload

pytestmark = pytest.mark.django_db

# Our own forms of the second edition, filled in and saved again by LibreOffice 7.4; they belong to REQ-000042.
SAVED_BY_LIBREOFFICE = Path(__file__).parent / "files"
FILTERS = {"docx": "docx:MS Word 2007 XML", "xlsx": "xlsx:Calc MS Excel 2007 XML"}
NOTICES = {"fr": "Demander d’abord aux anciens.", "ar": "اسألوا كبار السن أولاً."}
FUNDS = {"fr": "Fonds régional", "ar": "صندوق الإقليم"}


@pytest.fixture
def draft_42():
    make_words()
    office = f.party("FJ")
    f.priority(office, code="NT 6"), f.priority(f.party("TV"), code="NT 6")
    data = {"title": "Old title", "summary": "Old summary", "components": [f.need()]}
    return drafts.start_request(office, by=f.focal_point_of(office), data=data, id=42)


@pytest.fixture
def office(client):
    client.force_login(f.focal_point_of(f.party("FJ")))
    return client


def assert_later_pages(record, language):
    saved = in_full(record)
    assert sorted((row.party.iso2, row.code) for row in saved.priorities.all()) == [("FJ", "NT 6"), ("TV", "NT 6")]
    assert [group.code for group in saved.beneficiary_groups.all()] == ["womenGirls"]
    assert (saved.consent_required, saved.consent_given, saved.visibility) == (True, True, "public")
    assert saved.consent_notice == NOTICES[language]
    told = {(one.mechanism, one.name, one.external_id, one.status, one.url) for one in saved.filings.all()}
    assert told == {
        ("ctcn", "", "2024-12", "filed", "https://www.example.org/1"),
        ("other", FUNDS[language], "7", "filed", ""),
    }


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_later_pages_saved_by_libreoffice_reach_the_draft(office, draft_42, kind, language):
    content = (SAVED_BY_LIBREOFFICE / f"request2-{language}.{kind}").read_bytes()
    preview = upload(office, content, draft_42)
    assert preview.status_code == 200, preview.context["faults"]
    assert apply(office, preview, draft_42).url == draft_42.get_absolute_url()
    assert_later_pages(draft_42, language)


@pytest.mark.torture
@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_libreoffice_saves_today_is_what_was_written(draft_42, tmp_path, kind, language):
    """By hand, where LibreOffice is installed: a draft goes out, is opened and saved there,
    and comes back unchanged.
    """
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed here")
    drafts.save_request(draft_42, by=f.focal_point_of(f.party("FJ")), data={"consent_notice": NOTICES[language]})
    before = read(form_of(draft_42, kind, language))
    (tmp_path / f"form.{kind}").write_bytes(form_of(draft_42, kind, language))
    command = [soffice, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", FILTERS[kind]]
    command += ["--outdir", str(tmp_path / "saved"), str(tmp_path / f"form.{kind}")]
    subprocess.run(command, check=True, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = read((tmp_path / "saved" / f"form.{kind}").read_bytes())
    assert (after.answers, after.meta, after.faults) == (before.answers, before.meta, [])
