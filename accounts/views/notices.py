"""What a person has been told."""

from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

PER_PAGE = 25


def notice_list(request):
    page = Paginator(request.user.notices.newest_first(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/notice_list.html", {"page_obj": page})


@require_POST
def notice_read(request):
    """Mark one notice as read, or all of them."""
    notices = request.user.notices.all()
    if request.POST.get("notice", "").isdecimal():
        notices = notices.filter(pk=int(request.POST["notice"][:18]))
    elif "all" not in request.POST:
        notices = notices.none()
    notices.mark_read()
    back = request.POST.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "notice_list")
