"""Projects: submitted with an account and without, moderated by the office, public only after it has said so."""

import re
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core import mail, signing
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent, Notice
from centres.models import Party
from knowledge.actions import commitments, projects, registry_clock
from knowledge.actions.submitter_mails import send_submitter_mail
from knowledge.forms.projects import STAMP
from knowledge.lifecycle import PROJECT_STEPS
from knowledge.models import Commitment, KeyPlayer, Project, Submission, SubmitterMail
from tests import factories as f

pytestmark = pytest.mark.django_db
CANARY = "canary-contact-8811"


def said(party, **more):
    return {
        "title": "Mangroves for the northern bay", "summary": "Planting and guarding with three villages.",
        "language": "en", "party": party, "co_parties": [], "territories": "Northern Islands", "targets": [f.target(6)],
        "subjects": [f.subject()], "partners": "University of the Bay", "starts_on": None, "ends_on": None,
        "url": "", "source": "Annual report 2025", "contact": CANARY,
        "funding": [{"funder": "A fund", "amount": 1000, "currency": "USD"}],
    } | more  # fmt: skip


def posted(party, *, waited=10, **more):
    """What a browser sends of the public form, opened some seconds ago."""
    stamp = signing.dumps(timezone.now().timestamp() - waited, salt=STAMP)
    return {
        "title": "A river for all", "summary": "Cleaning the banks.", "language": "en", "party": party.pk,
        "targets": [f.target(6).pk], "email": "maria@example.org", "name": "Maria", "website": "", "stamp": stamp,
        "form_key": str(uuid4()), "funder_1": "A fund", "amount_1": "500", "currency_1": "eur", "contact": CANARY,
    } | more  # fmt: skip


@pytest.fixture
def known():
    cache.clear()
    return f.everyone_known()


@pytest.fixture
def world(known):
    project = projects.submit_project(by=known.stranger, data=said(known.party))
    return SimpleNamespace(known=known, project=project, office=known.focal_point, submitter=known.stranger)


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def link_in(message):
    return re.search(r"http://[^/\s]+(/projects/\S+)", message.body)[1]


def send_mails():
    for pk in SubmitterMail.objects.filter(state="queued").values_list("pk", flat=True):
        send_submitter_mail(pk)
    return mail.outbox[-1]


def test_a_visitor_submits_confirms_by_mail_changes_and_the_office_publishes(known, client):
    answer = client.post(reverse("project_submit"), posted(known.party))
    assert (answer.status_code, answer.url) == (302, reverse("project_sent"))
    assert not Project.objects.exists()
    link = link_in(send_mails())
    assert client.get(link).status_code == 200
    assert not Project.objects.exists()
    assert client.post(link).status_code == 200
    project = Project.objects.get()
    assert (project.status, project.submitter, project.submitter_email) == ("submitted", None, "maria@example.org")
    assert list(project.funding.values_list("funder", "currency")) == [("A fund", "EUR")]
    assert Submission.objects.get().data == {}
    assert client.post(link).status_code == 410
    assert client.get(project.get_absolute_url()).status_code == 404

    office = signed_in(known.focal_point)
    step = reverse("project_step", args=[project.reference, "request_change"])
    office.post(step, {"reason_code": "missing", "reason": "Name the villages."})
    link = link_in(send_mails())
    assert "Name the villages." in client.get(link).content.decode()
    sent = posted(known.party, title="A river for all five villages")
    assert client.post(link, sent).status_code == 200
    project.refresh_from_db()
    assert (project.status, project.title) == ("submitted", "A river for all five villages")
    assert client.get(link).status_code == 410

    office.post(reverse("project_step", args=[project.reference, "publish"]))
    page = client.get(project.get_absolute_url()).content.decode()
    assert "A river for all five villages" in page
    for address in (known.party.get_absolute_url(), reverse("project_list"), "/api/v1/projects/"):
        assert "A river for all five villages" in client.get(address).content.decode(), address
    for canary in (CANARY, "maria@example.org", "Maria"):
        assert canary not in page
    assert CANARY in office.get(project.get_absolute_url()).content.decode()
    acts = AuditEvent.objects.filter(object_type="knowledge.project").order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["submit", "request_change", "change", "publish"]


def test_what_a_machine_sends_is_not_taken(known, client):
    address = reverse("project_submit")
    assert client.post(address, posted(known.party, website="http://spam.example")).status_code == 200
    assert client.post(address, posted(known.party, waited=0)).status_code == 200
    assert client.post(address, posted(known.party, stamp="forged")).status_code == 200
    assert client.post(address, posted(known.party, email="no address")).status_code == 200
    assert not Submission.objects.exists()
    once = posted(known.party)
    for _time in range(2):
        client.post(address, once)
    assert (Submission.objects.count(), SubmitterMail.objects.count()) == (1, 1)
    statuses = [client.post(address, posted(known.party)).status_code for _ in range(6)]
    assert statuses[0] == 302
    assert statuses[-1] == 429


def test_faults_of_the_form_stand_beside_their_fields_and_nothing_is_lost(known, client):
    faults = {"amount_1": "500", "currency_1": "", "funder_2": "", "amount_2": "3", "currency_2": "USD"}
    days = {"starts_on": "2026-05-01", "ends_on": "2025-05-01", "co_parties": [known.party.pk]}
    answer = client.post(reverse("project_submit"), posted(known.party, **faults, **days))
    errors = answer.context["form"].errors
    assert set(errors) == {"amount_1", "funder_2", "ends_on", "co_parties"}
    assert "Cleaning the banks." in answer.content.decode()


def test_who_sees_it_and_who_decides(world):
    known, project = world.known, world.project
    waiting = {"focal_point", "deputy", "stranger"}
    for person in ("stranger", "focal_point", "deputy", "drafter", "officer", "coordinator", "provider", "donor"):
        user = getattr(known, person)
        assert (signed_in(user).get(project.get_absolute_url()).status_code == 200) == (person in waiting), person
        decided = Project.objects.moderated_by(user).filter(pk=project.pk).exists()
        assert decided == project.may_be_moderated_by(user) == (person in {"focal_point", "deputy"}), person
    for user in (known.stranger, known.coordinator, known.drafter):
        with pytest.raises(NotAllowed):
            projects.publish(project, by=user)
    other = f.focal_point_of(f.party("TD"))
    with pytest.raises(NotAllowed):
        projects.publish(project, by=other)
    projects.publish(project, by=known.deputy)
    assert Client().get(project.get_absolute_url()).status_code == 200
    step = reverse("project_step", args=[project.reference, "refuse"])
    assert signed_in(other).post(step).status_code == 403


def test_a_party_without_an_office_is_looked_after_by_the_coordinator(known):
    orphan = f.party("TV")
    project = projects.submit_project(by=known.stranger, data=said(orphan))
    assert Notice.objects.filter(recipient=known.coordinator, kind="project_submit").exists()
    projects.publish(project, by=known.coordinator)
    f.focal_point_of(orphan)
    again = projects.submit_project(by=known.stranger, data=said(orphan))
    with pytest.raises(NotAllowed):
        projects.publish(again, by=f.again(known.coordinator))


def test_a_change_of_a_published_project_waits_for_the_office(world):
    project = projects.publish(world.project, by=world.office)
    projects.request_change(project, by=world.office, reason_code="facts", reason="The year is wrong.")
    public = Client()
    assert public.get(project.get_absolute_url()).status_code == 200
    # That the office asks for a change is between it and its submitter: no filter tells others.
    numbers = {
        (browser, query): browser.get(f"/api/v1/projects/?status={query}").json()["count"]
        for browser in (public, signed_in(world.submitter), signed_in(world.office))
        for query in ("change_requested", "published")
    }
    assert list(numbers.values()) == [0, 1, 1, 1, 1, 1]
    changed = said(world.known.party, title="Mangroves, corrected", funding=[])
    projects.change(project, by=world.submitter, data=changed)
    assert "Mangroves, corrected" not in public.get(project.get_absolute_url()).content.decode()
    assert "Mangroves, corrected" not in public.get(f"/api/v1/projects/{project.reference}/").content.decode()
    assert "Mangroves, corrected" in signed_in(world.office).get(project.get_absolute_url()).content.decode()
    projects.publish(project, by=world.office)
    assert "Mangroves, corrected" in public.get(project.get_absolute_url()).content.decode()
    assert not project.funding.exists()
    with pytest.raises(DomainError):
        projects.change(project, by=world.submitter, data=said(f.party("TD")))
    projects.refuse(project, by=world.office, reason_code="over")
    assert public.get(project.get_absolute_url()).status_code == 404
    assert signed_in(world.submitter).get(project.get_absolute_url()).status_code == 200
    with pytest.raises(IllegalStep):
        projects.publish(project, by=world.office)


def test_each_step_starts_only_where_the_table_says(world):
    project, office = world.project, world.office
    calls = {
        "publish": lambda: projects.publish(project, by=office),
        "request_change": lambda: projects.request_change(project, by=office, reason_code="facts", reason="x"),
        "change": lambda: projects.change(project, by=office, data=said(world.known.party)),
        "confirm": lambda: projects.confirm(project, by=office),
        "refuse": lambda: projects.refuse(project, by=office, reason_code="other"),
    }
    now = timezone.now()
    for state in ("submitted", "change_requested", "published", "refused", "stale"):
        shown = None if state == "refused" else now
        facts = {"published_at": shown, "confirmed_at": now, "change_asked": "x", "pending": None}
        for name, call in calls.items():
            Project.objects.filter(pk=project.pk).update(status=state, **facts)
            if state in PROJECT_STEPS[name].sources:
                call()
                project.refresh_from_db()
                assert project.status == PROJECT_STEPS[name].target, (state, name)
            else:
                with pytest.raises(IllegalStep):
                    call()


def test_the_clock_reminds_marks_and_one_click_brings_it_back(world):
    project = projects.publish(world.project, by=world.office)
    Project.objects.filter(pk=project.pk).update(submitter=None, submitter_email="maria@example.org")
    now = timezone.now()
    assert registry_clock.tick(now + timedelta(days=364)) == 0
    assert registry_clock.tick(now + timedelta(days=366)) == 1
    assert registry_clock.tick(now + timedelta(days=367)) == 0
    reminder = SubmitterMail.objects.get()
    assert registry_clock.tick(now + timedelta(days=397)) == 1
    project.refresh_from_db()
    assert project.status == "stale"
    public = Client()
    assert "Not updated for long" in public.get(project.get_absolute_url()).content.decode()
    assert public.get(reverse("project_confirm_by_mail", args=[reminder.token])).status_code == 410
    link = reverse("project_confirm_by_mail", args=[SubmitterMail.objects.latest("pk").token])
    public.get(link)
    project.refresh_from_db()
    assert project.status == "stale"
    public.post(link)
    project.refresh_from_db()
    assert (project.status, project.asked_at) == ("published", None)


def test_a_late_office_is_reminded_then_the_coordinator_knows(world):
    due = world.project.due_on
    day = timezone.now().replace(year=due.year, month=due.month, day=due.day, hour=12)
    for moment in (day - timedelta(days=1), day - timedelta(days=1), day + timedelta(days=2), day + timedelta(days=3)):
        registry_clock.tick(moment)
    told = Notice.objects.filter(kind__in=["project_remind_office", "project_late"])
    assert told.filter(recipient=world.office).count() == 2
    assert told.filter(recipient=world.known.coordinator).count() == 1


def test_what_nobody_confirms_is_deleted(known, client):
    client.post(reverse("project_submit"), posted(known.party))
    Submission.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    registry_clock.tick()
    assert not Submission.objects.exists()
    assert not SubmitterMail.objects.exists()


def test_filters_map_and_counts_agree(world, client):
    known = world.known
    other = projects.submit_project(by=known.stranger, data=said(f.party("TD"), co_parties=[known.party]))
    for project in (world.project, other):
        projects.publish(project, by=f.focal_point_of(project.party))
    year = timezone.now().year
    Project.objects.filter(pk=other.pk).update(starts_on=f"{year - 2}-01-01", ends_on=f"{year - 1}-06-30")
    expected = {
        "": 2, "party=FJ": 2, "party=TD": 1, "region=009": 2, "region=002": 1, "target=6": 2, "target=1": 0,
        "subject=invasive_alien_species": 2, "status=stale": 0, "phase=ended": 1, "phase=running": 0,
        f"year={year - 2}": 1, f"year={year}": 0, "search=mangroves": 2, f"search={other.reference}": 1,
    }  # fmt: skip
    f.target(1)
    for query, number in expected.items():
        page = client.get(f"{reverse('project_list')}?{query}")
        assert page.context["page_obj"].paginator.count == number, query
        assert client.get(f"/api/v1/projects/?{query}").json()["count"] == number, query
    Party.objects.filter(iso2="TD").update(map_x=10, map_y=20)
    Party.objects.filter(iso2="FJ").update(map_x=30, map_y=20)
    Party.objects.filter(pk=f.party().pk).update(map_x=50, map_y=20)
    dots = client.get(reverse("project_list"), {"party": "TD"}).context["map"].dots
    assert sorted((dot.x, dot.kind) for dot in dots) == [(10, "in"), (30, "in"), (50, "")]
    counts = {party.iso2: n for party, n in client.get(reverse("project_list")).context["countries"]}
    assert counts == {"FJ": 2, "TD": 1}


def test_the_office_keeps_commitments_and_key_players(known):
    office, public = signed_in(known.focal_point), Client()
    address = reverse("country_record_new", args=["FJ", "commitments"])
    facts = {"scope": "international", "kind": "coalition", "title": "High Ambition Coalition", "language": "en",
             "year": "2021", "url": "https://example.org/coalition"}  # fmt: skip
    office.post(address, facts)
    office.post(address, facts)
    office.post(reverse("country_record_new", args=["FJ", "key-players"]),
                {"organization": known.organization.pk, "role": "Keeps the reef survey"})  # fmt: skip
    assert (Commitment.objects.count(), KeyPlayer.objects.get().name) == (1, known.organization.name)
    for page in (known.party.get_absolute_url(), reverse("country_records", args=["FJ"])):
        text = public.get(page).content.decode()
        assert "High Ambition Coalition" in text
        assert "Keeps the reef survey" in text
    for person in (known.drafter, known.officer, known.stranger):
        assert signed_in(person).get(address).status_code == 403
        with pytest.raises(NotAllowed):
            commitments.remove_commitment(Commitment.objects.get(), by=person)
    row = Commitment.objects.get()
    office.post(reverse("country_record_remove", args=["FJ", "commitments", row.pk]))
    assert not Commitment.objects.exists()
    assert AuditEvent.objects.filter(action="remove_commitment").count() == 1
