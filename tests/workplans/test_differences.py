"""The difference of two plans in words: grouped by activity, old beside new, nothing that only follows from something
else.
"""

from copy import deepcopy

import pytest
from django.utils.translation import override

from workplans.wording.differences import compared, count, told
from workplans.wording.values import runs, shown


def line(reference="BL-000001", **fields):
    return {
        "reference": reference, "year": 2027, "category": "travel", "description": "Field visits", "amount": "100.00",
        "currency": "USD", "rate_to_usd": None, "rate_on": None, "rate_source": "", "amount_usd": "100.00",
        "funding": "sought", "funder": None, "staff_months": None, "notes": "",
    } | fields  # fmt: skip


def indicator(**fields):
    targets = [{"year": 2027, "value": "5"}, {"year": 2028, "value": "10"}]
    return {
        "reference": "IND-000001", "title": "Beds surveyed", "measure": "", "unit": "beds", "is_cumulative": True,
        "baseline": None, "baseline_year": None, "source": "", "targets": targets,
    } | fields  # fmt: skip


def activity(number=1, **fields):
    result = {"reference": f"ACT-{number:06}-R1", "number": 1, "kind": "output", "title": "A map", "description": ""}
    return {
        "reference": f"ACT-{number:06}", "position": number, "title": f"Activity {number}",
        "description": "Divers map.",
        "functions": [], "targets": [{"number": 3, "names": {"en": "Conserve"}}], "priorities": [], "components": [],
        "parties": [{"iso2": "FJ", "names": {"en": "Fiji", "fr": "Fidji"}}], "engagements": [], "partners": [],
        "other_partners": "", "is_essential": True, "starts_on": "2027-01-01", "ends_on": None,
        "results": [result | {"indicators": [indicator()]}], "budget_lines": [line()],
    } | fields  # fmt: skip


def plan(*activities, **fields):
    return {
        "format": 1, "reference": "WP-2027-pacific", "number": 1, "language": "en", "is_example": False,
        "amendment": "",
        "title": "Workplan", "summary": "", "centre": None, "period": {"starts": 2027, "ends": 2028},
        "activities": list(activities), "totals": {"by_currency": {"USD": "100.00"}},
    } | fields  # fmt: skip


def sentences(old, new):
    return [change.sentence for group in told(old, new) for change in group.differences]


CHANGES = {
    "title": ({"title": "Reefs"}, "Title: from “Activity 1” to “Reefs”."),
    "priority": ({"is_essential": False}, "Priority: from “essential” to “nice to have”."),
    "day": ({"ends_on": "2028-03-31"}, "Until: now “31 Mar 2028”."),
    "day away": ({"starts_on": None}, "From: “1 Jan 2027” is taken out."),
    "parties": (
        {"parties": [{"iso2": "WS", "names": {"en": "Samoa"}}]}, "Parties: Samoa added; Fiji removed.",
    ),
    "needs": (
        {"components": [{"reference": "REQ-000001-1", "title": "Plants", "is_public": True}]},
        "Needs of requests: now “REQ-000001-1 Plants”.",
    ),
    "amount": (
        {"budget_lines": [line(amount="120.50")]},
        "Budget line 2027 “Field visits” of USD\u00a0120.50: Amount: from “100” to “120.50”.",
    ),
    "funding": (
        {"budget_lines": [line(funding="secured")]},
        "Budget line 2027 “Field visits” of USD\u00a0100: Funding source: from “Sought” to “Secured”.",
    ),
    "new line": (
        {"budget_lines": [line(), line("BL-000002", description="", amount="7.00")]},
        "Budget line 2027 “Travel” of USD\u00a07 is added.",
    ),
    "no line": ({"budget_lines": []}, "Budget line 2027 “Field visits” of USD\u00a0100 is removed."),
    "no result": ({"results": []}, "Result “A map” is removed."),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_is_one_sentence_with_old_and_new(name):
    fields, sentence = CHANGES[name]
    assert sentences(plan(activity()), plan(activity(**fields))) == [sentence]


def test_of_the_targets_of_an_indicator_only_the_years_that_differ_are_told():
    new = activity()
    new["results"][0]["indicators"][0]["targets"][1]["value"] = "12.50"
    assert sentences(plan(activity()), plan(new)) == [
        "Indicator “Beds surveyed”: Targets: from “2028: 10” to “2028: 12.5”."
    ]


def test_activities_that_come_go_and_move_are_told_once():
    old = plan(activity(1), activity(2), activity(3))
    new = plan(activity(3, position=1), activity(1, position=2), activity(4, position=3))
    assert sentences(old, new) == [
        "The activity “Activity 3” moves to place 1.",
        "The activity “Activity 4” is added.",
        "The activity “Activity 2” is removed.",
    ]
    assert [group.reference for group in told(old, new)] == ["ACT-000003", "ACT-000004", "ACT-000002"]


def test_a_new_activity_says_what_it_holds():
    change = told(plan(), plan(activity()))[0].differences[0]
    assert change.after == "Activity 1 · 1 result · USD\u00a0100"
    assert change.details == (
        ("Description", "Divers map."),
        ("Priority", "essential"),
        ("From", "1 Jan 2027"),
        ("Targets", "3 Conserve"),
        ("Parties", "Fiji"),
        ("Result", "A map"),
        ("Budget line", "Budget line 2027 “Field visits” of USD\u00a0100"),
    )


def test_what_only_follows_or_is_only_called_otherwise_is_no_difference():
    new = plan(activity(), number=2, amendment="correction", is_example=True)
    new["activities"][0]["parties"][0]["names"]["en"] = "Republic of Fiji"
    new["activities"][0]["budget_lines"][0]["amount_usd"] = "100.01"
    assert told(plan(activity()), new) == []


def test_the_totals_are_told_for_the_plan_as_a_whole():
    new = plan(activity(), totals={"by_currency": {"USD": "150.00", "EUR": "1.00"}}, summary="In short")
    groups = told(plan(activity()), new)
    assert [group.reference for group in groups] == [""]
    assert [change.sentence for change in groups[0].differences] == [
        "Summary: now “In short”.",
        "Total in USD: from “USD\u00a0100” to “USD\u00a0150”.",
        "Total in EUR: now “EUR\u00a01”.",
    ]
    assert count(groups) == 3


def test_the_words_are_those_of_the_reader():
    with override("fr"):
        assert sentences(plan(activity()), plan(activity(parties=[]))) == [
            change for change in sentences(plan(activity()), plan(activity(parties=[]))) if "Fidji" in change
        ]
    with override("ar"):
        assert told(plan(activity()), plan(activity(title="x")))[0].differences[0].after == "x"


def test_nothing_told_changes_the_snapshots():
    old, new = plan(activity(1), activity(2)), plan(activity(2, title="x"))
    before = deepcopy((old, new))
    told(old, new)
    assert (old, new) == before


def test_texts_are_compared_word_by_word_and_chinese_sign_by_sign():
    assert compared("Two courses a year", "Three courses a year") == (
        [("gone", "Two"), ("same", " courses a year")],
        [("new", "Three"), ("same", " courses a year")],
    )
    assert compared("海草调查", "海藻调查") == (
        [("same", "海"), ("gone", "草"), ("same", "调查")],
        [("same", "海"), ("new", "藻"), ("same", "调查")],
    )
    assert compared("", "New") == ([], [("new", "New")])
    assert compared("word " * 2000, "other")[1] == [("new", "other")]


def test_lists_are_compared_thing_by_thing():
    assert compared("Fiji; Samoa; Tonga", "Fiji; Tonga", between="; ") == (
        [("same", "Fiji; "), ("gone", "Samoa; "), ("same", "Tonga; ")],
        [("same", "Fiji; "), ("same", "Tonga; ")],
    )


def test_numbers_of_activities_are_shown_in_runs():
    assert runs(["1", "2", "3", "5", "7", "8"]) == "1–3, 5, 7, 8"
    assert runs([]) == ""


def test_every_kind_of_value_is_shown():
    assert [shown("amount", "1234.5"), shown("value", "0.5000"), shown("is_cumulative", True)] == [
        "1,234.50",
        "0.5",
        "Yes",
    ]
    assert [shown("notes", None), shown("kind", "outcome"), shown("rate_on", "2026-10-01")] == [
        "",
        "Outcome",
        "1 Oct 2026",
    ]
