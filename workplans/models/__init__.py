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
from .co_funding import CoFunding
from .column_choice import ColumnChoice
from .consultation import Comment, CommentKind, Disposition, Invitation, Verdict
from .editing import Change, Presence
from .host_document import Audience, DocumentKind, HostDocument
from .pledge import Gap, Pledge, PledgeDocument, PledgeMessage, Receipt
from .progress import Progress
from .version import Version
from .workplan import Period, Workplan

__all__ = [
    "Activity",
    "ActivityIdentity",
    "Audience",
    "BudgetLine",
    "Category",
    "Change",
    "CoFunding",
    "ColumnChoice",
    "Comment",
    "CommentKind",
    "Disposition",
    "DocumentKind",
    "Funding",
    "Gap",
    "HostDocument",
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
