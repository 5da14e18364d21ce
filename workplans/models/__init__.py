"""Workplans: versions, activities, budgets, progress, consultations and what is said in them."""

from .activity import (
    Activity,
    ActivityIdentity,
    Indicator,
    IndicatorIdentity,
    IndicatorTarget,
    Measure,
    Result,
)
from .budget import BudgetLine, Category, Funding, LineIdentity
from .consultation import Comment, CommentKind, Disposition, Invitation, Verdict
from .editing import Change, Presence
from .progress import Progress
from .version import Version
from .workplan import Period, Workplan

__all__ = [
    "Activity",
    "ActivityIdentity",
    "BudgetLine",
    "Category",
    "Change",
    "Comment",
    "CommentKind",
    "Disposition",
    "Funding",
    "Indicator",
    "IndicatorIdentity",
    "IndicatorTarget",
    "Invitation",
    "LineIdentity",
    "Measure",
    "Period",
    "Presence",
    "Progress",
    "Result",
    "Verdict",
    "Version",
    "Workplan",
]
