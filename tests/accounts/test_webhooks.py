"""Webhooks: what may be called, how it is signed, and that every change arrives once by its id, whatever fails."""

import json
import random
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from standardwebhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from accounts import feed
from accounts.actions import publishing, service_accounts, webhooks
from accounts.actions.memberships import grant_membership
from accounts.errors import IllegalStep, NotAllowed
from accounts.models import Change, Notice, Webhook, WebhookDelivery
from accounts.permissions import Role
from accounts.webhooks import calling, pinned, targets
from tests import factories

# Addresses that must never be called, in every way people write them; then some that may.
INSIDE = """
http://example.org/ https:// https:/// ftp://example.org/ file:///etc/passwd gopher://example.org/ javascript:alert(1)
//example.org/ example.org https://localhost/ https://LOCALHOST/ https://localhost./ https://a.localhost/
https://printer.local/ https://db.internal/ https://intranet/ https://router.lan/ https://nas.home/ https://x.onion/
https://1.168.192.in-addr.arpa/ https://127.0.0.1/ https://127.0.0.1:8443/ https://127.1/ https://127.0.1/
https://2130706433/ https://0x7f000001/ https://0x7f.0.0.1/ https://0177.0.0.1/ https://017700000001/
https://127.0.0.1./ https://127.255.255.254/ https://0.0.0.0/ https://0/ https://10.0.0.1/ https://10.255.255.255/
https://172.16.0.1/ https://172.31.255.255/ https://192.168.0.1/ https://192.168.1.1:8080/ https://169.254.169.254/
https://100.64.0.1/ https://100.127.255.255/ https://192.0.0.8/ https://192.0.2.1/ https://198.18.0.1/
https://198.51.100.7/ https://203.0.113.9/ https://224.0.0.1/ https://239.255.255.255/ https://240.0.0.1/
https://255.255.255.255/ https://[::]/ https://[::1]/ https://[0:0:0:0:0:0:0:1]/ https://[::ffff:127.0.0.1]/
https://[::ffff:7f00:1]/ https://[::ffff:10.0.0.1]/ https://[::127.0.0.1]/ https://[::ffff:8.8.8.8]/ https://[fe80::1]/
https://[fe80::1%25eth0]/ https://[fec0::1]/ https://[fc00::1]/ https://[fd12:3456::1]/ https://[ff02::1]/
https://[64:ff9b::7f00:1]/ https://[64:ff9b::a00:1]/ https://[64:ff9b:1::1]/ https://[2002:7f00:1::]/
https://[2002:a00:1::]/ https://[2001::1]/ https://[2001:db8::1]/ https://[100::1]/ https://[3fff::1]/
https://user@example.org/ https://user:pass@example.org/ https://example.org#@127.0.0.1/ https://127.0.0.1#.example.org/
https://example.org\\@127.0.0.1/ https://example.org:22/ https://example.org:25/ https://example.org:0/
https://example.org:99999/ https://example.org:x/ https://exa_mple.org/ https://-a.example.org/ https://a..example.org/
https://.example.org/ https://exämple.org/ https://ⓔxample.org/ https://①②⑦.0.0.1/ https://127。0。0。1/
https://[127.0.0.1]/ https://[::1/ https://999.999.999.999/ https://1.2.3/ https://0x08080808/ https://08.08.08.08/
""".split()  # noqa: SIM905 (read as a table)
OUTSIDE = """
https://example.org https://example.org/ https://EXAMPLE.org./hook?a=1 https://xn--exmple-cua.org/ https://a.b.example.org:8443/x
https://8.8.8.8/ https://[2606:4700:4700::1111]/ https://example.org:443/ https://1e100.net/
""".split()  # noqa: SIM905 (read as a table)


@pytest.mark.parametrize("url", INSIDE)
def test_an_address_that_leads_inside_is_refused_by_its_looks(url):
    with pytest.raises(targets.Refused):
        targets.parse(url)


def test_the_table_is_long_and_public_addresses_pass():
    assert len(INSIDE) >= 60
    assert [targets.parse(url).host for url in OUTSIDE][2] == "example.org"
    for odd in ("https://example.org/a b", "https://example.org/\n", f"https://example.org/{'a' * 500}"):
        with pytest.raises(targets.Refused):
            targets.parse(odd)
    assert targets.parse("http://127.0.0.1:8155/", plain=True, loopback=True).port == 8155
    for other in ("https://127.0.0.2/", "https://localhost/", "https://10.0.0.1/", "https://[::1]/"):
        with pytest.raises(targets.Refused):
            targets.parse(other, plain=True, loopback=True)


@pytest.mark.parametrize(
    "found",
    [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["8.8.8.8", "::1"], ["169.254.169.254"], ["::ffff:192.168.0.1"], []],
)
def test_a_name_that_resolves_inside_is_refused(monkeypatch, found):
    """What the address says is not what counts, and the address that was checked is the one that is called."""
    entries = [(0, 0, 0, "", (address, 443)) for address in found]
    monkeypatch.setattr(targets.socket, "getaddrinfo", lambda *args, **more: entries)
    assert calling.call("https://rebind.example.org/", b"{}", {}).fault.startswith("refused_")


def test_the_call_goes_to_the_address_that_was_checked_whatever_the_name_says_next(monkeypatch):
    answers, called = [["93.184.215.14"], ["127.0.0.1"]], []
    monkeypatch.setattr(
        targets.socket, "getaddrinfo", lambda *args, **more: [(0, 0, 0, "", (one, 443)) for one in answers.pop(0)]
    )

    def connect(address, timeout):
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(pinned.socket, "create_connection", connect)
    assert calling.call("https://rebind.example.org/", b"{}", {}) == calling.Answer(None, "unreachable")
    assert called == [("93.184.215.14", 443)]


# A receiver on this machine -------------------------------------------------------------------------------------------


class Receiver(ThreadingHTTPServer):
    """Takes what comes in, fails as often as it is told to, and keeps what it took by its id."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.chance, self.fails, self.taken, self.calls, self.answers = random.Random(3), 0.0, {}, [], []
        self.url = f"http://127.0.0.1:{self.server_port}/hook"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((dict(self.headers), body))
        status = self.server.answers.pop(0) if self.server.answers else 200
        lost_answer = self.server.chance.random() < self.server.fails
        if status == 200 and (not lost_answer or self.server.chance.random() < 0.5):
            self.server.taken.setdefault(self.headers["webhook-id"], []).append(json.loads(body))
        self.send_response(500 if lost_answer else status)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_LOOPBACK = True
    server = Receiver()
    yield server
    server.shutdown()
    server.server_close()


def hook(receiver, owner=None, **said):
    owner = owner or factories.provider_of(factories.organization(slug="a-mirror"))
    return webhooks.make_webhook(owner, by=owner, name="Mirror", url=receiver.url, **said)


def work_off(rounds=1):
    """Let the time of every delivery come, and try them all."""
    for _round in range(rounds):
        WebhookDelivery.objects.filter(state="queued").update(due_at=timezone.now())
        for pk in WebhookDelivery.objects.waiting().order_by("pk").values_list("pk", flat=True):
            webhooks.deliver(pk)


def happen(count=1):
    made = [factories.offer_in("published") for _number in range(count)]
    publishing.publish()
    webhooks.fan_out()
    return made


@pytest.mark.django_db
def test_a_receiver_that_fails_a_third_of_the_time_ends_with_every_event_once_by_id(receiver):
    made = hook(receiver)
    receiver.fails = 0.3
    happen(6)
    webhooks.fan_out()
    work_off(9)
    told = Change.objects.filter(pk__in=made.deliveries.values("seq"))
    assert told.count() == made.deliveries.count() >= 6
    assert set(receiver.taken) == {f"evt_{made.pk}_{change.seq}" for change in told}
    assert set(made.deliveries.values_list("state", flat=True)) == {"done"}
    assert len(receiver.calls) > len(receiver.taken)
    assert any(len(again) > 1 for again in receiver.taken.values())  # at least once, and told apart by the id
    verifier = Verifier(made.secret)
    for headers, body in receiver.calls:
        said = verifier.verify(body, {name.lower(): value for name, value in headers.items()})
        assert said["type"] in {"offers.changed", "organizations.changed"}
        assert "title" not in said["data"]
    headers, body = receiver.calls[0]
    with pytest.raises(WebhookVerificationError):
        verifier.verify(body + b" ", {name.lower(): value for name, value in headers.items()})


@pytest.mark.django_db
def test_after_a_rotation_both_secrets_verify_for_a_day(receiver):
    made = hook(receiver)
    before = Verifier(made.secret)
    webhooks.rotate_secret(made, by=made.owner)
    after = Verifier(made.secret)
    assert before._whsecret != after._whsecret
    webhooks.send_test(made, by=made.owner)
    work_off()
    headers, body = receiver.calls[0]
    headers = {name.lower(): value for name, value in headers.items()}
    assert before.verify(body, headers) == after.verify(body, headers)
    Webhook.objects.update(former_until=timezone.now() - timedelta(seconds=1))
    assert len(Webhook.objects.get().keys()) == 1


@pytest.mark.django_db
def test_filters_choose_and_nobody_is_told_of_what_they_may_not_see(receiver):
    everything = hook(receiver)
    fiji = hook(receiver, everything.owner, types=["requests"], parties=["FJ"])
    gone = hook(receiver, everything.owner, changes=["gone"])
    public, other = factories.request_in("matching", visibility="public"), factories.party("XB")
    factories.request_in("matching", other, visibility="public")
    factories.request_in("submitted", factories.party("XC"))
    publishing.publish()
    webhooks.fan_out()
    assert [row.payload["data"]["reference"] for row in fiji.deliveries.all()] == [public.reference]
    assert not gone.deliveries.exists()
    told = {row.payload["data"]["reference"] for row in everything.deliveries.filter(event_type="requests.changed")}
    assert len(told) == 2
    type(public).objects.filter(pk=public.pk).update(visibility="restricted")
    feed.touch("requests_offers.cooperationrequest", public.pk)
    publishing.publish()
    webhooks.fan_out()
    assert {row.event_type for row in gone.deliveries.all()} == {"requests.gone", "components.gone"}
    public.centre.refresh_from_db()
    assert all(row.payload["data"]["fields"] == [] for row in gone.deliveries.all())


@pytest.mark.django_db
def test_a_redirect_is_a_failure_and_nobody_follows_it(receiver):
    made = hook(receiver)
    happen()
    receiver.answers = [302] * 9
    work_off()
    first = made.deliveries.order_by("pk").first()
    assert (first.state, first.last_status, first.attempt) == ("queued", 302, 1)
    assert first.tries[0]["status"] == 302
    assert len(receiver.calls) == made.deliveries.count()


def test_a_receiver_that_drips_is_cut_off(receiver, monkeypatch):
    """One byte now and then begins the time limit of a socket anew; the whole call has an end all the same."""
    stopped = threading.Event()

    class Dripping(Handler):
        def do_POST(self):
            while not stopped.wait(0.05):
                self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    receiver.RequestHandlerClass = Dripping
    monkeypatch.setattr(calling, "ALL_SECONDS", 0.3)
    answers = []
    caller = threading.Thread(
        target=lambda: answers.append(calling.call(receiver.url, b"{}", {}, plain=True, loopback=True)), daemon=True
    )
    caller.start()
    caller.join(20)
    stopped.set()
    assert answers == [calling.Answer(None, "slow")]


@pytest.mark.django_db
def test_days_of_failures_pause_it_with_a_notice_and_nothing_is_lost(receiver):
    made = hook(receiver)
    happen()
    receiver.answers = [500] * 50
    work_off()
    made.refresh_from_db()
    assert (made.state, made.failing_since is None) == ("active", False)
    Webhook.objects.update(failing_since=timezone.now() - timedelta(days=3, minutes=1))
    last_try = WebhookDelivery.MAX_ATTEMPTS - 1
    WebhookDelivery.objects.filter(pk=made.deliveries.earliest("pk").pk).update(attempt=last_try)
    work_off(2)
    made.refresh_from_db()
    assert (made.state, made.paused_because) == ("paused", "failures")
    assert Notice.objects.filter(recipient=made.owner, kind="webhook_paused").count() == 1
    calls = len(receiver.calls)
    happen()
    work_off(2)
    assert len(receiver.calls) == calls
    receiver.answers = []
    webhooks.resume_webhook(made, by=made.owner)
    webhooks.fan_out()
    work_off()
    assert set(made.deliveries.values_list("state", flat=True)) == {"done"}
    assert len(receiver.taken) == made.deliveries.count()
    made.refresh_from_db()
    assert made.failing_since is None
    with pytest.raises(IllegalStep):
        webhooks.resume_webhook(made, by=made.owner)


@pytest.mark.django_db
def test_the_tries_end_after_three_days_and_a_replay_has_the_same_id(receiver):
    made = hook(receiver)
    happen()
    delivery = made.deliveries.order_by("pk").first()
    receiver.answers = [503] * 1000
    waited = timedelta()
    for _try in range(WebhookDelivery.MAX_ATTEMPTS):
        WebhookDelivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now())
        webhooks.deliver(delivery.pk)
        delivery.refresh_from_db()
        waited += max(delivery.due_at - timezone.now(), timedelta())
    assert (delivery.state, delivery.attempt) == ("failed", 10)
    assert timedelta(days=3) <= waited <= timedelta(days=3, hours=6)
    receiver.answers = []
    webhooks.replay(delivery, by=made.owner)
    with pytest.raises(IllegalStep):
        webhooks.replay(delivery, by=made.owner)
    webhooks.deliver(delivery.pk)
    assert list(receiver.taken) == [delivery.event_id]


@pytest.mark.django_db
def test_a_receiver_that_says_it_is_gone_is_not_called_again(receiver):
    made = hook(receiver)
    happen()
    receiver.answers = [410]
    work_off()
    made.refresh_from_db()
    assert (made.state, made.paused_because, len(receiver.calls)) == ("paused", "gone", 1)


@pytest.mark.django_db
def test_only_trials_may_call_this_machine(settings, receiver):
    made = hook(receiver)
    settings.TSC_MODE = "production"
    with pytest.raises(ValidationError):
        webhooks.check_address(receiver.url)
    webhooks.send_test(made, by=made.owner)
    webhooks.send_test(made, by=made.owner)  # a second press of the button
    work_off()
    delivery = made.deliveries.get()
    assert (delivery.state, delivery.tries[0]["fault"], receiver.calls) == ("failed", "refused_scheme", [])


@pytest.mark.django_db
def test_a_service_account_acts_for_its_organization_and_only_people_of_it_look_after_it():
    organization = factories.organization(slug="a-mirror")
    person = factories.provider_of(organization)
    account = service_accounts.make_service_account(organization, name="Mirror", by=person)
    assert (account.is_service, account.has_usable_password()) == (True, False)
    assert feed.seats_of(account) >= {f"organization:{organization.pk}"}
    stranger = factories.provider_of(factories.organization(slug="another"))
    for by, fault in ((stranger, NotAllowed), (account, IllegalStep)):
        with pytest.raises(fault):
            service_accounts.make_service_account(organization, name="More", by=by)
    assert service_accounts.looked_after_by(account) == []
    with pytest.raises(IllegalStep):  # nor does it come to act for somebody else
        grant_membership(account, role=Role.DONOR, by=factories.everyone_known().coordinator, organization=organization)
    webhooks.make_webhook(account, by=person, organization=organization, name="M", url="https://example.org/h")
    with pytest.raises(NotAllowed):
        service_accounts.end_service_account(account, by=stranger)
    service_accounts.end_service_account(account, by=person)
    assert (account.is_active, account.webhooks.count()) == (False, 0)
