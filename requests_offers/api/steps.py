"""Steps as calls: one per line of the step tables, with the fields that its action asks for."""

import inspect
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.api.inputs import CodeField, Input
from accounts.api.stepped import step_call
from accounts.errors import NotAllowed
from accounts.permissions import can
from accounts.texts import LONGEST_TEXT
from centres.models import SupportCentre

from ..actions import approaches, calls, engagements, matches, offers, proposals, requests
from ..actions.opening import COMPLETING, steps_open_to
from ..lifecycle import TABLES, Step
from ..models import Appraisal
from ..reasons import BY_STEP
from .people_records import OfferField

ACTS: dict[str, dict[str, Any]] = {
    "request": requests.STEPS,
    "offer": offers.STEPS,
    "match": matches.STEPS,
    "engagement": engagements.STEPS,
    "proposal": proposals.STEPS,
    "approach": approaches.STEPS,
    "call": calls.STEPS,
}
# Steps that two sides take, each by its own right; the table names none.
EITHER_SIDE = {
    ("request", "complete"): tuple(COMPLETING.values()),
    ("match", "accept"): tuple(matches.SIDES.values()),
    ("match", "decline"): tuple(matches.SIDES.values()),
    ("engagement", "conclude"): tuple(engagements.SIDES.values()),
    ("engagement", "appraise"): tuple(engagements.SIDES.values()),
    ("engagement", "end_early"): tuple(engagements.SIDES.values()),
    **{("proposal", name): tuple(engagements.SIDES.values()) for name in proposals.STEPS},
}


def may_take(noun: str, step: Step, row, user) -> bool:
    """Whether somebody has the right to a step, whatever the state of the record."""
    needed = (step.permission,) if step.permission else EITHER_SIDE[noun, step.name]
    return any(can(user, permission, row) for permission in needed)


def open_steps(noun: str, row, user) -> list[str]:
    """The names of the steps that somebody may take on a record now."""
    return [step.name for step in steps_open_to(row, user) if step.name in ACTS[noun]]


def require_step(noun: str, name: str, row, user) -> None:
    """Refuse, with a sentence, whoever has no right to a step."""
    step = TABLES[noun][name]
    if not may_take(noun, step, row, user):
        raise NotAllowed(_("This step belongs to: %(who)s.") % {"who": step.who})


# What a caller may say with a step; other parameters of the actions (who, with which right) are not the caller's.
SAID = {
    "text", "reason_code", "reason", "sources", "until", "expires_on", "centre", "side", "moment", "publish",
    "helped", "again", "rating", "number",
    "offer", "note",
}  # fmt: skip

# What a step asks for -------------------------------------------------------------------------------------------------


def _text(words: str, **more) -> serializers.CharField:
    return serializers.CharField(max_length=LONGEST_TEXT, help_text=words, **more)


def _reason_codes(noun: str, name: str) -> list:
    tables = [words for key, words in BY_STEP.items() if key[:2] == (noun, name)]
    return list({code: label for table in tables for code, label in table.items()}.items())


def _field(parameter: str, noun: str, name: str, required: bool) -> serializers.Field:
    """The field for one parameter of an action."""
    optional: dict[str, Any] = {} if required else {"required": False}
    blank: dict[str, Any] = optional | ({} if required else {"allow_blank": True})
    makers: dict[str, Callable[[], serializers.Field]] = {
        "text": lambda: _text("What you say.", **blank),
        "offer": lambda: OfferField(**optional),
        "note": lambda: _text("What you say about it.", **blank),
        "reason": lambda: _text("The reason in words; told to the other side.", **blank),
        "sources": lambda: _text("Where it comes from.", **blank),
        "reason_code": lambda: serializers.ChoiceField(
            _reason_codes(noun, name), help_text="The reason, as a code that is counted.", **optional
        ),
        "until": lambda: serializers.DateField(allow_null=True, help_text="The last day to answer.", **optional),
        "expires_on": lambda: serializers.DateField(allow_null=True, help_text="The last day.", **optional),
        "centre": lambda: CodeField(
            SupportCentre.objects.current, "slug", allow_null=True, help_text="A centre's slug; null: the helpdesk."
        ),
        "side": lambda: serializers.ChoiceField(
            ["party", "centre"] if name == "complete" else ["party", "provider"],
            help_text="For whom you speak, if you may for both.",
            **optional,
        ),
        "moment": lambda: serializers.ChoiceField(Appraisal.Moment.choices, help_text="At which time.", **optional),
        "helped": lambda: serializers.ChoiceField(Appraisal.Helped.choices, help_text="Did it help?", **optional),
        "again": lambda: serializers.ChoiceField(
            Appraisal.Again.choices, help_text="Would you do it again?", **optional
        ),
        "rating": lambda: serializers.IntegerField(
            min_value=1, max_value=5, help_text="How good the cooperation was, 1 to 5.", **optional
        ),
        "number": lambda: serializers.IntegerField(
            min_value=1, max_value=9999, help_text="The version that you have read.", **optional
        ),
        "publish": lambda: serializers.BooleanField(help_text="Whether your side publishes the match.", **optional),
    }
    return makers[parameter]()


def step_input(noun: str, name: str) -> type[Input]:
    """The body of a step: the parameters of its action, apart from who takes it."""
    _record, *parameters = inspect.signature(ACTS[noun][name]).parameters.values()
    asked = [one for one in parameters if one.name in SAID]
    fields = {one.name: _field(one.name, noun, name, one.default is one.empty) for one in asked}
    title = "".join(word.title() for word in (noun, *name.split("_"), "input"))
    return type(title, (Input,), {**fields, "__doc__": str(TABLES[noun][name].label)})


def with_steps(noun: str):
    """Give a resource one call per step of its table."""

    def add(resource):
        for name in ACTS[noun]:
            step, body = TABLES[noun][name], step_input(noun, name)
            call = step_call(step, body, resource.record_class, target="as other facts say")
            setattr(resource, f"step_{name}", call)
        return resource

    return add
