"""Pages by number, with a limit that nobody can lift."""

from rest_framework.pagination import PageNumberPagination

from accounts.api.reading import whole_number


class PageNumbers(PageNumberPagination):
    """`page` from 1, `page_size` up to 100; more is given as 100."""

    page_size = 25
    max_page_size = 100
    page_size_query_param = "page_size"

    def paginate_queryset(self, queryset, request, view=None):
        whole_number(request.query_params, "page")
        return super().paginate_queryset(queryset, request, view)

    def get_page_size(self, request) -> int:
        return min(whole_number(request.query_params, "page_size") or self.page_size, self.max_page_size)
