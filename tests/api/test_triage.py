"""What a centre keeps, the clock and the helpdesk through the API: the same rules and words as on the pages."""

import pytest

from centres.helpdesk import actions as helpdesk
from centres.models import Ticket
from requests_offers.actions.assigning import assignee_of
from requests_offers.criteria import FIRST
from requests_offers.models import InternalNote
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(people):
    return f.request_in("submitted", people.party)


def path(request, end=""):
    return f"requests/{request.reference}/{end}"


# Who works on it ------------------------------------------------------------------------------------------------------


def test_staff_choose_who_works_on_a_request(people, held, as_token):
    officer = as_token(people.officer)
    answer = officer.post(path(held, "assign/"))
    assert (answer.status_code, answer.json()["assignee"]) == (200, str(people.officer))
    assert officer.post(path(held, "assign/"), {"officer": people.head.email}).json()["assignee"] == str(people.head)
    assert officer.post(path(held, "unassign/")).json()["assignee"] == ""
    wrong = officer.post(path(held, "assign/"), {"officer": people.focal_point.email})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["officer"])
    assert assignee_of(held) is None


def test_others_neither_choose_nor_see_who_works_on_it(people, held, as_token):
    as_token(people.officer).post(path(held, "assign/"))
    codes = {}
    for name in ("focal_point", "coordinator", "provider", "stranger"):
        caller = as_token(getattr(people, name))
        codes[name] = caller.post(path(held, "assign/")).status_code
        seen = caller.get(path(held)).json()
        assert ("assignee" in seen) is (name == "coordinator")
    assert codes == {"focal_point": 403, "coordinator": 403, "provider": 404, "stranger": 404}


def test_a_closed_request_has_nobody(people, as_token):
    ended = f.request_in("refused", people.party)
    answer = as_token(people.officer).post(path(ended, "assign/"))
    assert (answer.status_code, answer.json()["open_steps"]) == (409, [])


# Notes and scores -----------------------------------------------------------------------------------------------------


def test_notes_are_written_and_read_by_the_centre(people, held, as_token, anonymous):
    officer = as_token(people.officer)
    for _ in range(2):
        answer = officer.post(path(held, "notes/"), {"text": "Ask the ministry."}, **{"Idempotency-Key": "one"})
        assert answer.status_code == 201
    assert InternalNote.objects.count() == 1
    (note,) = as_token(people.coordinator).get(path(held, "notes/")).json()["notes"]
    assert (note["text"], note["centre"]) == ("Ask the ministry.", people.centre.slug)
    assert as_token(people.focal_point).get(path(held, "notes/")).status_code == 404
    assert as_token(people.focal_point).post(path(held, "notes/"), {"text": "x"}).status_code == 403
    assert anonymous.get(path(f.request_in("matching", people.party), "notes/")).status_code == 404
    assert officer.post(path(held, "notes/"), {"text": ""}).status_code == 400


def test_scores_are_given_alone_first(people, held, as_token):
    given = {"scores": [{"criterion": one.code, "value": one.best} for one in FIRST], "note": "Clear."}
    assert as_token(people.officer).post(path(held, "scores/"), given).status_code == 200
    head = as_token(people.head)
    assert head.get(path(held, "scores/")).json() == {"version": 1, "assessments": []}
    found = head.post(path(held, "scores/"), given).json()["assessments"]
    assert [one["is_mine"] for one in found] == [False, True]
    assert head.post(path(held, "scores/"), {"scores": given["scores"][:3]}).status_code == 400
    assert as_token(people.focal_point).get(path(held, "scores/")).status_code == 404
    assert as_token(people.coordinator).post(path(held, "scores/"), given).status_code == 403


def test_everybody_reads_the_criteria(anonymous):
    found = anonymous.get("requests/criteria/").json()
    assert found["version"] == 1
    assert [one["code"] for one in found["criteria"]] == [one.code for one in FIRST]


# The clock ------------------------------------------------------------------------------------------------------------


def test_the_clock_tells_medians_from_five_cases_on(people, anonymous):
    for number in range(5):
        if number == 4:
            before = {row["code"]: row for row in anonymous.get("clock/").json()["results"]}
        f.request_in("matching", people.party)
    after = {row["code"]: row for row in anonymous.get("clock/").json()["results"]}
    code = f"{people.centre.slug}.first_answer"
    assert (before[code]["median_working_days"], before[code]["cases"]) == (None, None)
    assert (after[code]["median_working_days"], after[code]["cases"]) == (0.0, 5)
    assert after[code]["promised_working_days"] == 10
    assert anonymous.get(f"clock/{code}/").json() == after[code]


def test_the_clock_is_narrowed_and_exported_like_any_list(people, anonymous):
    f.request_in("matching", people.party)
    found = anonymous.get("clock/", {"scope": "network", "measure": "verification"}).json()
    assert [row["code"] for row in found["results"]] == ["network.verification"]
    assert anonymous.get("clock/", {"measure": "nothing"}).status_code == 400
    assert anonymous.get("clock/", {"colour": "red"}).status_code == 400
    assert anonymous.get("clock/nowhere.first_answer/").status_code == 404
    exported = b"".join(anonymous.get("clock/", {"format": "csv"}).streaming_content)
    assert exported.count(b"\n") >= 5


# The helpdesk ---------------------------------------------------------------------------------------------------------


def test_a_question_is_asked_answered_and_solved(people, as_token):
    asker, desk = as_token(people.focal_point), as_token(people.coordinator)
    made = asker.post("tickets/", {"kind": "question", "subject": "Where?", "text": "Where is it?", "party": "FJ"})
    assert made.status_code == 201
    reference = made.json()["reference"]
    assert made.json()["open_steps"] == ["write", "solve"]
    assert desk.post(f"tickets/{reference}/note/", {"text": "for us alone"}).status_code == 200
    assert desk.post(f"tickets/{reference}/reply/", {"text": "Here."}).json()["status"] == "waiting"
    seen = asker.get(f"tickets/{reference}/").json()
    assert [message["text"] for message in seen["messages"]] == ["Here."]
    assert asker.post(f"tickets/{reference}/solve/").json()["status"] == "solved"
    late = desk.post(f"tickets/{reference}/reply/", {"text": "More."})
    assert (late.status_code, late.json()["open_steps"]) == (409, [])
    assert asker.post(f"tickets/{reference}/take_on/").status_code in {403, 409}


def test_tickets_are_seen_by_who_asked_and_who_answers(people, as_token, anonymous):
    ticket = helpdesk.ask(subject="Where?", text="x", kind="question", by=people.focal_point)
    seen = {}
    for name in ("focal_point", "deputy", "officer", "coordinator", "stranger"):
        caller = as_token(getattr(people, name))
        seen[name] = (caller.get("tickets/").json()["count"], caller.get(f"tickets/{ticket.reference}/").status_code)
    assert seen == {
        "focal_point": (1, 200),
        "deputy": (0, 404),
        "officer": (0, 404),
        "coordinator": (1, 200),
        "stranger": (0, 404),
    }
    assert anonymous.get("tickets/").status_code == 401
    handed = {"centre": people.centre.slug, "reason": "They know it."}
    assert as_token(people.coordinator).post(f"tickets/{ticket.reference}/hand_over/", handed).status_code == 200
    assert as_token(people.officer).get("tickets/").json()["count"] == 1
    assert as_token(people.focal_point).post(f"tickets/{ticket.reference}/hand_over/", handed).status_code == 403


def test_the_same_question_sent_twice_is_asked_once(people, as_token):
    caller = as_token(people.focal_point)
    for _ in range(2):
        body = {"kind": "question", "subject": "Where?", "text": "x"}
        assert caller.post("tickets/", body, **{"Idempotency-Key": "q"}).status_code == 201
    assert Ticket.objects.count() == 1


def test_the_list_of_tickets_costs_the_same_for_one_and_for_three(people, as_token, django_assert_num_queries):
    caller = as_token(people.focal_point)
    for count in (1, 3):
        while Ticket.objects.count() < count:
            helpdesk.ask(subject="Where?", text="x", kind="question", party=people.party, by=people.focal_point)
        caller.get("tickets/")
        with django_assert_num_queries(4):
            caller.get("tickets/")
