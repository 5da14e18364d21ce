"""The compendium: who may do what with a source, what stays of it, and what the clock and the link checker find."""

import socket
import threading
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.errors import DomainError, IllegalStep, NotAllowed, StaleWrite
from accounts.models import AuditEvent, Notice
from accounts.sheets.files import BadFile
from knowledge import links
from knowledge.actions import checking, importing, sources
from knowledge.filters.compendium import SourceFilter
from knowledge.lifecycle import SOURCE_STEPS, SourceStatus
from knowledge.links import Look
from knowledge.models import Freshness, LinkCheck, Source
from tests import factories as f
from tests.knowledge.compendium import said, source_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return f.everyone_known()


# Steps ----------------------------------------------------------------------------------------------------------------


def test_only_those_who_curate_publish_and_every_state_allows_its_steps_alone(people):
    people.advisor = f.advisor()
    for name in ("stranger", "focal_point", "provider", "donor", "advisor"):
        with pytest.raises(NotAllowed):
            sources.publish(source_in("suggested"), by=getattr(people, name))
    for state in SourceStatus.values:
        for name, act in sources.STEPS.items():
            source = source_in(state)
            more = {"reason": "Why."} if "reason" in SOURCE_STEPS[name].asks else {}
            if state in SOURCE_STEPS[name].sources:
                assert act(source, by=people.officer, **more).status == SOURCE_STEPS[name].target
            else:
                with pytest.raises(IllegalStep):
                    act(source, by=people.officer, **more)


def test_who_suggests_is_told_and_sees_what_others_do_not(people):
    source = sources.suggest(by=people.stranger, data=said())
    assert set(Notice.objects.values_list("recipient", flat=True)) == {people.coordinator.pk}
    seen = {name: source in Source.objects.visible_to(getattr(people, name)) for name in ("stranger", "donor", "head")}
    assert seen == {"stranger": True, "donor": False, "head": True}
    sources.refuse(source, by=people.coordinator, reason="It is a shop.")
    assert Notice.objects.filter(recipient=people.stranger, text__contains="It is a shop.").count() == 1
    with pytest.raises(NotAllowed):
        sources.save(source, by=people.stranger, data={"name": "Shop"})
    with pytest.raises(DomainError, match="reason"):
        sources.refuse(source_in("suggested"), by=people.head, reason=" ")


def test_the_same_form_twice_is_one_suggestion_and_a_known_source_is_named(people):
    key = "b6c4a2c0-0d9f-4b43-9a11-1f1f1f1f1f1f"
    data = said()
    once = sources.suggest(by=people.stranger, data=data, form_key=key)
    sources.publish(once, by=people.officer)
    data_again = data | {"url": once.url.replace("https://", "http://www.") + "/"}
    with pytest.raises(DomainError, match=once.reference):
        sources.suggest(by=people.donor, data=data_again)
    other = sources.suggest(by=people.donor, data=said(), form_key="b6c4a2c0-0d9f-4b43-9a11-2f1f1f1f1f1f")
    assert sources.suggest(by=people.donor, data=said(), form_key=other.form_key).pk == other.pk


def test_a_change_keeps_what_it_was_and_nobody_writes_over_another(people):
    source = source_in("published", targets=[f.target(6), f.target(15)])
    version = source.version
    sources.save(source, by=people.officer, data={"owner": "University", "targets": [f.target(4)]}, version=version)
    event = AuditEvent.objects.of(source).filter(action="change").get()
    assert event.details["changes"] == {"owner": ["Museum", "University"], "targets": [["6", "15"], ["4"]]}
    with pytest.raises(StaleWrite):
        sources.save(source, by=people.head, data={"owner": "Nobody"}, version=version)


# The clock and the link checker ---------------------------------------------------------------------------------------


def test_freshness_follows_the_rhythm_and_the_filter_agrees():
    today = date(2026, 11, 20)
    for number, (rhythm, age, expected) in enumerate(
        [
            ("continuous", 60, "fresh"), ("continuous", 61, "ageing"), ("continuous", 121, "stale"),
            ("yearly", 400, "fresh"), ("yearly", 800, "ageing"), ("closed", 801, "ageing"),
            ("monthly", None, "unchecked"),
        ]
    ):  # fmt: skip
        source = source_in(name=f"Source {number}", update_rhythm=rhythm)
        source.checked_on = None if age is None else today - timedelta(days=age)
        source.save()
        assert source.freshness_on(today) == expected, (rhythm, age)
        found = {one for one in Freshness.values if source in Source.objects.of_freshness(one, today)}
        assert found == {expected}


def test_an_address_is_unreachable_only_after_several_failures_and_comes_back(people):
    source, now = source_in(), timezone.now()
    for failures, status in [(1, "published"), (2, "published"), (3, "unreachable"), (4, "unreachable")]:
        checking.note(source, works=False, now=now)
        assert (source.failures, source.status) == (failures, status)
    assert source in Source.objects.listed()
    checking.note(source, works=True, now=now)
    assert (source.failures, source.status, source.checked_on) == (0, "published", now.date())
    acts = list(AuditEvent.objects.of(source).filter(actor=None).values_list("action", flat=True))
    assert acts[:2] == ["confirm_address", "find_unreachable"]


def test_the_checker_is_off_until_a_setting_switches_it_on_and_asks_each_address_once(settings):
    fine, failing, refused = source_in(), source_in(), source_in("refused")
    settings.LINK_CHECKER = False  # as in the embedded portal
    assert checking.queue_checks() == 0
    settings.LINK_CHECKER = True
    assert checking.queue_checks() == 2
    assert checking.queue_checks() == 0
    answers = {fine.url: Look(True, 200), failing.url: Look(False, 404)}
    for job in LinkCheck.objects.all():
        checking.perform_check(job.pk, look=answers.__getitem__)
        checking.perform_check(job.pk, look=answers.__getitem__)  # twice with the same id
    fine.refresh_from_db(), failing.refresh_from_db()
    assert (fine.checked_on, failing.failures) == (timezone.now().date(), 1)
    assert checking.queue_checks(timezone.now() + timedelta(days=3)) == 1  # the failing one again
    assert not refused.link_checks.exists()

    def mended_meanwhile(url):
        type(failing).objects.filter(pk=failing.pk).update(url="https://example.org/new")
        return Look(False, 404)

    checking.perform_check(LinkCheck.objects.get(state="queued").pk, look=mended_meanwhile)
    failing.refresh_from_db()
    assert failing.failures == 1


class Site(BaseHTTPRequestHandler):
    """Knows no HEAD on one page, leads on from another, and has lost a third."""

    def do_HEAD(self):
        status = {"/": 200, "/plain": 405, "/onward": 302, "/inside": 302}.get(self.path, 404)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/" if self.path == "/onward" else "http://10.0.0.1/")
        self.end_headers()

    def do_GET(self):
        self.send_response(200 if self.path == "/plain" else 404)
        self.end_headers()

    def log_message(self, *args):
        pass


def test_a_look_never_reaches_into_a_private_network_and_knows_what_answers():
    for address in (
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "169.254.169.254",
        "::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "224.0.0.1",
        "64:ff9b::7f00:1",  # ways of writing 127.0.0.1 and 10.0.0.1 that lead inside through a translator
        "2002:a00:1::",
        "::ffff:127.0.0.1",
        "fec0::1",
        "192.88.99.1",
    ):
        assert not links.is_public(address), address
    assert links.is_public("93.184.216.34")
    assert links.is_public("2606:2800:220:1:248:1893:25c8:1946")
    for url in (
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "file:///etc/passwd",
        "http://a:b@example.org/",
    ):
        assert not links.look(url).works, url
    mixed = links.look("http://both.example/", find=lambda host, port: ["93.184.216.34", "10.0.0.1"])
    assert mixed.detail == "not a public address"
    server = HTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_port

    def look(path):
        def near(host, asked):
            return ["127.0.0.1"] if host == "site.example" else [host]

        def allowed(address):
            return address == "127.0.0.1" or links.is_public(address)

        return links.look(f"http://site.example:{port}{path}", find=near, allowed=allowed, ports=frozenset({port, 80}))

    try:
        assert [look(path).works for path in ("/", "/plain", "/onward", "/gone")] == [True, True, True, False]
        assert look("/inside").detail == "not a public address"
    finally:
        server.shutdown()
        server.server_close()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
    assert not look("/").works


# Files ----------------------------------------------------------------------------------------------------------------

HEAD = "external_id,name,owner,url,kind,description,targets,regions\n"


def test_an_import_lists_every_fault_and_stores_nothing_then_all_of_it_once(people, tmp_path):
    f.target(6), f.region("009")
    path = tmp_path / "sources.csv"
    bad = "a,Atlas,Museum,ftp://x,dataset,Maps.,99,009\nb,,Museum,https://b.example.org,map,Maps.,6,Nowhere\n"
    good = "c,Good atlas,Museum,https://c.example.org,dataset,Maps.,6,9\n"
    path.write_text(HEAD + bad + good, encoding="utf-8")
    with pytest.raises(BadFile) as refused:
        importing.import_sources(path)
    assert {(fault.row, fault.field) for fault in refused.value.faults} == {
        (2, "url"), (2, "targets"), (3, "name"), (3, "kind"), (3, "regions"),
    }  # fmt: skip
    assert not Source.objects.exists()
    with pytest.raises(NotAllowed):
        importing.import_sources(path, by=people.donor)
    assert len(importing.import_sources(path, skip_bad=True, state="published").made) == 1
    path.write_text(HEAD + good.replace("Museum", "Archive"), encoding="utf-8")
    again = importing.import_sources(path, by=people.officer)
    assert (len(again.made), len(again.changed)) == (0, 1)
    assert importing.import_sources(path).same == 1
    source = Source.objects.get()
    assert (source.owner, [region.code for region in source.regions.all()]) == ("Archive", ["009"])


def test_the_portals_own_list_covers_every_target_and_loads_once():
    call_command("load_reference", verbosity=0, stdout=StringIO())
    rows = Source.objects.listed()
    assert rows.count() >= 120
    numbers = set(rows.values_list("targets__number", flat=True))
    assert numbers == set(range(1, 24))
    assert not rows.exclude(url__startswith="https://").exists()
    assert set(rows.values_list("kind", flat=True)) == {
        "dataset",
        "portal",
        "tool",
        "method",
        "guideline",
        "training",
        "network",
    }
    assert not rows.filter(checked_on__isnull=False).exists()
    one = rows.order_by("pk").first()
    sources.save(one, by=None, data={"owner": "Somebody else"})
    again = importing.load_sources()
    assert (again.is_unchanged, [row.pk for row in again.kept]) == (True, [one.pk])


def test_filters_find_what_their_words_say():
    pacific = f.region("009")
    island = source_in(worldwide=False, regions=[pacific], languages=["fr", "en"], conventions=["cites"], kind="tool")
    everywhere = source_in(languages=["es"], targets=[f.target(15)], description="Ships and ballast water.")
    asked = {
        "kind=tool": [island], "target=6": [island], "target=15": [everywhere], "language=fr": [island],
        "convention=cites": [island], "region=009": [island, everywhere], "search=ballast": [everywhere],
        f"search={island.reference}": [island], "freshness=unchecked": [island, everywhere], "freshness=fresh": [],
    }  # fmt: skip
    for query, expected in asked.items():
        name, value = query.split("=")
        found = SourceFilter({name: value}, queryset=Source.objects.listed())
        assert sorted(found.qs, key=lambda one: one.pk) == expected, query
