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
from .column_choice import ColumnChoice
from .consultation import Comment, CommentKind, Disposition, Invitation, Verdict
from .editing import Change, Presence
from .pledge import Gap, Pledge, PledgeDocument, PledgeMessage, Receipt
from .progress import Progress
from .version import Version
from .workplan import Period, Workplan

__all__ = [
    "Activity",
    "ActivityIdentity",
    "BudgetLine",
    "Category",
    "Change",
    "ColumnChoice",
    "Comment",
    "CommentKind",
    "Disposition",
    "Funding",
    "Gap",
    "Indicator",
    "IndicatorIdentity",
    "IndicatorTarget",
    "Invitation",
    "LineIdentity",
    "Measure",
    "Period",
    "Pledge",
    "PledgeDocument",
    "PledgeMessage",
    "Presence",
    "Progress",
    "Receipt",
    "Result",
    "Verdict",
    "Version",
    "Workplan",
]
