"""Who may what: one table (GRANTS) and its two readers, `Reach.covers` in Python and `Reach.as_q` in SQL.

A membership ties a user, a role and a scope (a Party's office, a centre, an organization, the network) from a day to a
day. Nobody else in the code reads a role.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.db.models.enums import TextChoices
from django.utils.translation import gettext_lazy as _

from .errors import NotAllowed


class Role(TextChoices):
    """The roles people hold; each belongs to exactly one kind of scope (SCOPE_OF)."""

    DRAFTER = "drafter", _("Drafter")
    FOCAL_POINT = "focal_point", _("Focal point")
    DEPUTY = "deputy", _("Deputy focal point")
    PROVIDER = "provider", _("Provider")
    OFFICER = "officer", _("Centre officer")
    HEAD = "head", _("Head of centre")
    COORDINATOR = "coordinator", _("Coordinator")
    DONOR = "donor", _("Donor")
    ADVISOR = "advisor", _("Advisory group member")
    EVALUATOR = "evaluator", _("Evaluator")
    ADMINISTRATOR = "administrator", _("Administrator")


SCOPE_OF = {
    Role.DRAFTER: "party",
    Role.FOCAL_POINT: "party",
    Role.DEPUTY: "party",
    Role.PROVIDER: "organization",
    Role.DONOR: "organization",
    Role.OFFICER: "centre",
    Role.HEAD: "centre",
    Role.COORDINATOR: "network",
    Role.ADVISOR: "network",
    Role.EVALUATOR: "network",
    Role.ADMINISTRATOR: "network",
}


class Permission(StrEnum):
    """What somebody may do, named noun_verb."""

    REQUEST_DRAFT = "request_draft"  # see and write drafts of the office
    REQUEST_SUBMIT = "request_submit"  # everything the office says: submit, answer, appeal, withdraw, pause, confirm
    REQUEST_VIEW = "request_view"  # see a submitted request in full
    REQUEST_TRIAGE = "request_triage"  # ask for clarification, accept, declare unmet
    REQUEST_REDIRECT = "request_redirect"
    REQUEST_ANSWER = "request_answer"  # answer directly
    REQUEST_REFUSE = "request_refuse"
    REQUEST_NOTE = "request_note"  # what a centre keeps to itself: notes, scores, who works on it
    TEMPLATE_EDIT = "template_edit"  # texts for answers: a centre its own, the coordinator the network's
    CRITERIA_EDIT = "criteria_edit"
    REQUEST_IMPORT = "request_import"
    NETWORK_VIEW = "network_view"  # see what is visible to the network: centres, verified providers, donors
    MATCH_VIEW = "match_view"  # see suggestions and the short list
    MATCH_OFFER = "match_offer"  # shortlist, drop, propose, offer, retract
    MATCH_ANSWER_PARTY = "match_answer_party"
    MATCH_ANSWER_PROVIDER = "match_answer_provider"
    OFFER_EDIT = "offer_edit"  # write, submit, pause, renew, withdraw the organization's offers
    OFFER_VIEW = "offer_view"  # see offers that are not public
    OFFER_VERIFY = "offer_verify"
    ENGAGEMENT_PARTY = "engagement_party"
    ENGAGEMENT_PROVIDER = "engagement_provider"
    CLAIM_OFFICE_DECIDE = "claim_office_decide"
    CLAIM_ORGANIZATION_DECIDE = "claim_organization_decide"
    MEMBERSHIP_MANAGE = "membership_manage"
    ORGANIZATION_EDIT = "organization_edit"
    TICKET_HANDLE = "ticket_handle"  # answer what was asked of the helpdesk, or handed from it to the centre
    TICKET_HAND_OVER = "ticket_hand_over"
    CLOCKS_EDIT = "clocks_edit"  # how many working days each side has
    REQUEST_HAND_OVER = "request_hand_over"  # take a late request from the centre that holds it
    WEIGHTS_EDIT = "weights_edit"
    ROUND_RUN = "round_run"  # share the offers among many open needs
    REFERENCE_EDIT = "reference_edit"
    PRIORITY_EDIT = "priority_edit"  # a Party's national targets and NBSAP actions
    AUDIT_VIEW = "audit_view"
    JOBS_MANAGE = "jobs_manage"  # see what waits for the workers, and let what failed be tried again
    WORKPLAN_VIEW = "workplan_view"  # see drafts, consultations, and who stayed silent
    WORKPLAN_EDIT = "workplan_edit"  # draft, revise, amend, answer comments, report progress
    WORKPLAN_DECIDE = "workplan_decide"  # consultation, finalize, close, approve progress
    WORKPLAN_CONSULTED = "workplan_consulted"  # read the plan on which one's office is consulted
    WORKPLAN_COMMENT = "workplan_comment"  # speak for the office in a consultation
    PLEDGE_VIEW = "pledge_view"  # see a pledge from the first interest on
    PLEDGE_TALK = "pledge_talk"  # speak about a pledge, for either side
    PLEDGE_MAKE = "pledge_make"  # everything a donor says: interest, pledge, commitment, withdrawal
    PLEDGE_CONFIRM = "pledge_confirm"  # confirm a commitment and money received, refuse
    FIDUCIARY_VIEW = "fiduciary_view"  # read the papers of hosts that are for donors only
    FIDUCIARY_EDIT = "fiduciary_edit"  # put papers of the host there, and take them back
    SOURCE_CURATE = "source_curate"  # publish, refuse, change and take out sources of the compendium
    SOURCE_ROUND = "source_round"  # open a review round over the compendium, apply what it proposes
    SOURCE_REVIEW = "source_review"  # be asked for a verdict on sources
    PRACTICE_WRITE = "practice_write"  # write down what was learned
    PRACTICE_REVIEW = "practice_review"  # return or publish a practice
    PROJECT_MODERATE = "project_moderate"  # publish national projects, ask for changes, refuse
    PROJECT_STAND_IN = "project_stand_in"  # the same for Parties without an office in the portal
    COUNTRY_EDIT = "country_edit"  # a Party's commitments and key players
    OPPORTUNITY_EDIT = "opportunity_edit"  # enter opportunities of third parties, decide on suggested ones


P = Permission
_DRAFTER = {P.REQUEST_DRAFT, P.REQUEST_VIEW, P.WORKPLAN_CONSULTED}
_OFFICE = _DRAFTER | {
    P.REQUEST_SUBMIT,
    P.MATCH_ANSWER_PARTY,
    P.ENGAGEMENT_PARTY,
    P.MEMBERSHIP_MANAGE,
    P.CLAIM_OFFICE_DECIDE,
    P.PRIORITY_EDIT,
    P.WORKPLAN_COMMENT,
    P.PRACTICE_WRITE,
    P.PROJECT_MODERATE,
    P.COUNTRY_EDIT,
}
_OFFICER = {
    P.REQUEST_VIEW,
    P.REQUEST_TRIAGE,
    P.REQUEST_REDIRECT,
    P.REQUEST_ANSWER,
    P.REQUEST_NOTE,
    P.TEMPLATE_EDIT,
    P.MATCH_VIEW,
    P.MATCH_OFFER,
    P.OFFER_VIEW,
    P.OFFER_VERIFY,
    P.NETWORK_VIEW,
    P.TICKET_HANDLE,
    P.WORKPLAN_VIEW,
    P.WORKPLAN_EDIT,
    P.PLEDGE_VIEW,
    P.PLEDGE_TALK,
    P.FIDUCIARY_VIEW,
    P.SOURCE_CURATE,
    P.PRACTICE_WRITE,
    P.PRACTICE_REVIEW,
    P.OPPORTUNITY_EDIT,
}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.DRAFTER: frozenset(_DRAFTER),
    Role.FOCAL_POINT: frozenset(_OFFICE),
    Role.DEPUTY: frozenset(_OFFICE),
    Role.PROVIDER: frozenset(
        {
            P.OFFER_EDIT,
            P.OFFER_VIEW,
            P.MATCH_ANSWER_PROVIDER,
            P.ENGAGEMENT_PROVIDER,
            P.ORGANIZATION_EDIT,
            P.NETWORK_VIEW,
            P.PRACTICE_WRITE,
        }
    ),
    Role.DONOR: frozenset({P.NETWORK_VIEW, P.PLEDGE_VIEW, P.PLEDGE_TALK, P.PLEDGE_MAKE, P.FIDUCIARY_VIEW}),
    Role.OFFICER: frozenset(_OFFICER),
    Role.HEAD: frozenset(
        _OFFICER
        | {P.REQUEST_REFUSE, P.MEMBERSHIP_MANAGE, P.CLAIM_ORGANIZATION_DECIDE, P.ROUND_RUN}
        | {P.WORKPLAN_DECIDE, P.PLEDGE_CONFIRM, P.FIDUCIARY_EDIT}
    ),
    Role.COORDINATOR: frozenset(
        {
            P.REQUEST_VIEW,
            P.REQUEST_REDIRECT,
            P.REQUEST_ANSWER,
            P.REQUEST_NOTE,
            P.TEMPLATE_EDIT,
            P.CRITERIA_EDIT,
            P.REQUEST_IMPORT,
            P.MATCH_VIEW,
            P.OFFER_VIEW,
            P.CLAIM_OFFICE_DECIDE,
            P.CLAIM_ORGANIZATION_DECIDE,
            P.MEMBERSHIP_MANAGE,
            P.TICKET_HANDLE,
            P.TICKET_HAND_OVER,
            P.CLOCKS_EDIT,
            P.REQUEST_HAND_OVER,
            P.WEIGHTS_EDIT,
            P.ROUND_RUN,
            P.REFERENCE_EDIT,
            P.PRIORITY_EDIT,
            P.NETWORK_VIEW,
            P.AUDIT_VIEW,
            P.JOBS_MANAGE,
            P.WORKPLAN_VIEW,
            P.PLEDGE_VIEW,
            P.FIDUCIARY_VIEW,
            P.SOURCE_CURATE,
            P.SOURCE_ROUND,
            P.PRACTICE_WRITE,
            P.PRACTICE_REVIEW,
            P.PROJECT_STAND_IN,
            P.COUNTRY_EDIT,
            P.OPPORTUNITY_EDIT,
        }
    ),
    Role.ADVISOR: frozenset({P.SOURCE_REVIEW}),
    Role.EVALUATOR: frozenset(),
    Role.ADMINISTRATOR: frozenset({P.MEMBERSHIP_MANAGE, P.JOBS_MANAGE}),
}

# The coordinator's helpdesk stands in for the centre where no centre holds a record, and only there.
HELPDESK_GRANTS: dict[Role, frozenset[Permission]] = {
    Role.COORDINATOR: frozenset(
        {
            P.REQUEST_TRIAGE,
            P.REQUEST_REFUSE,
            P.MATCH_OFFER,
            P.OFFER_VERIFY,
            P.WORKPLAN_EDIT,
            P.WORKPLAN_DECIDE,
            P.PLEDGE_TALK,
            P.PLEDGE_CONFIRM,
            P.FIDUCIARY_EDIT,
        }
    ),
}


# Which roles the holder of a role may lend to somebody else, within reach of MEMBERSHIP_MANAGE.
LENDS: dict[Role, frozenset[Role]] = {
    Role.FOCAL_POINT: frozenset({Role.DRAFTER, Role.DEPUTY}),
    Role.DEPUTY: frozenset({Role.DRAFTER, Role.DEPUTY}),
    Role.HEAD: frozenset({Role.OFFICER, Role.PROVIDER}),
    Role.COORDINATOR: frozenset(Role),
    Role.ADMINISTRATOR: frozenset(Role),
}


def lendable_roles(user: Any) -> list[Role]:
    """The roles that `user` may lend to others somewhere, in the order of the table."""
    lent = {role for membership in user.current_memberships for role in LENDS.get(Role(membership.role), ())}
    return [role for role in Role if role in lent]


@dataclass(frozen=True, slots=True)
class Reach:
    """The part of the network in which a user holds one permission: ids of Parties, centres and organizations.

    A model says once, in its class attribute `SCOPE`, where its Party, centre and organization are found (look-up paths
    such as ``{"party": "component__request__party"}``); both readers follow that one declaration.
    """

    everywhere: bool = False
    helpdesk: bool = False  # records that no centre holds
    parties: frozenset[int] = frozenset()
    centres: frozenset[int] = frozenset()
    organizations: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.everywhere or self.helpdesk or self.parties or self.centres or self.organizations)

    def _ids(self) -> dict[str, frozenset[int]]:
        return {"party": self.parties, "centre": self.centres, "organization": self.organizations}

    def covers(self, obj: Any) -> bool:
        """Python's reader: whether `obj` (an instance of a model with SCOPE) lies within reach."""
        if self.everywhere:
            return True
        ids = self._ids()
        if self.helpdesk and "centre" in obj.SCOPE and _follow(obj, obj.SCOPE["centre"]) is None:
            return True
        return any(_follow(obj, path) in ids[kind] for kind, path in obj.SCOPE.items())

    def as_q(self, scope: dict[str, str], prefix: str = "") -> Q:
        """SQL's reader: a condition for rows of a model whose SCOPE is `scope`, reached through `prefix`."""
        if self.everywhere:
            return Q(pk__isnull=False)  # an empty Q() would vanish when OR-ed with another
        condition = Q(pk__in=[])
        if self.helpdesk and "centre" in scope:
            condition |= Q(**{f"{prefix}{scope['centre']}__isnull": True})
        for kind, path in scope.items():
            if ids := self._ids()[kind]:
                condition |= Q(**{f"{prefix}{path}__in": ids})
        return condition

    def as_q_of_seats(self, seat: str) -> Q:
        """A condition for rows whose `seat` (the path to a Party) is served by a centre within reach."""
        if self.everywhere:
            return Q(pk__isnull=False)
        if not self.centres:
            return Q(pk__in=[])
        served = {f"{seat}__coverages__centre__in": self.centres, f"{seat}__coverages__retired_on__isnull": True}
        return Q(**served)


NOWHERE = Reach()


def _follow(obj: Any, path: str) -> int | None:
    """The primary key at the end of a look-up path; None where a link is empty."""
    *steps, last = path.split("__")
    last = "id" if last == "pk" else f"{last}_id"
    for step in steps:
        obj = getattr(obj, step)
        if obj is None:
            return None
    return getattr(obj, last)


def reach(user: Any, permission: Permission) -> Reach:
    """Where `user` holds `permission` today. Anonymous and inactive people reach nothing."""
    if not user.is_authenticated or not user.is_active:
        return NOWHERE
    found: dict[str, set[int]] = {"party": set(), "centre": set(), "organization": set()}
    helpdesk = False
    for membership in user.current_memberships:
        role = Role(membership.role)
        helpdesk = helpdesk or permission in HELPDESK_GRANTS.get(role, ())
        if permission not in GRANTS[role] or _waits_for_verification(membership, permission):
            continue
        kind = SCOPE_OF[role]
        if kind == "network":
            return Reach(everywhere=True)
        found[kind].add(getattr(membership, f"{kind}_id"))
    return Reach(False, helpdesk, *(frozenset(found[kind]) for kind in ("party", "centre", "organization")))


def lending(user: Any, permission: Permission, obj: Any) -> Any:
    """The first of `user`'s memberships in force that by itself gives `permission` on `obj`; None without one."""
    return next((one for one in user.current_memberships if _lends(one, permission, obj)), None)


def _lends(membership: Any, permission: Permission, obj: Any) -> bool:
    role = Role(membership.role)
    if permission not in GRANTS[role] or _waits_for_verification(membership, permission):
        return False
    kind = SCOPE_OF[role]
    path = obj.SCOPE.get(kind)
    return kind == "network" or (path is not None and _follow(obj, path) == getattr(membership, f"{kind}_id"))


def _waits_for_verification(membership: Any, permission: Permission) -> bool:
    """Whether a provider may not look around in the network yet, because nobody has verified the organization."""
    provider = permission is Permission.NETWORK_VIEW and membership.role == Role.PROVIDER
    return provider and not membership.organization.is_verified


SIDE_OF = {"party": "party", "provider": "organization", "centre": "centre"}


def acting_for(user: Any, obj: Any, permission: Permission | None = None, side: str = "") -> Any:
    """The membership for which `user` acts on `obj`: the one that gives the right, else one whose scope the record is
    in.

    `side` tells which of two, where somebody could speak for both. None for people without a role.
    """
    held = user.current_memberships
    if len(held) < 2:
        return held[0] if held else None
    if permission and (lent := lending(user, permission, obj)):
        return lent
    helpdesk = [one for one in held if permission in HELPDESK_GRANTS.get(Role(one.role), ())]
    if helpdesk:  # no office of theirs has the right, so they spoke for the helpdesk
        return helpdesk[0]
    near = [one for one in held if _is_near(one, obj)]
    of_side = [one for one in near if SCOPE_OF[Role(one.role)] == SIDE_OF.get(side)]
    network = [one for one in held if SCOPE_OF[Role(one.role)] == "network"]
    return [*of_side, *near, *network, *held][0]


def _is_near(membership: Any, obj: Any) -> bool:
    kind = SCOPE_OF[Role(membership.role)]
    path = getattr(obj, "SCOPE", {}).get(kind)
    return path is not None and _follow(obj, path) == getattr(membership, f"{kind}_id")


def can(user: Any, permission: Permission, obj: Any = None) -> bool:
    """Whether `user` may do this to `obj`; without an object, whether anywhere at all."""
    part = reach(user, permission)
    return bool(part) if obj is None else part.covers(obj)


def require(user: Any, permission: Permission, obj: Any = None) -> None:
    """Raise NotAllowed, with a sentence, unless `user` may do this to `obj`."""
    if not can(user, permission, obj):
        raise NotAllowed(_("Your office does not have the right to do this. The page says who has it now."))
