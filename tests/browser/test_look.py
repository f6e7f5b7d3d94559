"""What a browser receives: readable colours, existing files, little weight, nothing inline."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
STATIC = PROJECT / "sparkle_site" / "static"
#: Pages; mail has its style within, where no policy of the site holds.
TEMPLATES = sorted(set((PROJECT / "templates").rglob("*.html")) - set((PROJECT / "templates/emails").rglob("*")))
TOKENS = (STATIC / "css" / "tokens.css").read_text()
GROUNDS = ("bg", "surface", "raised", "sunken")


def luminance(colour: str) -> float:
    """Relative luminance (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    shares = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def token(name: str, theme: str) -> str:
    """The colour of a token in a theme."""
    pair = re.search(rf"--{name}: light-dark\((#[0-9a-f]{{6}}), (#[0-9a-f]{{6}})\);", TOKENS)
    assert pair, f"--{name} is not a pair of colours"
    return pair[1] if theme == "light" else pair[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("words", ["text", "muted", "link", "danger", "ok", "warn"])
def test_words_are_readable_on_every_ground(words, theme):
    for ground in GROUNDS:
        assert contrast(token(words, theme), token(ground, theme)) >= 4.5, f"{words} on {ground}, {theme}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_edges_of_inputs_and_the_focus_ring_can_be_seen(theme):
    for edge in ("line-strong", "ring"):
        for ground in GROUNDS:
            assert contrast(token(edge, theme), token(ground, theme)) >= 3, f"{edge} on {ground}, {theme}"


def test_white_is_readable_on_everything_it_is_written_on():
    fills = re.findall(r"--hue-\d: (#[0-9a-f]{6});", TOKENS)
    assert len(fills) == 8
    for name in ("accent", "accent-hover", "danger-fill"):
        fills += [token(name, "light"), token(name, "dark")]
    sparkle = re.search(r"--sparkle: (.*);", TOKENS)
    assert sparkle
    fills += re.findall(r"#[0-9a-f]{6}", sparkle[1])
    for fill in fills:
        assert contrast(fill, "#ffffff") >= 4.5, fill


def test_templates_hold_nothing_the_policy_forbids():
    for path in TEMPLATES:
        # A block of data is not run: the policy says nothing of it.
        source = path.read_text().replace('<script type="application/ld+json">', "")
        assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\son[a-z]+=|javascript:", source), path
        for style in re.findall(r'style="([^"]*)"', source):
            # Colours, what lies behind a picture while it loads, and how long a bar is.
            behind = re.escape(
                "{% if picture.placeholder %} url({{ picture.placeholder }}) 50%/cover no-repeat{% endif %}"
            )
            colour = rf"background(-color)?:\{{\{{ \w+\.colour \}}\}}({behind})?"
            assert re.fullmatch(rf"{colour}|--share: \{{\{{ option\.share \}}\}}%", style), path


def test_files_and_icons_named_in_templates_exist():
    icons = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons" / "sprite.svg").read_text()))
    for path in TEMPLATES:
        source = path.read_text()
        for name in re.findall(r"""\{% static ["']([^"']+)["'] %\}""", source):
            assert (STATIC / name).is_file(), f"{path}: {name}"
        for name in re.findall(r"""icons/icon\.html" with name=(?:[\w.]+\|default:)?"([\w-]+)\"""", source):
            assert name in icons, f"{path}: {name}"


def test_menus_and_links_of_people_use_icons_that_exist():
    from cms.choices import MENU_ICONS
    from cms.selectors.frame import ICONS

    icons = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons" / "sprite.svg").read_text()))
    links = {"globe", "youtube", "twitter", "instagram", "tiktok"}
    assert {*ICONS.values(), *dict(MENU_ICONS), *links} <= icons


def test_a_first_visit_is_light():
    def packed(*names: str) -> int:
        return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)

    always = ("css/tokens.css", "css/site.css", "js/theme.js", "js/site.js", "icons/sprite.svg")
    assert packed(*always, "css/reader.css") <= 21_000
    for extra in ("people", "forms"):
        assert packed(*always, f"css/{extra}.css") <= 17_800
    for extras in (("people", "reader"), ("people", "forms"), ("forms", "pieces")):
        assert packed(*always, *(f"css/{extra}.css" for extra in extras)) <= 23_600
    assert (STATIC / "js" / "theme.js").stat().st_size <= 750
    assert (STATIC / "fonts" / "inter-latin.woff2").stat().st_size <= 60_000
