"""The front door, the words about the portal, and the search over everything public."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import CharField, Count, Q, Value
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actions.retention import PERIODS
from accounts.permissions import Permission, can
from centres.models import Organization, Party, SupportCentre
from knowledge.models import AnsweredQuestion, Opportunity, Practice, Project, Source
from requests_offers.durations import ENOUGH
from requests_offers.lifecycle import MATCHED_BY_WORKER, MatchStatus, RequestStatus
from requests_offers.models import CooperationRequest, Match, Offer

SHOWN = 5
FOUND = 10


@login_not_required
@require_safe
def home(request):
    """Each kind of visitor sees in one screen what to do."""
    requests = CooperationRequest.objects.visible_to(request.user).submitted().select_related("party")
    offers = Offer.objects.matchable(timezone.now().date()).select_related("organization")
    latest = requests.filter(accepted_at__isnull=False).prefetch_related("components__targets").select_related("centre")
    context = {
        "figures": _figures(requests, offers),
        **_doors(request.user),
        "requests": _with_targets(latest.order_by("-accepted_at", "-pk")[:SHOWN]),
        "offers": offers.order_by("-published_at", "-pk")[:SHOWN],
        "now": timezone.now(),
    }
    return render(request, "tsc_portal/home.html", context)


def _with_targets(requests) -> list:
    """Requests with the numbers of their targets in `shown_targets`, each once."""
    rows = list(requests)
    for row in rows:
        numbers = {target.number for component in row.components.all() for target in component.targets.all()}
        row.shown_targets = ", ".join(str(number) for number in sorted(numbers))
    return rows


def _doors(user) -> dict[str, bool]:
    """Which doors stand open: to visitors all, since signing in comes first; to others those that they may enter."""
    visitor = not user.is_authenticated
    return {
        "can_request": visitor or can(user, Permission.REQUEST_DRAFT),
        "can_offer": visitor or can(user, Permission.OFFER_EDIT),
    }


def _figures(requests, offers) -> list[tuple[int | str, str]]:
    """The headline numbers, each with what it counts, in two queries."""
    opened, unmet = Q(status__in=MATCHED_BY_WORKER), Q(status=RequestStatus.UNMET)
    agreed = Match.objects.filter(status=MatchStatus.AGREED)
    counted = requests.order_by().aggregate(
        requests=Count("pk", filter=opened, distinct=True),
        parties=Count("party", filter=opened, distinct=True),
        unmet=Count("pk", filter=unmet, distinct=True),
    )
    others = dict(_number_of("offers", offers).union(_number_of("agreed", agreed), all=True))
    looking = _("requests looking for partners, from %(parties)s Parties") % {"parties": _told(counted["parties"])}
    return [
        (_told(counted["requests"]), looking),
        (_told(others.get("offers", 0)), _("offers published and not full")),
        (_told(others.get("agreed", 0)), _("matches that both sides agreed to")),
        (_told(counted["unmet"]), _("requests that nobody could meet yet")),
    ]


def _number_of(name: str, rows):
    """How many rows there are, under a name, as a part of another query; nothing where there is none."""
    named = rows.order_by().annotate(_name=Value(name, output_field=CharField()))
    return named.values_list("_name").annotate(_number=Count("pk"))


def _told(count: int) -> int | str:
    """A number; fewer than five could be told apart."""
    return count if count >= ENOUGH else _("fewer than %(enough)s") % {"enough": ENOUGH}


@login_not_required
@require_safe
def search(request):
    """Requests, offers, Parties, centres and organizations with these words."""
    text = " ".join(request.GET.get("q", "").split())[:200].replace("\x00", "")
    found = _found(request.user, text) if len(text) > 1 else {}
    return render(request, "tsc_portal/search.html", {"q": text, "found": found, "any": any(found.values())})


def _found(user, text):
    requests = CooperationRequest.objects.visible_to(user).submitted().search(text).select_related("party")
    offers = Offer.objects.published().search(text).select_related("organization")
    return {
        "requests": list(requests.order_by("-submitted_at", "-pk")[:FOUND]),
        "offers": list(offers.order_by("-published_at", "-pk")[:FOUND]),
        "sources": list(Source.objects.listed().search(text).order_by("name", "pk")[:FOUND]),
        "practices": list(Practice.objects.published().search(text).order_by("-published_at", "-pk")[:FOUND]),
        "questions": list(AnsweredQuestion.objects.published().search(text).order_by("-published_at", "-pk")[:FOUND]),
        "parties": list(Party.objects.current().search(text).by_name()[:FOUND]),
        "centres": list(SupportCentre.objects.current().named_like(text).by_name()[:FOUND]),
        "projects": list(Project.objects.listed().search(text).select_related("party").order_by("-pk")[:FOUND]),
        "opportunities": list(Opportunity.objects.open().search(text).closing_first()[:FOUND]),
        "organizations": list(Organization.objects.current().search(text).by_name()[:FOUND]),
    }


def _words(template):
    """A page of words without figures."""

    @login_not_required
    @require_safe
    def page(request):
        return render(request, template)

    return page


about = _words("tsc_portal/about.html")
terms = _words("tsc_portal/terms.html")
accessibility = _words("tsc_portal/accessibility.html")


@login_not_required
@require_safe
def privacy(request):
    """What is kept about people, and for how long: the table that the nightly job keeps to."""
    return render(request, "tsc_portal/privacy.html", {"periods": PERIODS})
