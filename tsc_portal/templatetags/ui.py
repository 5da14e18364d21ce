"""The building blocks of pages: status words, dates, batons, lists, forms. Loaded in every template."""

import re
from datetime import date
from functools import cache, lru_cache

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BaseForm, BaseFormSet, BoundField, Field
from django.http import HttpRequest, QueryDict
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from accounts import cldr
from tsc_portal import evidence, formats, navigation
from tsc_portal.filtering import active_filters
from tsc_portal.looks import STATUS_LOOK, look_of

__all__ = ["STATUS_LOOK", "register"]

register = template.Library()

# Glyphs, states, badges -----------------------------------------------------------------------------------------------


@cache
def sprite() -> str:
    """The address of the file of glyphs: one cached request for all pages."""
    return static("icons.svg")


@register.simple_tag
def asset(path: str) -> str:
    """A static file's address for error pages: if the list of files is broken, the page still comes, unstyled."""
    try:
        return static(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, css_class: str = "icon") -> SafeString:
    """A glyph beside a word: {% icon "eye" %}. Never alone."""
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>', css_class, sprite(), name)


@register.simple_tag
def arrow() -> SafeString:
    """The arrow after "more": it points where the reading goes."""
    return icon("arrow", "arrow")


@register.simple_tag
def mark(glyph: str, word: str, tone: str = "") -> SafeString:
    """Glyph, word and tone of something that is no lifecycle state: {% mark "eye" _("Public") %}."""
    tone_class = f" status--{tone}" if tone else ""
    return format_html('<span class="status{}">{}{}</span>', tone_class, icon(glyph), word)


@register.simple_tag
def status(noun: str, state: str, word: str = "") -> SafeString:
    """A record's state: {% status "request" request.status %}; a third argument replaces the word."""
    if not word:
        return _drawn_status(noun, str(state), get_language())
    look = look_of(noun, str(state))
    return mark(look.glyph, word, look.tone)


# Lists draw the same few states again and again. Only our own words are kept: other words may hold markup to escape.
@lru_cache(maxsize=1024)
def _drawn_status(noun: str, state: str, language: str | None) -> SafeString:
    look = look_of(noun, state)
    return mark(look.glyph, str(look.word), look.tone)


@register.simple_tag
def example_badge(record: object = True) -> SafeString:
    """The word "Example" beside every record that is one (or always, without an argument)."""
    shown = record if isinstance(record, bool) else getattr(record, "is_example", False)
    return format_html('<span class="badge badge--example">{}</span>', gettext("Example")) if shown else SafeString("")


@register.simple_tag
def provisional_badge(provisional: bool = True) -> SafeString:
    """The word "provisional" beside a datum that nobody has confirmed yet."""
    return format_html('<span class="badge">{}</span>', gettext("provisional")) if provisional else SafeString("")


# Dates, figures, names ------------------------------------------------------------------------------------------------


@register.filter
def day(value: date | None, length: str = "medium") -> SafeString:
    """A <time>: |day in tables, |day:"long" in text, |day:"full" for deadlines, |day:"time" with hour and zone."""
    if not value:
        return SafeString("")
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), formats.day_text(value, length))


@register.filter
def day_text(value: date | None, length: str = "medium") -> str:
    """The same without the element, for titles and attributes."""
    return formats.day_text(value, length) if value else ""


register.filter("number", cldr.number)
register.filter("money", cldr.money)
register.filter("language_name", formats.language_name)


register.filter("language_tag", navigation.language_tag)


@register.filter
def bdi(value: object, lang: str = "") -> SafeString:
    """A name of unknown direction: {{ person|bdi }}; with a language, {{ title|bdi:offer.language }}."""
    if lang:
        return format_html('<bdi lang="{}">{}</bdi>', navigation.language_tag(lang), value)
    return format_html("<bdi>{}</bdi>", value)


@register.filter
def paragraphs(text: str) -> SafeString:
    """What people wrote, in paragraphs and lines that run each in its own direction: for mails, which have no style."""
    blocks = [block.splitlines() for block in re.split(r"\n\s*\n", str(text).strip()) if block.strip()]
    lined = [format_html_join(SafeString("<br>"), "<bdi>{}</bdi>", ((line,) for line in block)) for block in blocks]
    return format_html_join("\n", '<p dir="auto">{}</p>', ((block,) for block in lined))


@register.simple_tag
def working_days_left(left: int | None, total: int | None = None) -> SafeString | str:
    """How long is left in words: "13 of 15 working days left", "today", or how late (red only then)."""
    if left is None:
        return ""
    if left < 0:
        return late_by(-left)
    if left == 0:
        return gettext("today is the last day")
    if total:
        text = ngettext("%(left)s of %(total)s working days left", "%(left)s of %(total)s working days left", left)
    else:
        text = ngettext("%(left)s working day left", "%(left)s working days left", left)
    return text % {"left": left, "total": total}


@register.simple_tag
def late_by(days: int) -> SafeString:
    """ "2 working days late", with its glyph and tone."""
    return mark(
        "late", ngettext("%(days)s working day late", "%(days)s working days late", days) % {"days": days}, "late"
    )


@register.simple_tag
def clock(left: int | None, total: int | None) -> SafeString:
    """The thin bar under a deadline: how much of the time is used."""
    if not total or left is None or left < 0:
        return SafeString("")
    used = max(0, min(total, total - left))
    label = ngettext("%(used)s of %(total)s working days used", "%(used)s of %(total)s working days used", used) % {
        "used": used,
        "total": total,
    }
    return format_html(
        '<svg class="clock flip" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="chart-track" width="100" height="8"/><rect class="chart-1" width="{}" height="8"/></svg>',
        label,
        str(round(100 * used / total)),
    )


# Where the reader is --------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/languages.html", takes_context=True)
def language_links(context: Context, css_class: str = "masthead__languages") -> dict[str, object]:
    """The same page in the six languages, each in its own name."""
    return {"css_class": css_class, "languages": context.get("languages")}


@register.inclusion_tag("components/crumbs.html")
def crumbs(*places: str) -> dict[str, object]:
    """Pairs of address (or its name) and label, from the top: {% crumbs "request_list" _("Requests") %}."""
    pairs = zip(places[::2], places[1::2], strict=True)
    return {"places": [(place if place.startswith("/") else reverse(place), label) for place, label in pairs]}


@register.simple_tag(takes_context=True)
def query_replace(context: Context, **changes: object) -> str:
    """The query string with some parameters changed; None takes one out; the page number goes unless it is given."""
    request: HttpRequest | None = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    query.pop("page", None)
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, page: Page) -> dict[str, object]:
    """The pages of a list under it, keeping its filters: {% pager page_obj %}."""
    paginator = page.paginator
    numbers = paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return {
        "page": page,
        "numbers": [(n if isinstance(n, int) else None) for n in numbers] if paginator.num_pages > 1 else [],
        "request": context.get("request"),
    }


@register.inclusion_tag("components/chips.html")
def chips(form: BaseForm) -> dict[str, object]:
    """What the list is narrowed to, each chip a link that takes it away: {% chips filter_form %}."""
    return {"chips": active_filters(form)}


@register.simple_tag
def filters_set(form: BaseForm) -> int:
    """How many filters are set: for the button that opens them on a phone."""
    return len(active_filters(form))


# Forms ----------------------------------------------------------------------------------------------------------------

FORM_NAMES = ("form", "verify_form", "change_form", "webauthn_form", "formset")


def failed_forms(context: Context) -> list[BaseForm]:
    """The page's forms that were sent and have to be corrected."""
    candidates = [*(context.get(name) for name in FORM_NAMES), *(context.get("forms") or [])]
    found: list[BaseForm] = []
    for candidate in candidates:
        found.extend(candidate if isinstance(candidate, BaseFormSet) else [candidate])
    return [form for form in found if isinstance(form, BaseForm) and form.is_bound and form.errors]


def whole_set_errors(context: Context) -> list[str]:
    """What is wrong with a set of forms as a whole, such as too few of them."""
    formset = context.get("formset")
    if not isinstance(formset, BaseFormSet) or not formset.is_bound:
        return []
    return [str(error) for error in formset.non_form_errors()]


def field_anchor(form: BaseForm, name: str) -> str:
    """The id of the element that takes the focus for a field; the first choice of a group."""
    field = form[name]
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def error_sentences(field: BoundField) -> list[str]:
    """What to do about a field; where Django would only say that it is required, the sentence names the question."""
    standard = field.field.error_messages.get("required") == Field.default_error_messages["required"]
    missing = gettext("Give an answer to “%(label)s”.") % {"label": field.label}
    return [
        missing if standard and error.code == "required" else str(error.messages[0]) for error in field.errors.as_data()
    ]


@register.simple_tag(takes_context=True)
def error_prefix(context: Context) -> str:
    """ "Error: " before the title while a form on the page waits to be corrected."""
    return gettext("Error: ") if failed_forms(context) or whole_set_errors(context) else ""


@register.inclusion_tag("components/error_summary.html", takes_context=True)
def error_summary(context: Context) -> dict[str, object]:
    """What has to be corrected, before the heading, each line a link to its field. base.html shows it by itself."""
    lines: list[tuple[str, str]] = [("", error) for error in whole_set_errors(context)]
    for form in failed_forms(context):
        lines.extend(("", str(error)) for error in form.non_field_errors())
        for name in [name for name in form.fields if name in form.errors]:
            anchor = "" if form[name].is_hidden else field_anchor(form, name)
            lines.extend((anchor, sentence) for sentence in error_sentences(form[name]))
    return {"lines": lines}


# Blocks with a slot ---------------------------------------------------------------------------------------------------


@register.simple_block_tag
def baton(content: str, held: object) -> SafeString:
    """Who has it, until when, what then: {% baton request_baton %} buttons {% endbaton %}."""
    actions = content if content.strip() else ""
    return render_to_string("components/baton.html", {"baton": held, "actions": actions})


@register.simple_block_tag
def section(content: str, title: str, id: str, css_class: str = "") -> SafeString:
    """A ruled section with its heading: {% section _("What Fiji asks for") id="need" %} … {% endsection %}."""
    extra = f" {css_class}" if css_class else ""
    return format_html(
        '<section class="section{}" aria-labelledby="{}"><h2 id="{}">{}</h2>{}</section>', extra, id, id, title, content
    )


@register.simple_block_tag
def notice(content: str, kind: str = "") -> SafeString:
    """A message or a caution: {% notice "done" %}<p>…</p>{% endnotice %}; kinds: "", "done", "late"."""
    return format_html('<div class="notice{}">{}</div>', f" notice--{kind}" if kind else "", content)


@register.simple_block_tag
def rows(content: str, caption: str, *headings: str, numbers: str = "") -> SafeString:
    """A list of records: caption, headings, then <tr>s; numbers="3,4" sets those headings flush with figures."""
    flush = {int(n) for n in numbers.split(",") if n}
    heads = format_html_join(
        "",
        '<th scope="col" class="{}">{}</th>',
        (("number" if place in flush else "", heading) for place, heading in enumerate(headings, start=1)),
    )
    return format_html(
        '<div class="rows"><table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
        caption,
        heads,
        content,
    )


# The reasons of a match -----------------------------------------------------------------------------------------------


@register.inclusion_tag("components/strip.html")
def strip(explanation: list[dict], label: str = "") -> dict[str, object]:
    """The score at a glance: a slot per criterion as wide as its weight, filled as far as it is met."""
    return {"slots": evidence.slots(explanation), "label": label}


@register.inclusion_tag("components/criteria.html")
def criteria(explanation: list[dict]) -> dict[str, object]:
    """The score in figures and words, criterion by criterion."""
    return {"lines": evidence.criterion_lines(explanation)}


@register.inclusion_tag("components/words.html")
def words(explanation: list[dict], need_language: str = "", offer_language: str = "") -> dict[str, object]:
    """Up to five words of the need beside the words of the offer they link to."""
    return {
        "links": evidence.word_links(explanation)[:5],
        "need_language": navigation.language_tag(need_language),
        "offer_language": navigation.language_tag(offer_language),
    }


@register.filter
def points(score: float | None) -> str:
    """A score between 0 and 1 as points of 100."""
    return "" if score is None else str(round(100 * score))


@register.filter
def band_word(band: str) -> str:
    """The word for how well an offer fits."""
    return evidence.band_word(band)


@register.filter
def criterion_word(name: str) -> str:
    """What pages call a criterion of the score."""
    return evidence.criterion_word(name)


@register.inclusion_tag("components/funding.html")
def funding_bar(gap: object, anchor: str) -> dict[str, object]:
    """Money from received to open in one bar; `gap` has asked, received, committed, pledged, firm_gap, currency."""
    return {"shares": evidence.funding_shares(gap), "text": evidence.funding_text(gap), "id": anchor}
