"""The floor: a list page and an API list as plain as Django and DRF write them, on the portal's own tables."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template import Context, Engine
from django.urls import path
from rest_framework import generics, serializers
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.permissions import AllowAny

from centres.models import CooperationType
from requests_offers.models import Offer
from tsc_portal import urls as portal

# What a new Django project comes with.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
PAGE = Engine().from_string(
    "<!doctype html><title>Offers</title><ul>{% for name in facet %}<li>{{ name }}{% endfor %}</ul>"
    "<p>{{ page.paginator.count }}</p><table>{% for row in page %}<tr><td>{{ row.title }}"
    "<td>{{ row.organization.name }}<td>{{ row.text|truncatewords:30 }}<td>{{ row.status }}"
    "<td>{{ row.published_at|date }}{% endfor %}</table>"
    "{% if page.has_next %}<a href='?page={{ page.next_page_number }}'>Next</a>{% endif %}"
)
DETAIL = Engine().from_string(
    "<!doctype html><title>{{ row.title }}</title><h1>{{ row.title }}</h1>"
    "<p>{{ row.organization.name }}<p>{{ row.text }}"
)


def rows():
    return Offer.objects.filter(status="published").select_related("organization").order_by("-published_at", "-pk")


@login_not_required
def plain_list(request):
    """Count, page and facet: three queries."""
    page = Paginator(rows(), 50).get_page(request.GET.get("page"))
    facet = CooperationType.objects.order_by("number").values_list("name_en", flat=True)
    return HttpResponse(PAGE.render(Context({"page": page, "facet": facet})))


@login_not_required
def plain_detail(request, pk):
    """One row, one query."""
    row = Offer.objects.select_related("organization").get(pk=pk)
    return HttpResponse(DETAIL.render(Context({"row": row})))


class PlainSerializer(serializers.ModelSerializer):
    organization = serializers.CharField(source="organization.name")

    class Meta:
        model = Offer
        fields = ["id", "title", "text", "status", "language", "capacity", "published_at", "expires_on", "organization"]


class PlainPages(LimitOffsetPagination):
    default_limit = 100


class PlainApiList(generics.ListAPIView):
    """Count and page: two queries."""

    permission_classes = [AllowAny]
    authentication_classes: list = []
    throttle_classes: list = []
    pagination_class = PlainPages
    serializer_class = PlainSerializer

    def get_queryset(self):
        return rows()


urlpatterns = [
    path("floor/list", plain_list),
    path("floor/detail/<int:pk>", plain_detail),
    path("floor/api", login_not_required(PlainApiList.as_view())),
    *portal.urlpatterns,
]
