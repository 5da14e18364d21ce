"""The frame for other sites: public things only, no script, no cookie, and no other page may stand in a frame."""

import pytest
from django.test import Client

from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def fiji():
    public = f.request_in("matching", visibility="public", title="Weevils for our lagoons")
    f.request_in("submitted", public.party, title="Not accepted yet")
    f.request_in("matching", public.party, visibility="network", title="Only for the network")
    f.offer_in("published", targets=[f.target()], title="Training in release")
    f.offer_in("published", f.organization(), targets=[f.target(20)], title="Another target")
    return public


def test_it_shows_open_public_requests_and_offers_for_their_targets(fiji):
    page = Client().get("/widget/fj/").content.decode()
    for shown in ("Weevils for our lagoons", "Training in release", fiji.reference):
        assert shown in page
    for hidden in ("Not accepted yet", "Only for the network", "Another target", "<script", "<form", "style="):
        assert hidden not in page
    feed = Client().get("/widget/FJ.json").json()
    assert [row["title"] for row in feed["requests"]] == ["Weevils for our lagoons"]
    assert [row["title"] for row in feed["offers"]] == ["Training in release"]
    assert feed["requests"][0]["url"].endswith(fiji.get_absolute_url())
    arabic = Client().get("/ar/widget/FJ/").content.decode()
    assert 'dir="rtl"' in arabic
    assert 'lang="ar"' in arabic
    assert Client().get("/widget/QQ/").status_code == Client().get("/widget/QQ.json").status_code == 404


def test_it_may_be_framed_is_kept_and_knows_no_reader(fiji):
    stranger = Client()
    stranger.force_login(f.focal_point_of(fiji.party), backend="allauth.account.auth_backends.AuthenticationBackend")
    for address in ("/widget/FJ/", "/fr/widget/FJ/", "/widget/FJ.json"):
        answer = Client().get(address)
        assert answer.content == stranger.get(address).content
        assert not answer.cookies
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert "Cookie" not in answer.headers.get("Vary", "")
        again = Client().get(address, headers={"if-none-match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    framed = Client().get("/widget/FJ/").headers
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    assert "script-src 'none'" in framed["Content-Security-Policy"]
    assert Client().get("/widget/FJ.json").headers["Access-Control-Allow-Origin"] == "*"
    for address in ("/", "/countries/FJ/", "/widget/FJ.json", "/api/docs/", "/accounts/login/"):
        headers = Client().get(address).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], address
        assert headers["X-Frame-Options"] == "DENY", address


def test_the_page_of_the_country_shows_what_to_copy(fiji):
    page = Client().get("/fr/countries/FJ/").content.decode()
    assert "&lt;iframe src=&quot;" in page or '&lt;iframe src="' in page
    assert "/fr/widget/FJ/" in page
