"""The building blocks of pages: words of states, dates, the baton, lists, forms, languages, error pages."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django import forms
from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.template import engines
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import path
from django.utils import translation

from accounts import cldr
from tsc_portal import evidence, formats, navigation
from tsc_portal.filtering import active_filters
from tsc_portal.looks import STATUS_LOOK, look_of

DAY = date(2026, 12, 9)
LANGUAGES = ["en", "fr", "es", "ar", "zh-hans", "ru"]

# The states that every lifecycle may show, as the contract names them.
STATES = {
    "request": "draft submitted clarification dormant refused answered completed matching partly_matched matched unmet "
    "paused withdrawn",
    "component": "open offered agreed closed unmet",
    "offer": "draft in_verification published full paused refused expired withdrawn",
    "match": "suggested proposed shortlisted dropped offered agreed declined lapsed retracted",
    "engagement": "active concluded appraised ended_early",
    "version": "draft consultation addressing finalized superseded",
    "pledge": "interest discussion pledged commitment_claimed committed part_received received withdrawn refused "
    "lapsed",
    "claim": "claimed verified refused",
    "project": "submitted change_requested published refused stale",
    "source": "suggested published refused unreachable",
    "practice": "draft in_review published",
    "ticket": "open waiting solved",
    "post": "visible hidden",
    "visibility": "public network restricted",
}


class NeedForm(forms.Form):
    title = forms.CharField(label="Title", help_text="Up to 120 characters")
    kind = forms.ChoiceField(label="Form of cooperation", widget=forms.RadioSelect, choices=[("a", "Twinning")])
    email = forms.EmailField(label="Email", required=False)
    sensitive = forms.BooleanField(label="Traditional knowledge is involved", required=False)


class FilterForm(forms.Form):
    search = forms.CharField(label="Words", required=False)
    status = forms.MultipleChoiceField(
        label="Status", required=False, choices=[("unmet", "Unmet"), ("paused", "Paused")]
    )
    ldc = forms.BooleanField(label="Least developed", required=False)


@login_not_required
def page(request):
    return render(request, "base.html")


@login_not_required
def form_page(request):
    source = '{% extends "form_page.html" %}{% block form %}<form method="post">{{ form }}</form>{% endblock %}'
    return HttpResponse(engines["django"].from_string(source).render({"form": NeedForm(request.POST or None)}, request))


@login_not_required
def refused(request):
    raise PermissionDenied("Only the head of a centre may refuse a request.")


@login_not_required
def broken(request):
    raise RuntimeError("broken on purpose")


urlpatterns = i18n_patterns(
    path("", page, name="home"),
    path("requests/", page, name="request_list"),
    path("requests/new/", form_page, name="request_new"),
    path("refused/", refused),
    path("broken/", broken),
    prefix_default_language=False,
)
with_own_pages = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def _english():
    """A page in another language leaves it switched on; each test begins in English."""
    with translation.override("en"):
        yield


def drawn(source, **values):
    """What a template makes of some values, as for a visitor who asked for /requests/?page=2&status=unmet."""
    request = RequestFactory().get("/requests/?page=2&status=unmet")
    request.user = AnonymousUser()
    return engines["django"].from_string(source).render(values, request)


# States ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("noun", "state"), [(noun, state) for noun, states in STATES.items() for state in states.split()]
)
def test_every_state_has_a_glyph_a_word_and_a_tone_of_its_own(noun, state):
    look = STATUS_LOOK[noun, state]
    assert look.word
    assert look.tone in {"", "moving", "waiting", "done"}


def test_a_status_is_drawn_with_glyph_word_and_tone():
    html = drawn('{% status "request" "partly_matched" %}')
    assert 'class="status status--moving"' in html
    assert "#i-phase-3" in html
    assert html.endswith("Partly matched</span>")


def test_another_word_replaces_the_status_word_and_is_escaped():
    html = drawn('{% status "component" "offered" word %}', word="<b>3 offers</b>")
    assert "&lt;b&gt;3 offers&lt;/b&gt;" in html
    assert "Waiting for answers" not in html


def test_a_state_that_nobody_has_drawn_shows_its_name():
    assert look_of("request", "on_the_moon").word == "On the moon"


def test_status_words_follow_the_language_although_drawings_are_kept():
    english = drawn('{% status "request" "draft" %}')
    with translation.override("fr"):
        look = str(look_of("request", "draft").word)
        assert drawn('{% status "request" "draft" %}').endswith(f"{look}</span>")
    assert drawn('{% status "request" "draft" %}') == english


def test_only_an_example_wears_the_example_badge():
    assert "Example" in drawn("{% example_badge r %}", r=SimpleNamespace(is_example=True))
    assert drawn("{% example_badge r %}", r=SimpleNamespace(is_example=False)) == ""


# Dates, figures, names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "medium", "full"),
    [
        ("en", "9 Dec 2026", "Wednesday 9 December 2026"),
        ("fr", "9 déc. 2026", "mercredi 9 décembre 2026"),
        ("ar", "9 ديسمبر 2026", "الأربعاء، 9 ديسمبر 2026"),
        ("zh-hans", "2026年12月9日", "2026年12月9日星期三"),
    ],
)
def test_a_day_is_written_as_its_language_writes_it(language, medium, full):
    with translation.override(language):
        assert formats.day_text(DAY) == medium
        assert formats.day_text(DAY, "full") == full


def test_a_moment_names_its_zone():
    assert formats.day_text(datetime(2026, 11, 20, 9, 42, tzinfo=UTC), "time") == "20 November 2026, 09:42\u00a0UTC"


def test_a_day_in_a_page_carries_its_date_for_machines():
    assert drawn("{{ d|day }}", d=DAY) == '<time datetime="2026-12-09">9 Dec 2026</time>'
    assert drawn("{{ d|day }}", d=None) == ""


def test_money_names_the_currency_first():
    assert cldr.money(1605000, "USD") == "USD\u00a01,605,000"
    with translation.override("fr"):
        assert cldr.money(1605000.5, "EUR").startswith("EUR\u00a01\u202f605\u202f000,50")


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_are_written_with_the_digits_0_to_9(language):
    with translation.override(language):
        assert cldr.number(42) == "42"
        assert "9" in formats.day_text(DAY)


def test_languages_are_named_in_the_readers_language():
    assert formats.language_name("zh-hans") == "Chinese"
    assert formats.language_name("xx-nowhere-at-all") == "xx-nowhere-at-all"
    with translation.override("fr"):
        assert formats.language_name("ar") == "arabe"


@pytest.mark.parametrize(
    ("left", "words"),
    [(13, "13 of 15 working days left"), (1, "1 of 15 working days left"), (0, "today is the last day")],
)
def test_time_left_is_said_in_working_days(left, words):
    assert drawn("{% working_days_left left 15 %}", left=left) == words


def test_red_begins_after_the_date_and_says_how_many_days():
    html = drawn("{% working_days_left left 15 %}", left=-2)
    assert "status--late" in html
    assert "2 working days late" in html


def test_names_are_isolated_and_escaped():
    assert drawn("{{ n|bdi }}", n="<Ana>") == "<bdi>&lt;Ana&gt;</bdi>"
    assert drawn('{{ n|bdi:"zh-hans" }}', n="湿地") == '<bdi lang="zh">湿地</bdi>'


# Lists ----------------------------------------------------------------------------------------------------------------


def test_a_changed_filter_starts_at_the_first_page():
    assert drawn('{% query_replace ordering="title" %}') == "?status=unmet&amp;ordering=title"
    assert drawn("{% query_replace status=None %}") == "?"


def test_the_pager_keeps_the_filters():
    html = drawn("{% pager page %}", page=Paginator(range(60), 25).get_page(2))
    assert "26–50 of 60" in html
    assert 'href="?status=unmet&amp;page=3" rel="next"' in html
    assert html.count('aria-current="page"') == 1


def test_one_page_needs_no_numbers():
    html = drawn("{% pager page %}", page=Paginator(range(3), 25).get_page(1))
    assert "1–3 of 3" in html
    assert "<li>" not in html


def test_each_filter_that_is_set_becomes_a_chip_that_takes_it_away():
    query = QueryDict("search=lake&status=unmet&status=paused&ldc=on&page=4")
    chips = active_filters(FilterForm(query))
    assert [chip.label for chip in chips] == ["Words: lake", "Unmet", "Paused", "Least developed"]
    assert chips[1].url == "?search=lake&status=paused&ldc=on"


def test_the_button_of_the_filters_says_how_many_are_set():
    source = '{% include "components/filters.html" with form=form submit="Show" clear_url="/" label="Filter" only %}'
    assert "Filter and sort (2 set)" in drawn(source, form=FilterForm(QueryDict("search=lake&status=unmet")))
    assert "Filter and sort</a>" in drawn(source, form=FilterForm(QueryDict()))


def test_a_filter_form_that_cannot_be_read_makes_no_chips():
    query = QueryDict("status=nonsense")
    assert active_filters(FilterForm(query)) == []


def test_a_table_has_a_caption_and_headings_with_scope():
    html = drawn('{% rows "All requests" "Request" "Budget" numbers="2" %}<tr><td>x</td></tr>{% endrows %}')
    assert "<caption>All requests</caption>" in html
    assert '<th scope="col" class="number">Budget</th>' in html
    assert "<tbody><tr><td>x</td></tr></tbody>" in html


# The baton ------------------------------------------------------------------------------------------------------------


def held(**changes):
    facts = {"heading": "Choose", "who": "Fiji", "until": DAY, "until_note": "", "then": "Work starts"}
    return facts | {"otherwise": "It lapses", "kind": "yours", "days_left": 13, "days_total": 15} | changes


def test_the_baton_says_who_until_then_and_otherwise_in_this_order():
    html = drawn('{% baton b %}<a href="#">See</a>{% endbaton %}', b=held())
    places = [html.index(word) for word in ("Your turn", "Choose", "Fiji", "9 December", "13 of 15", "Work starts")]
    assert places == sorted(places)
    assert html.index("It lapses") < html.index('<a href="#">See</a>')


def test_a_late_baton_says_so_in_words():
    html = drawn("{% baton b %}{% endbaton %}", b=held(kind="late", days_left=-3))
    assert "baton--late" in html
    assert "3 working days late" in html
    assert "Was due" in html
    assert "buttons" not in html


# Forms ----------------------------------------------------------------------------------------------------------------


def test_label_help_and_error_are_tied_to_the_input():
    html = str(NeedForm({"title": ""})["title"].as_field_group())
    assert '<label for="id_title">' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert html.index("<label") < html.index("id_title_helptext") < html.index("field__error") < html.index("<input")


def test_a_group_of_choices_is_a_fieldset_with_a_legend():
    html = str(NeedForm()["kind"].as_field_group())
    assert html.count("<legend>") == 1
    assert '<label class="choice" for="id_kind_0">' in html


def test_only_what_may_stay_empty_is_called_optional():
    assert "optional" in str(NeedForm()["email"].as_field_group())
    assert "optional" not in str(NeedForm()["title"].as_field_group())


def test_a_whole_form_renders_each_field_once():
    html = str(NeedForm())
    assert [html.count(f'name="{name}"') for name in ("title", "kind", "email", "sensitive")] == [1, 1, 1, 1]


@with_own_pages
def test_errors_stand_before_the_heading_and_lead_to_their_fields():
    html = Client().post("/requests/new/", {"email": "not an address"}).content.decode()
    assert "<title>Error: " in html
    assert html.index('role="alert"') < html.index("<h1>")
    assert '<a href="#id_title">Give an answer to “Title”.</a>' in html
    assert '<a href="#id_kind_0">' in html
    assert 'value="not an address"' in html


@with_own_pages
def test_a_fresh_form_has_no_error_summary():
    html = Client().get("/requests/new/").content.decode()
    assert "Error" not in html
    assert 'role="alert"' not in html


def test_what_is_wrong_with_a_set_of_forms_as_a_whole_is_said_too():
    sent = {"form-TOTAL_FORMS": "0", "form-INITIAL_FORMS": "0"}
    formset = forms.formset_factory(NeedForm, min_num=1, validate_min=True)(sent)
    assert drawn("{% error_prefix %}", formset=formset) == "Error: "
    assert str(formset.non_form_errors()[0]) in drawn("{% error_summary %}", formset=formset)


# The reasons of a match -----------------------------------------------------------------------------------------------

EXPLANATION = [
    {
        "criterion": "text",
        "value": 0.5,
        "weight": 0.6,
        "evidence": [{"kind": "word", "need": "lutte", "offer": "control"}],
    },
    {"criterion": "targets", "value": 1.0, "weight": 0.2, "evidence": [{"kind": "target", "number": 6}]},
]


def test_the_strip_gives_each_criterion_its_weight():
    first, second = evidence.slots(EXPLANATION)
    assert (first["x"], second["x"]) == ("0.0", "75.0")
    assert float(first["filled"]) == pytest.approx(float(first["width"]) / 2, abs=0.1)


def test_the_strip_is_not_broken_by_a_decimal_comma():
    with translation.override("fr"):
        assert 'x="75.0"' in drawn("{% strip e %}", e=EXPLANATION)


def test_points_are_shown_of_the_points_there_are():
    text, targets = evidence.criterion_lines(EXPLANATION)
    assert (text["points"], text["possible"]) == ("37.5", "75")
    assert (targets["points"], targets["possible"], targets["why"]) == ("25", "25", "Target 6")


def test_words_that_link_two_texts_carry_their_languages():
    html = drawn('{% words e "fr" "en" %}', e=EXPLANATION)
    assert '<bdi lang="fr">lutte</bdi>' in html
    assert '<bdi lang="en">control</bdi>' in html


# Every page -----------------------------------------------------------------------------------------------------------


@with_own_pages
@pytest.mark.django_db
def test_the_page_is_offered_in_six_languages_at_its_own_address():
    html = Client().get("/requests/?status=unmet").content.decode()
    assert html.count('lang="zh" hreflang="zh"') == 2
    assert 'href="/fr/requests/?status=unmet" lang="fr" hreflang="fr"' in html
    assert html.count('aria-current="true">English') == 2


@with_own_pages
@pytest.mark.parametrize(
    ("prefix", "opening"), [("", '<html lang="en" dir="ltr">'), ("/ar", '<html lang="ar" dir="rtl">')]
)
def test_a_page_says_its_language_and_direction(prefix, opening):
    assert opening in Client().get(f"{prefix}/requests/").content.decode()


@with_own_pages
def test_only_places_that_exist_are_linked():
    links = navigation.links(navigation.MAIN, "/requests/new/")
    assert [(link.url, link.current) for link in links] == [("/requests/", "true")]


@with_own_pages
@pytest.mark.parametrize("mode", ["demo", "production"])
def test_only_a_demonstration_says_that_its_data_is_made_up(settings, mode):
    settings.TSC_MODE = mode
    assert ("Example data" in Client().get("/requests/").content.decode()) == (mode == "demo")


@with_own_pages
def test_a_page_loads_one_style_sheet_and_no_script():
    html = Client().get("/requests/").content.decode()
    assert html.count('rel="stylesheet"') == 1
    assert "<script" not in html
    assert "style=" not in html


# Error pages ----------------------------------------------------------------------------------------------------------


@with_own_pages
def test_a_page_that_is_not_there_does_not_say_why():
    response = Client().get("/nowhere/")
    assert response.status_code == 404
    assert "There is no page here that you can see" in response.content.decode()


@with_own_pages
def test_a_refusal_shows_its_sentence():
    response = Client().get("/refused/")
    assert response.status_code == 403
    assert "Only the head of a centre may refuse a request." in response.content.decode()


@with_own_pages
def test_a_broken_page_says_that_nothing_was_recorded():
    response = Client(raise_request_exception=False).get("/broken/")
    assert response.status_code == 500
    assert "What you sent was not recorded." in response.content.decode()


@with_own_pages
@pytest.mark.parametrize("name", ["400.html", "500.html", "503.html"])
def test_error_pages_need_no_context(name):
    assert "</html>" in render_to_string(name)


@with_own_pages
@pytest.mark.parametrize("name", ["500.html", "503.html"])
def test_error_pages_quote_a_number_if_there_is_one(name):
    assert "7F3A" in render_to_string(name, {"request_id": "7F3A"})
    assert "<code>" not in render_to_string(name)


# Mail -----------------------------------------------------------------------------------------------------------------


def test_a_mail_as_text_is_not_escaped():
    assert "O'Neil & Sons" in render_to_string("emails/base.txt", {"reason": "O'Neil & Sons published an offer."})


def test_a_mail_about_an_example_says_so():
    for name in ("emails/base.txt", "emails/base.html"):
        assert "made-up" in render_to_string(name, {"is_example": True})
        assert "made-up" not in render_to_string(name, {"is_example": False})


def test_a_mail_fetches_nothing():
    html = render_to_string("emails/base.html", {"subject": "A match waits"})
    assert "<img" not in html
    assert "src=" not in html
