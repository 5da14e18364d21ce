"""What programs look for at addresses that every site has, and the words about the site that must stay true."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as portal
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_robots_may_read_what_is_public_and_no_filter(client):
    answer = client.get("/robots.txt")
    assert answer.headers["Content-Type"].startswith("text/plain")
    text = answer.content.decode()
    for closed in ("/accounts/", "/my/", "/admin/", "/*?"):
        assert f"Disallow: {closed}\n" in text
    assert not re.search(r"Disallow: /(requests|offers|centres|$)", text)


def test_the_old_address_of_the_picture_has_it(client):
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert b"<svg" in answer.content


def test_finders_of_weaknesses_know_whom_to_tell(client, settings):
    settings.SITE_ADDRESS = "https://portal.example"
    said = dict(line.split(": ", 1) for line in client.get("/.well-known/security.txt").content.decode().splitlines())
    assert said["Contact"] == "https://portal.example/helpdesk/"
    assert said["Canonical"] == "https://portal.example/.well-known/security.txt"
    until = datetime.strptime(said["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta() < until - datetime.now(UTC) < timedelta(days=366)  # RFC 9116: less than a year ahead
    settings.SECURITY_CONTACT = "mailto:security@portal.example"
    assert "Contact: mailto:security@portal.example\n" in client.get("/.well-known/security.txt").content.decode()


@pytest.mark.parametrize("code", [code for code, _name in portal.LANGUAGES])
def test_each_language_says_whether_a_speaker_has_reviewed_it(client, settings, code):
    prefix = "" if code == "en" else f"/{'zh' if code == 'zh-hans' else code}"
    note = f"{prefix}{reverse('about')}"
    page = client.get(note)
    assert bool(page.context["translation_note"]) == (code != "en")
    if code != "en":
        not_yet = str(page.context["translation_note"])
        assert not_yet in page.content.decode()
        settings.REVIEWED_LANGUAGES = {code}
        assert str(client.get(note).context["translation_note"]) != ""


def test_a_catalogue_that_says_not_yet_is_not_shown_as_reviewed():
    folders = {"zh-hans": "zh_Hans"}
    for code, _name in portal.LANGUAGES[1:]:
        head = (portal.BASE_DIR / "locale" / folders.get(code, code) / "LC_MESSAGES" / "django.po").read_text()[:1000]
        assert ("not yet reviewed" in head) == (code not in portal.REVIEWED_LANGUAGES), code


def test_the_page_about_accessibility_promises_what_is_tried(client):
    page = client.get("/accessibility/").content.decode()
    assert "with JavaScript switched off" in page
    assert "One thing needs JavaScript: signing in with a passkey." in page
    walk = (portal.BASE_DIR / "tests" / "browser" / "test_walk.py").read_text()
    assert "javascript=False" in walk
