"""The page of outgoing mails: in a demonstration only."""

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    settings.DEMO = True
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return tmp_path


def send(*subjects, page="<style>p {}</style><p>Page</p>"):
    mails = [
        EmailMultiAlternatives(subject, f"Text of {subject}: https://portal.example/a?b=1", to=["ana@example.org"])
        for subject in subjects
    ]
    for mail in mails:
        mail.attach_alternative(page, "text/html")
    get_connection("django.core.mail.backends.filebased.EmailBackend").send_messages(mails)


def names(folder):
    return [f"{path.stem}.1" for path in sorted(folder.iterdir())]


def test_outside_a_demonstration_there_is_no_such_page(client, folder, settings):
    send("Hello")
    (name,) = names(folder)
    addresses = [reverse("mailbox"), reverse("mailbox_mail", args=[name]), reverse("mailbox_html", args=[name])]
    assert [client.get(address).status_code for address in addresses] == [200, 200, 200]
    settings.DEMO = False
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]


def test_an_empty_mailbox_says_so(client, folder):
    folder.rmdir()
    assert "No mail yet" in client.get(reverse("mailbox")).content.decode()


def test_the_newest_mail_stands_first(client, folder):
    send("First", "Second")
    page = client.get(reverse("mailbox")).content.decode()
    assert page.index("Second") < page.index("First")


def test_a_mail_shows_its_text_with_links_and_nothing_of_it_is_run(client, folder):
    send("<script>alert(1)</script>")
    page = client.get(reverse("mailbox_mail", args=names(folder))).content.decode()
    assert 'href="https://portal.example/a?b=1"' in page
    assert "<script>alert" not in page


def test_the_page_of_a_mail_has_a_strict_policy_of_its_own(client, folder):
    send("Hello", page="<script>alert(1)</script>")
    answer = client.get(reverse("mailbox_html", args=names(folder)))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize("name", ["x", "..", "20261120-100000-1.1", "..%2f..%2fsecret_key.1", "a.b.c"])
def test_no_other_file_can_be_read(client, folder, name):
    (folder.parent / "secret_key.log").write_text("Subject: secret\n\nsecret")
    assert client.get(f"{reverse('mailbox')}{name}/").status_code == 404


def test_asking_for_the_mailbox_changes_nothing(client, folder):
    assert client.post(reverse("mailbox")).status_code == 405
