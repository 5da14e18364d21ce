"""The profiles of organizations in the API: what they can do, without any contact person."""

from typing import Any

from rest_framework import serializers

from accounts.api import fields as f
from centres.actions.profiles import name_of
from centres.models import Expert, Expertise, LanguageSkill, NetworkTie, Organization

SINGLE = "In a single record."


class ExpertiseRecord(serializers.Serializer):
    """A field of work, with the evidence for it."""

    subject = f.text("The code of a subject, or null.", allow_null=True)
    target = f.number("The number of a target, or null.", allow_null=True)
    cooperation_type = f.text("The code of a form of cooperation, or null.", allow_null=True)
    text = f.text("In a few words.")
    expert = f.text("The title of the expert whose field it is, or null.", allow_null=True)
    evidence = f.text("What shows it.")
    evidence_url = f.text("The address of the evidence.")


class ExpertRecord(serializers.Serializer):
    """An expert by what they can do; the name only where its owner shows it to you, a contact never."""

    title = f.text("What everybody reads in place of a name.")
    about = f.text("What this person can do.")
    name = f.text("The name, or empty.")
    is_example = f.flag("Example data.")


class LanguageSkillRecord(serializers.Serializer):
    """A language and how well it is spoken."""

    language = f.text("Its code.")
    level = f.choice("How well.", LanguageSkill.Level.choices)
    expert = f.text("The title of the expert who speaks it; null: the organization.", allow_null=True)


class PastWorkRecord(serializers.Serializer):
    """A reference: work done before."""

    title = f.text("In a few words.")
    text = f.text("What came of it.")
    place = f.text("Where and for whom.")
    year_from = f.number("From the year.", allow_null=True)
    year_until = f.number("Until the year.", allow_null=True)
    url = f.text("Its address.")


class TieRecord(serializers.Serializer):
    """A network or platform in which the organization takes part."""

    name = f.text("Its name.")
    kind = f.choice("What it is.", NetworkTie.Kind.choices)
    part = f.text("The organization's part in it.")
    url = f.text("Its address.")


def profile_of(row: Organization, user: Any) -> dict[str, Any]:
    """What an organization can do; the names of experts only where their owner shows them, contacts never."""
    fields = ("expert", "subject", "target", "cooperation_type")
    skills = row.language_skills.select_related("expert").order_by("pk")
    return {
        "expertise": [_expertise(one) for one in row.expertise.select_related(*fields).order_by("pk")],
        "experts": [_expert(one, user) for one in row.experts.order_by("pk")],
        "language_skills": [
            {"language": one.language, "level": one.level, "expert": one.expert.role if one.expert else None}
            for one in skills
        ],
        "references": list(row.past_work.order_by("pk").values(*PastWorkRecord._declared_fields)),
        "networks": list(row.ties.order_by("pk").values(*TieRecord._declared_fields)),
    }


def _expertise(row: Expertise) -> dict:
    return {
        "subject": row.subject.code if row.subject else None,
        "target": row.target.number if row.target else None,
        "cooperation_type": row.cooperation_type.code if row.cooperation_type else None,
        "text": row.text,
        "expert": row.expert.role if row.expert else None,
        "evidence": row.evidence,
        "evidence_url": row.evidence_url,
    }


def _expert(row: Expert, user) -> dict:
    return {"title": row.role, "about": row.about, "name": name_of(row, user), "is_example": row.is_example}
