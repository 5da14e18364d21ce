"""One's own roles, and the roles of others in the part of the network that one looks after."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import memberships
from accounts.errors import DomainError
from accounts.models import Membership
from accounts.permissions import Permission, can, require
from centres.forms_memberships import EndForm, GrantForm, PeopleForm

PER_PAGE = 50


def membership_list(request):
    """A person's own offices and roles; for an office, a head or a coordinator also those they look after."""
    manages = can(request.user, Permission.MEMBERSHIP_MANAGE)
    own = request.user.memberships.select_related("party", "centre", "organization").order_by("-starts_on", "-pk")
    context = {"own": list(own), "manages": manages, "today": timezone.now().date()}
    if manages:
        filter_form = PeopleForm(request.GET)
        found = filter_form.narrow(_looked_after(request.user))
        context |= {
            "filter_form": filter_form,
            "page_obj": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        }
    return render(request, "centres/membership_list.html", context)


def _looked_after(user):
    """The memberships that `user` may end and that have not ended yet, in a lasting order."""
    held = Membership.objects.not_over().filter(pk__in=Membership.objects.manageable_by(user).values("pk"))
    return held.select_related("user", "party", "centre", "organization").order_by("user__name", "pk")


def membership_new(request):
    """Lend a role to somebody who has an account."""
    require(request.user, Permission.MEMBERSHIP_MANAGE)
    form = GrantForm(request.POST or None, giver=request.user)
    if form.is_valid() and _granted(request, form):
        return redirect("membership_list")
    return render(request, "centres/membership_new.html", {"form": form})


def _granted(request, form) -> bool:
    try:
        memberships.grant_membership(form.person, role=form.cleaned_data["role"], by=request.user, **form.scope)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("%(person)s has the role from today on and has been told.") % {"person": form.person})
    return True


def membership_end(request, pk):
    """Set the last day of somebody's role."""
    membership = get_object_or_404(_looked_after(request.user), pk=pk)
    form = EndForm(request.POST or None, membership=membership)
    if form.is_valid():
        memberships.end_membership(membership, **form.cleaned_data, by=request.user)
        messages.success(request, _("The last day is set. %(person)s has been told.") % {"person": membership.user})
        return redirect("membership_list")
    return render(request, "centres/membership_end.html", {"form": form, "membership": membership})
