"""Files of a request: who may attach, who may read, and that nothing hostile gets a foot in the door."""

import io
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent
from requests_offers import uploads
from requests_offers.actions import attachments, drafts, requests
from requests_offers.models import Attachment
from requests_offers.uploads import BadUpload
from tests import factories as f
from tests import worlds
from tests.requests_offers import office_files as files

pytestmark = pytest.mark.django_db
PAGE_QUERIES = 7
LATER = datetime.now(UTC) + timedelta(days=2)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


built, draft = worlds.shared(lambda: f.draft_request(f.party("FJ")))


def attach(record, name="map.pdf", content=files.PDF, *, by=None, **more):
    by = by or f.focal_point_of(record.party)
    return attachments.attach(record, by=by, file=io.BytesIO(content), name=name, **more)


def stored(media):
    return sorted(path.relative_to(media) for path in media.rglob("*") if path.is_file())


def status(client, url):
    """The answer's status; a file is read to its end, so that it is closed."""
    response = client.get(url)
    if response.streaming:
        assert b"".join(response.streaming_content)
    return response.status_code


# What is taken --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", files.HONEST)
def test_honest_files_of_every_kind_are_kept(draft, media, name):
    made = attach(draft, name, files.HONEST[name])
    assert made.name == name
    assert made.size == len(files.HONEST[name])
    with made.open() as kept:
        assert kept.read() == files.HONEST[name]
    (path,) = stored(media)
    assert str(path) == made.stored_as
    assert not {"map", "photo", "report"} & set(path.parts)


def test_the_corpus_of_hostile_files_is_large():
    assert len(files.refused()) + len(files.TAMED) >= 100


def is_refused(draft, name, content):
    """Whether a file is refused with a sentence."""
    try:
        attach(draft, name, content)
    except BadUpload as refusal:
        return bool(str(refusal))
    return False


def test_no_hostile_file_is_kept(draft, media):
    kept = [name for name, content in files.refused() if not is_refused(draft, name, content)]
    assert kept == []
    assert stored(media) == []
    assert Attachment.objects.count() == 0


def test_strange_names_of_honest_files_are_tamed(draft):
    names = {name: attach(draft, name, files.PDF + b"%d\n%%%%EOF" % n).name for n, name in enumerate(files.TAMED)}
    assert names == files.TAMED


def test_no_hostile_file_breaks_the_page(client, draft, media):
    client.force_login(f.focal_point_of(draft.party))
    url = reverse("request_attachments", args=[draft.reference])
    for name, content in files.refused()[::5]:
        upload = SimpleUploadedFile(name or "none", content)
        response = client.post(url, {"file": upload, "kind": "file"})
        assert response.status_code == 200, name
    assert stored(media) == []


def test_a_name_that_breaks_a_header_reaches_the_page_tamed(client, draft):
    client.force_login(f.focal_point_of(draft.party))
    lines = (
        b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nfile\r\n',
        b'--x\r\nContent-Disposition: form-data; name="file"; '
        b"filename*=utf-8''..%2F%0D%0ASet-Cookie%3A%20a%E2%80%AEb.pdf",
        b"\r\nContent-Type: text/html\r\n\r\n" + files.PDF + b"\r\n--x--\r\n",
    )
    url = reverse("request_attachments", args=[draft.reference])
    client.generic("POST", url, b"".join(lines), content_type="multipart/form-data; boundary=x")
    made = Attachment.objects.get()
    assert not set("\r\n/\u202e") & set(made.name)
    assert made.content_type == "application/pdf"
    response = client.get(made.get_absolute_url())
    assert "Set-Cookie" not in response.headers
    assert b"".join(response.streaming_content) == files.PDF


def test_a_file_of_ten_megabytes_is_taken_and_one_byte_more_is_not(draft):
    largest = files.PDF[:-6] + b"0" * (uploads.LARGEST_FILE - len(files.PDF)) + files.PDF[-6:]
    assert attach(draft, content=largest).size == uploads.LARGEST_FILE
    with pytest.raises(BadUpload, match="larger than 10 MB"):
        attach(draft, content=largest + b"\n")


def test_a_body_that_says_it_has_ten_gigabytes_is_refused_unread(client, draft):
    class Unread(io.BytesIO):
        def read(self, *args):
            raise AssertionError("the body was read")

    client.force_login(f.focal_point_of(draft.party))
    url = reverse("request_attachments", args=[draft.reference])
    declared = {"CONTENT_LENGTH": str(10 * 1024**3), "wsgi.input": Unread()}
    response = client.generic("POST", url, b"x", content_type="multipart/form-data; boundary=x", **declared)
    assert response.status_code == 400


def test_the_files_of_a_record_end_at_fifty_megabytes(draft, media):
    rows = [{"sha256": str(number), "stored_as": str(number)} for number in range(5)]
    for row in rows:
        Attachment.objects.create(request=draft, name="a.pdf", content_type="x", size=uploads.LARGEST_FILE, **row)
    with pytest.raises(DomainError, match="50 MB"):
        attach(draft)
    assert stored(media) == []


def test_a_record_has_at_most_fifty_files(draft):
    for number in range(uploads.MOST_FILES):
        more = {"sha256": str(number), "stored_as": str(number)}
        Attachment.objects.create(request=draft, name="a.pdf", content_type="x", size=1, **more)
    with pytest.raises(DomainError, match="at most 50 files"):
        attach(draft)


def test_the_same_file_twice_is_one_row_and_one_file(draft, media):
    assert attach(draft) == attach(draft, "another name.pdf")
    assert len(stored(media)) == 1


@pytest.mark.parametrize("fields", [{"kind": "virus"}, {"size": 0}, {"size": uploads.LARGEST_FILE + 1}])
def test_the_database_refuses_what_cannot_be(draft, fields):
    facts = {"kind": "file", "size": 1, "sha256": "1", "stored_as": "1", "name": "a.pdf", "content_type": "x"} | fields
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.create(request=draft, **facts)


# Who may write, and when ----------------------------------------------------------------------------------------------


def test_a_drafter_may_attach_and_the_trail_names_no_file(draft):
    made = attach(draft, by=f.drafter_of(draft.party), kind="endorsement_letter", component=draft.components.get())
    event = AuditEvent.objects.of(draft).get(action="attach")
    expected = {"attachment": made.pk, "kind": "endorsement_letter", "size": made.size, "sha256": made.sha256}
    assert event.details == expected


@pytest.mark.parametrize("who", ["officer", "head", "coordinator", "provider", "donor", "stranger"])
def test_nobody_outside_the_office_attaches_or_removes(who):
    people = f.everyone_known()
    record = f.request_in("clarification", people.party)
    made = attach(record)
    with pytest.raises(NotAllowed):
        attach(record, content=files.PDF + b"%%EOF", by=getattr(people, who))
    with pytest.raises(NotAllowed):
        attachments.remove(made, by=getattr(people, who))


@pytest.mark.parametrize("state", ["submitted", "matching", "refused", "withdrawn", "completed"])
def test_files_stay_as_they_are_once_the_request_has_left_the_office(state, draft, media):
    made = attach(draft)
    record = f.request_in(state, draft=draft)
    with pytest.raises(IllegalStep):
        attach(record, content=files.PDF + b"%%EOF")
    with pytest.raises(IllegalStep):
        attachments.remove(made, by=f.focal_point_of(record.party))
    assert len(stored(media)) == 1


def test_a_need_of_another_request_is_refused(draft, media):
    other = f.draft_request(f.party("TV")).components.get()
    with pytest.raises(DomainError):
        attach(draft, component=other)
    assert stored(media) == []


def test_a_file_goes_when_its_row_is_gone_for_good(draft, media, django_capture_on_commit_callbacks):
    made = attach(draft)
    with django_capture_on_commit_callbacks(execute=True):
        attachments.remove(made, by=f.focal_point_of(draft.party))
        assert len(stored(media)) == 1
    assert stored(media) == []
    assert AuditEvent.objects.of(draft).filter(action="remove_file").count() == 1


def test_a_need_that_is_taken_out_leaves_its_file_with_the_request(draft):
    made = attach(draft, component=draft.components.get())
    drafts.save_request(draft, by=f.focal_point_of(draft.party), data={"components": [f.need()]})
    made.refresh_from_db()
    assert made.component is None


def test_files_without_a_row_are_deleted_after_a_day(draft, media):
    kept = attach(draft)
    other = f.draft_request(f.party("TV"))
    attach(other)
    drafts.delete_draft(other, by=f.focal_point_of(other.party))
    assert len(stored(media)) == 2
    assert attachments.delete_orphans(datetime.now(UTC)) == 0
    assert attachments.delete_orphans(LATER) == 1
    assert [str(path) for path in stored(media)] == [kept.stored_as]


def test_nothing_stored_is_nothing_to_delete():
    assert attachments.delete_orphans(LATER) == 0


# Who may read ---------------------------------------------------------------------------------------------------------

READERS = {
    "draft": {"focal_point", "deputy", "drafter"},
    "submitted": {"focal_point", "deputy", "drafter", "officer", "head", "coordinator"},
    "matching": {"focal_point", "deputy", "drafter", "officer", "head", "coordinator"},
}
PEOPLE = ("focal_point", "deputy", "drafter", "officer", "head", "provider", "donor", "coordinator", "stranger")


@pytest.mark.parametrize("state", READERS)
def test_office_centre_and_coordinator_read_files_and_nobody_else(client, state):
    people = f.everyone_known()
    draft = f.draft_request(people.party)
    made = attach(draft)
    record = f.request_in(state, draft=draft)
    addresses = [made.get_absolute_url(), reverse("request_attachments", args=[record.reference])]
    for who in PEOPLE:
        client.force_login(getattr(people, who))
        expected = 200 if who in READERS[state] else 404
        for url in addresses:
            assert (who, url, status(client, url)) == (who, url, expected)


def test_anonymous_people_are_sent_to_sign_in(client, draft):
    made = attach(draft)
    assert client.get(made.get_absolute_url()).status_code == 302


def test_the_other_side_of_an_offered_match_reads_the_files_of_the_request_and_of_its_need(client):
    draft = f.draft_request(f.party("FJ"), needs=[f.need(), f.need(title="Second")])
    first, second = draft.components.order_by("number")
    of_all = attach(draft)
    of_first = attach(draft, content=files.PDF + b"1%%EOF", component=first)
    of_second = attach(draft, content=files.PDF + b"2%%EOF", component=second)
    record = f.request_in("matching", draft=draft)
    match = f.match_in("offered", component=record.components.get(number=1))
    provider = f.provider_of(match.offer.organization)
    assert set(Attachment.objects.visible_to(provider)) == {of_all, of_first}
    client.force_login(provider)
    assert status(client, of_first.get_absolute_url()) == 200
    assert client.get(of_second.get_absolute_url()).status_code == 404


def test_a_suggested_match_opens_nothing_to_the_provider():
    draft = f.draft_request(f.party("FJ"))
    attach(draft)
    record = f.request_in("matching", draft=draft)
    match = f.suggest(record.components.get())
    assert not Attachment.objects.visible_to(f.provider_of(match.offer.organization)).exists()


def test_a_former_holder_reads_no_files():
    draft = f.draft_request(f.party("FJ"))
    attach(draft)
    record = f.request_in("submitted", draft=draft)
    officer, other = f.officer_of(record.centre), f.centre(f.party("TV"))
    assert Attachment.objects.visible_to(officer).count() == 1
    requests.redirect(record, by=officer, centre=other, reason_code="other_region")
    assert Attachment.objects.visible_to(f.again(officer)).count() == 0


def test_a_file_is_found_under_its_own_request_only(client, draft):
    made = attach(draft)
    other = f.draft_request(draft.party)
    client.force_login(f.focal_point_of(draft.party))
    assert client.get(reverse("attachment_download", args=[other.reference, made.pk])).status_code == 404
    assert client.get(reverse("attachment_download", args=[draft.reference, 10**30])).status_code == 404


# The download ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["map.pdf", "été.pdf", "خطاب.pdf", "信件.pdf", "a;b 'c'.pdf"])
def test_a_download_is_never_a_page_and_keeps_its_name(client, draft, name):
    client.force_login(f.focal_point_of(draft.party))
    response = client.get(attach(draft, name).get_absolute_url())
    disposition = response["Content-Disposition"]
    assert disposition.startswith("attachment; ")
    assert name in unquote(disposition.split("''")[-1])
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Content-Type"] == "application/pdf"
    assert b"".join(response.streaming_content) == files.PDF


def test_a_file_that_is_gone_from_the_disk_is_not_found(client, draft):
    made = attach(draft)
    default_storage.delete(made.stored_as)
    client.force_login(f.focal_point_of(draft.party))
    assert client.get(made.get_absolute_url()).status_code == 404


# The pages ------------------------------------------------------------------------------------------------------------


def test_the_page_attaches_lists_and_removes(client, draft, media):
    client.force_login(f.drafter_of(draft.party))
    url = reverse("request_attachments", args=[draft.reference])
    response = client.post(url, {"file": SimpleUploadedFile("<b>map</b>.pdf", files.PDF), "kind": "file"}, follow=True)
    assert response.redirect_chain == [(url, 302)]
    made = Attachment.objects.get()
    assert made.get_absolute_url() in response.text
    assert "<b>map" not in response.text
    gone = reverse("attachment_remove", args=[draft.reference, made.pk])
    assert client.get(gone).status_code == 200
    assert Attachment.objects.count() == 1
    assert client.post(gone).status_code == 302
    assert Attachment.objects.count() == 0


def test_a_file_for_one_of_several_needs_is_said_on_the_page(client):
    draft = f.draft_request(f.party("FJ"), needs=[f.need(), f.need(title="Second need")])
    client.force_login(f.focal_point_of(draft.party))
    need = draft.components.get(number=2)
    url = reverse("request_attachments", args=[draft.reference])
    said = {"file": SimpleUploadedFile("map.pdf", files.PDF), "kind": "translation", "component": need.pk}
    assert "Second need" in client.post(url, said, follow=True).text
    assert Attachment.objects.get().component == need


def test_a_refused_file_gets_a_sentence_at_its_field(client, draft):
    client.force_login(f.focal_point_of(draft.party))
    url = reverse("request_attachments", args=[draft.reference])
    response = client.post(url, {"file": SimpleUploadedFile("map.svg", files.SVG), "kind": "file"})
    assert response.context["form"].errors["file"] == [
        "“map.svg” cannot be attached. Use one of: pdf, docx, xlsx, odt, ods, png, jpg, txt, csv."
    ]


def test_who_reads_only_gets_no_form_and_may_not_post(client):
    people = f.everyone_known()
    record = f.request_in("submitted", people.party)
    url = reverse("request_attachments", args=[record.reference])
    client.force_login(people.officer)
    assert client.get(url).context["form"] is None
    assert client.post(url, {"kind": "file"}).status_code == 403


def test_after_submission_a_late_post_is_told_why(client):
    record = f.request_in("submitted")
    client.force_login(f.focal_point_of(record.party))
    url = reverse("request_attachments", args=[record.reference])
    response = client.post(url, {"file": SimpleUploadedFile("map.pdf", files.PDF), "kind": "file"}, follow=True)
    assert "while the request is a draft or a question is open" in response.text
    assert Attachment.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_number_of_questions_for_any_number_of_files(client, draft, count):
    for number in range(count):
        attach(draft, content=files.PDF + b"%d%%%%EOF" % number)
    client.force_login(f.focal_point_of(draft.party))
    url = reverse("request_attachments", args=[draft.reference])
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    assert len(queries) == PAGE_QUERIES, [query["sql"] for query in queries]
