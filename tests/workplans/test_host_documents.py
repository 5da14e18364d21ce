"""Papers of the hosts: put there by the head, read by whom they concern, handed out as files."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.errors import DomainError, NotAllowed
from accounts.models import AuditEvent
from requests_offers.uploads import BadUpload
from tests import factories as f
from tests import worlds
from tests.workplans.test_pledges import PDF
from workplans.actions.host_documents import add_document, withdraw_document
from workplans.models import HostDocument

pytestmark = pytest.mark.django_db
FACTS = {"kind": "audit", "title": "Audit of 2025", "year": 2025, "audience": "donors"}


built, people = worlds.shared(f.everyone_known)


def paper(people, *, by=None, content=PDF, **more):
    said = FACTS | {"name": "audit.pdf"} | more
    return add_document(people.centre, by=by or people.head, document=BytesIO(content), **said)


def browser(person=None):
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def status_of(client, row):
    answer = client.get(row.get_absolute_url())
    if answer.streaming:
        assert b"".join(answer.streaming_content)  # the test client closes a file that was read
    return answer.status_code


def test_who_reads_which_paper(people):
    """The table: everybody what is public; donors, the centre and the coordinator also what is for donors."""
    public = paper(people, audience="public", content=PDF + b"\n%%EOF\n")
    closed = paper(people)
    inside = {"donor", "officer", "head", "coordinator"}
    outside = {"stranger", "focal_point", "provider"}
    others = {"other head": f.head_of(f.centre(f.party("TD"), name="Another Centre")), "nobody": None}
    found = {name: browser(getattr(people, name)) for name in inside | outside}
    found |= {name: browser(person) for name, person in others.items()}
    seen = {name: tuple(status_of(client, row) for row in (public, closed)) for name, client in found.items()}
    assert seen == {name: (200, 200 if name in inside else 404) for name in found}
    for name, client in found.items():
        for page in (reverse("host_documents"), people.centre.get_absolute_url()):
            text = client.get(page).content.decode()
            assert (public.get_absolute_url() in text, closed.get_absolute_url() in text) == (True, name in inside)


def test_a_paper_is_a_file_to_keep(people):
    row = paper(people, name="../../evil\u202efdp.pdf")
    answer = browser(people.donor).get(row.get_absolute_url())
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content) == PDF
    assert ".." not in row.name
    assert "evil" not in row.stored_as
    for name, content in [("a.html", b"<script>"), ("a.pdf", b"MZ not a paper"), ("a.pdf", b"")]:
        with pytest.raises(BadUpload):
            paper(people, name=name, content=content)
    assert HostDocument.objects.count() == 1


def test_only_the_head_puts_papers_there_and_takes_them_back(people):
    for name in ("officer", "donor", "coordinator", "focal_point"):
        with pytest.raises(NotAllowed):
            paper(people, by=getattr(people, name))
    row = paper(people)
    assert paper(people, title="Audit, second printing").pk == row.pk
    with pytest.raises(DomainError):
        paper(people, organization=f.organization(name="Nobody's host"), content=PDF + b"\n%%EOF\n")
    with pytest.raises(NotAllowed):
        withdraw_document(row, by=people.officer)
    withdraw_document(row, by=people.head)
    withdraw_document(row, by=people.head)
    assert browser(people.donor).get(row.get_absolute_url()).status_code == 404
    acts = AuditEvent.objects.filter(object_type="workplans.hostdocument").order_by("pk")
    assert list(acts.values_list("action", flat=True)) == ["add_paper", "add_paper", "withdraw_paper"]
    assert paper(people).pk != row.pk


def test_the_head_does_it_on_the_page(people):
    head, officer = browser(people.head), browser(people.officer)
    new = reverse("host_document_new", args=[people.centre.slug])
    assert new in head.get(reverse("host_documents")).content.decode()
    assert new not in officer.get(reverse("host_documents")).content.decode()
    assert officer.get(new).status_code == 403
    host = people.centre.hosts.get()
    sent = FACTS | {"language": "en", "organization": host.slug, "document": SimpleUploadedFile("audit.pdf", PDF)}
    assert head.post(new, sent | {"audience": "nobody"}).status_code == 200
    sent["document"] = SimpleUploadedFile("audit.pdf", PDF)
    assert head.post(new, sent).status_code == 302
    row = HostDocument.objects.get()
    assert (row.organization, row.year, row.kind, row.audience) == (host, 2025, "audit", "donors")
    back = reverse("host_document_withdraw", args=[row.pk])
    assert officer.get(back).status_code == 403
    assert browser(people.provider).get(back).status_code == 404
    assert head.get(back).status_code == 200
    assert head.post(back).status_code == 302
    assert not HostDocument.objects.current().exists()
