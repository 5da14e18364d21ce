"""Pages by number, with a limit that nobody can lift."""

from django.utils.translation import gettext as _
from rest_framework.pagination import PageNumberPagination

from accounts.api.reading import invalid


class PageNumbers(PageNumberPagination):
    """`page` from 1, `page_size` up to 100; more is given as 100."""

    page_size = 25
    max_page_size = 100
    page_size_query_param = "page_size"

    def paginate_queryset(self, queryset, request, view=None):
        _whole(request.query_params, "page")
        return super().paginate_queryset(queryset, request, view)

    def get_page_size(self, request) -> int:
        return min(_whole(request.query_params, "page_size") or self.page_size, self.max_page_size)


def _whole(query, name: str) -> int | None:
    """A whole number from 1, or None where the parameter is not given."""
    text = query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) >= 1):
        raise invalid(name, _("Write a whole number from 1."))
    return int(text)
