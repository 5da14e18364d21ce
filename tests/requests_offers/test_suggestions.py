"""Tags for a text while somebody writes it, as ticked boxes with the words behind them."""

import pytest
from django import forms
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from centres.models import Subject, Target
from requests_offers.actions.suggestions import SuggestedTag, suggest, suggest_for
from requests_offers.forms.offer import OfferContentForm
from requests_offers.forms.request import TagsForm
from requests_offers.forms.suggestions import set_apart, suggested_on
from tests import factories as f

pytestmark = pytest.mark.django_db

TEXTS = {
    "en": "Control of invasive alien species on our islands.",
    "fr": "Lutte contre les espèces exotiques envahissantes dans nos îles.",
    "es": "Control de especies exóticas invasoras en nuestras islas.",
    "ru": "Борьба с инвазивными чужеродными видами на наших островах.",
    "ar": "مكافحة الأنواع الغريبة الغازية في جزرنا",
    "zh": "控制我们岛屿上的外来入侵物种。",
}


@pytest.fixture
def words():
    for number in range(1, 24):
        f.target(number)
    f.subject("ias")


@pytest.mark.parametrize("language", TEXTS)
def test_in_each_language_the_text_leads_to_its_target_and_names_its_words(words, language):
    rows = suggest_for([TEXTS[language]], language)
    [target] = [row for row in rows if (row.field, row.code) == ("targets", "6")]
    assert target.value == Target.objects.get(number=6).pk
    assert target.label == "6 Reduce invasive alien species"
    assert target.words


def test_the_words_are_those_of_the_text(words):
    [row] = [row for row in suggest_for([TEXTS["fr"]], "fr") if (row.field, row.code) == ("targets", "6")]
    assert {"exotiques", "envahissantes"} & set(row.words)


def test_what_the_portal_does_not_offer_is_not_suggested(words):
    assert [row.code for row in suggest_for([TEXTS["en"]], "en") if row.field == "subjects"] == ["ias"]
    Subject.objects.update(is_offered=False)
    assert not [row for row in suggest_for([TEXTS["en"]], "en") if row.field == "subjects"]


@pytest.mark.parametrize("texts", [[], [""], ["  \n"], ["!!! ??? 12"], ["\u0000"]])
def test_a_text_that_says_nothing_suggests_nothing(words, texts):
    assert suggest_for(texts, "en") == []


def test_a_very_long_text_and_an_unknown_language_are_answered(words):
    assert suggest_for([TEXTS["en"] * 1500, "more"], "sw-TZ") is not None
    assert suggest([TEXTS["en"]], "").targets[0].code == 6


@given(st.lists(st.text(max_size=60), max_size=3), st.sampled_from([*TEXTS, "", "xx"]))
def test_whatever_is_written_gets_an_answer(texts, language):
    found = suggest(texts, language)
    assert all(tag.score > 0 for tag in [*found.targets, *found.subjects])


def test_suggesting_takes_two_queries_however_much_is_found(words, django_assert_num_queries):
    suggest_for([TEXTS["en"]], "en")
    with django_assert_num_queries(2):
        suggest_for(list(TEXTS.values()), "")


# On a form ------------------------------------------------------------------------------------------------------------


class Tags(forms.Form):
    targets = forms.ModelMultipleChoiceField(Target.objects.all(), widget=forms.CheckboxSelectMultiple)
    subjects = forms.ModelMultipleChoiceField(Subject.objects.all(), widget=forms.CheckboxSelectMultiple)


def rendered(groups, asked=True):
    return render_to_string("requests_offers/_suggestions.html", {"groups": groups, "asked": asked})


def test_suggested_boxes_are_ticked_name_their_words_and_leave_the_forms_own_list(words):
    form, six = Tags(prefix="need"), f.target(6)
    groups = set_apart(form, suggest_for([TEXTS["fr"]], "fr"))
    page = rendered(groups)
    box = f'<input type="checkbox" name="need-targets" value="{six.pk}" id="suggested_need-targets_{six.pk}" checked>'
    assert box in page
    assert "<bdi>envahissantes</bdi>" in page
    assert f'value="{six.pk}"' not in str(form["targets"])
    assert f'value="{f.target(1).pk}"' in str(form["targets"])


def test_what_is_sent_from_suggested_boxes_is_valid(words):
    set_apart(Tags(), suggest_for([TEXTS["fr"]], "fr"))
    sent = Tags({"targets": [f.target(6).pk, f.target(1).pk], "subjects": [f.subject("ias").pk]})
    assert sent.is_valid()


@pytest.mark.parametrize("make", [TagsForm, OfferContentForm])
def test_the_pages_forms_come_back_with_what_was_ticked_and_the_suggestions(words, make):
    one, six = f.target(1), f.target(6)
    form = make({"targets": [one.pk], "version": 1, "language": "fr"}, lenient=True)
    context = suggested_on(form, [TEXTS["fr"]], "fr")
    assert context["asked"]
    assert {tag.value for tag in context["suggestions"][0]["tags"]} >= {six.pk}
    own = str(form["targets"])
    assert f'value="{six.pk}"' not in own
    [box] = [line for line in own.split("<input") if f'value="{one.pk}"' in line]
    assert " checked" in box
    assert form.is_valid()


def test_a_form_without_these_fields_gets_no_boxes(words):
    assert set_apart(forms.Form(), suggest_for([TEXTS["fr"]], "fr")) == []


def test_words_of_the_text_are_escaped():
    tag = SuggestedTag("targets", 1, "6", "6 <b>", ("<script>",))
    page = rendered([{"name": "targets", "label": "Targets", "tags": [tag]}])
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_who_asked_in_vain_is_told_and_who_did_not_ask_is_not():
    assert "says too little" in rendered([])
    assert rendered([], asked=False).strip() == ""
