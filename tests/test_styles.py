"""Style sheets, glyphs and templates: budget, direction, tokens, contrast, and nothing inline."""

import gzip
import re
from pathlib import Path

import pytest

from tsc_portal import bundle
from tsc_portal.looks import STATUS_LOOK

ROOT = Path(__file__).resolve().parent.parent
CSS = ROOT / "static" / "css"
SHEETS = sorted(CSS.rglob("*.css"))
TEMPLATES = [file for file in sorted((ROOT / "templates").rglob("*.html")) if "emails" not in file.parts]
BUDGET = 8 * 1024

PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border)-(?:left|right|top|bottom)\b"
    r"|(?:left|right|top|bottom)\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
    r"|(?:min-|max-)?(?:width|height)\s*:"
    r"|border-(?:top|bottom)-(?:left|right)-radius)"
)
MEDIA = re.compile(r"@media[^{]*")


def rules(file):
    """A style sheet without comments and without the conditions of its media queries."""
    return MEDIA.sub("", re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.DOTALL))


# Style sheets ---------------------------------------------------------------------------------------------------------


def test_the_joined_style_sheet_keeps_its_budget():
    assert 1024 < len(gzip.compress(bundle.joined().encode(), 9)) <= BUDGET


def test_every_style_sheet_is_joined_exactly_once():
    assert sorted(bundle.sources()) == [sheet for sheet in SHEETS if sheet.name != "app.css"]


def test_joining_keeps_every_rule_and_drops_every_comment():
    joined = bundle.joined()
    assert "@import" not in joined
    assert "/*" not in joined
    assert joined.startswith("@layer tokens,base,layout,components,utilities;")
    assert joined.count("{") == sum(re.sub(r"/\*.*?\*/", "", s.read_text(), flags=re.DOTALL).count("{") for s in SHEETS)
    assert joined.count("{") == joined.count("}")


def test_the_joined_style_sheet_is_written_where_pages_look_for_it(tmp_path):
    assert bundle.write(tmp_path / "dist" / "app.css").read_text().strip() == bundle.joined()
    assert (ROOT / "static" / "dist" / "app.css") == bundle.DELIVERED


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda file: file.name)
def test_styles_name_no_left_and_no_right(sheet):
    assert PHYSICAL.findall(rules(sheet)) == []


def test_the_search_for_directions_sees_what_it_looks_for():
    for physical in ("margin-left: 1px", "left: 0", "text-align: right", "width: 3em", "max-width:3em", "float: left"):
        assert PHYSICAL.search(f"a {{ {physical} }}")
    for logical in ("margin-inline-start: 1px", "inset-inline-start: 0", "inline-size: 3em", "stroke-width: 1"):
        assert not PHYSICAL.search(f"a {{ {logical} }}")


@pytest.mark.parametrize("sheet", [s for s in SHEETS if s.name != "tokens.css"], ids=lambda file: file.name)
def test_colours_come_from_tokens_alone(sheet):
    assert re.findall(r"#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(", rules(sheet)) == []


@pytest.mark.parametrize("sheet", [s for s in SHEETS if s.name != "app.css"], ids=lambda file: file.name)
def test_each_style_sheet_stays_in_its_layer(sheet):
    layer = "components" if sheet.parent.name == "components" else sheet.stem
    assert re.findall(r"@layer ([\w, ]+?)\s*{", sheet.read_text()) == [layer]


def test_every_token_that_is_used_is_defined():
    text = "".join(rules(sheet) for sheet in SHEETS)
    assert set(re.findall(r"var\((--[\w-]+)", text)) - set(re.findall(r"(--[\w-]+)\s*:", text)) == set()


# Contrast -------------------------------------------------------------------------------------------------------------


def palette(dark):
    """The colours of a mode, by token."""
    text = (CSS / "tokens.css").read_text()
    light_part, dark_part = text.split("@media screen and (prefers-color-scheme: dark)")
    colours = dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-f]{3,6});", light_part))
    if dark:
        colours |= dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-f]{3,6});", dark_part.split("forced-colors")[0]))
    return colours


def luminance(colour):
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


TEXT_PAIRS = [
    ("color-ink", "color-page"), ("color-ink-soft", "color-page"), ("color-ink-soft", "color-surface"),
    ("color-ink-soft", "color-turn-soft"), ("color-link", "color-page"), ("color-link", "color-turn-soft"),
    ("color-visited", "color-page"), ("color-on-action", "color-action"), ("color-on-band", "color-band"),
    ("color-on-band-soft", "color-band"), ("color-on-turn", "color-turn"), ("tone-moving", "color-page"),
    ("tone-waiting", "color-page"), ("tone-waiting", "color-turn-soft"), ("tone-late", "color-page"),
    ("tone-late", "tint-late"), ("tone-done", "color-page"), ("tone-done", "tint-done"),
    ("tone-still", "color-surface"),
    ("color-ink", "need-0"), ("color-ink", "need-1"), ("color-ink", "need-2"), ("color-ink", "need-3"),
    ("on-need-4", "need-4"),
]  # fmt: skip
SHAPE_PAIRS = [
    ("color-control", "color-page"),
    ("color-control", "color-surface"),
    ("chart-1", "chart-track"),
    ("chart-2", "color-page"),
    ("color-turn", "color-band"),
]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_and_shapes_keep_their_contrast(dark):
    colours = palette(dark)
    weak = [pair for pair in TEXT_PAIRS if contrast(colours[f"--{pair[0]}"], colours[f"--{pair[1]}"]) < 4.5]
    weak += [pair for pair in SHAPE_PAIRS if contrast(colours[f"--{pair[0]}"], colours[f"--{pair[1]}"]) < 3]
    assert weak == []


def test_contrast_is_reckoned_as_the_guideline_does():
    assert contrast("#fff", "#000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


# Glyphs and templates -------------------------------------------------------------------------------------------------


def glyphs():
    return set(re.findall(r'<symbol id="i-([\w-]+)"', (ROOT / "static" / "icons.svg").read_text()))


def test_every_glyph_that_is_used_is_drawn():
    used = {look.glyph for look in STATUS_LOOK.values()}
    for file in TEMPLATES:
        used |= set(re.findall(r'{% (?:icon|mark) "([\w-]+)"', file.read_text()))
    assert used - glyphs() == set()


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT / "templates")))
def test_templates_hold_no_inline_style_and_no_running_script(file):
    text = re.sub(r"{#.*?#}", "", file.read_text(encoding="utf-8"))
    assert re.findall(r"\sstyle=|<style|\son[a-z]+=|javascript:", text) == []
    running = [tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag and "application/json" not in tag]
    assert running == []


@pytest.mark.parametrize("file", sorted((ROOT / "templates" / "components").glob("*.html")), ids=lambda file: file.name)
def test_every_component_says_what_it_wants(file):
    assert file.read_text(encoding="utf-8").startswith("{# ")
