"""Every piece the site is made of on one page, in both themes: what exists is found here and not made twice."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.core.views.samples import NAMES, SampleForm, comments, person, post, reactions

STATIC = settings.ROOT / "sparkle_site" / "static"
DRAWINGS = settings.ROOT / "templates" / "components" / "drawings"
THEMES = ("dark", "light")
SPACES = (4, 8, 12, 16, 24, 32, 48, 64, 96)
SIZES = (48, 36, 28, 22, 18, 16, 15, 14, 13)
AVATARS = ("", "36", "44", "56", "112")
#: Colours that words are written in; the others are grounds, lines and fills.
WORDS = ("text", "muted", "link", "danger", "ok", "warn")


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb" (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    shares = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def colours(theme: str) -> list[dict[str, Any]]:
    """The tokens that are colours: name, value in `theme`, and for words their contrast on the page's ground."""
    tokens = (STATIC / "css" / "tokens.css").read_text()
    pairs = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", tokens)
    values = {name: light if theme == "light" else dark for name, light, dark in pairs}
    return [
        {
            "name": name,
            "colour": value,
            "contrast": round(contrast(value, values["bg"]), 1) if name in WORDS else None,
        }
        for name, value in values.items()
    ]


def icons() -> list[str]:
    """The names of all icons."""
    return re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons" / "sprite.svg").read_text())


def _tabs() -> list[dict[str, Any]]:
    return [
        {"label": _("Posts"), "url": "#tabs", "current": True, "total": 1240},
        {"label": _("Series"), "url": "#tabs", "total": 12},
        {"label": _("About"), "url": "#tabs"},
    ]


def _table() -> dict[str, Any]:
    heads = [_("Device"), _("Place"), _("Last seen")]
    rows = [["Firefox, Linux", "Vienna", "14 March 2026"], ["Safari, iPhone", "Graz", "2 March 2026"]]
    labelled = [[{"head": head, "text": text} for head, text in zip(heads, row, strict=True)] for row in rows]
    return {"heads": heads, "rows": labelled}


def _of(theme: str) -> dict[str, Any]:
    filled = {"visible": "all", "topics": ["calm"], "rules": "on", "mails": "on"}
    form = SampleForm({f"{theme}-{name}": value for name, value in filled.items()}, prefix=theme, auto_id="%s")
    said = comments(10 * (THEMES.index(theme) + 1))
    return {"name": theme, "colours": colours(theme), "form": form, "comments": said}


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """The styleguide."""
    mira, jonas = person("Mira Kay", 0, picture=True, progress=64), person("Jonas Wild", 2, progress=30)
    context = {
        "themes": [_of(theme) for theme in THEMES],
        "spaces": SPACES,
        "sizes": SIZES,
        "avatar_sizes": AVATARS,
        "icons": icons(),
        "drawings": [f"components/drawings/{path.name}" for path in sorted(DRAWINGS.glob("*.html"))],
        "mira": mira,
        "jonas": jonas,
        "hues": [person(name, index) for index, name in enumerate(NAMES)],
        "lead": post("The night the projector came back", mira, video=True),
        "pair": [post("How we lit a whole street with two lamps", jonas), post("What the curtain hides", mira)],
        "line": post("Ten films to see before the summer ends", jonas),
        "category": {"name": "Films", "url": "#chips", "colour": "#7c4df0"},
        "tags": [{"name": name, "url": "#chips"} for name in ("Lamps", "Night shots", "Behind the scenes")],
        "tabs": _tabs(),
        "choices": [{"label": _("Newest"), "url": "#tabs", "current": True}, {"label": _("Loved"), "url": "#tabs"}],
        "pages": SimpleNamespace(
            total_pages=9, has_previous=True, has_next=True, number=4, previous_number=3, next_number=5, query=""
        ),
        "table": _table(),
        "reactions": reactions(),
        "menu": [
            {"label": _("Copy the link"), "url": "#menus", "icon": "link"},
            {"label": _("Pin it"), "url": "#menus", "icon": "pin"},
            {"label": _("Settings"), "url": "#menus", "icon": "settings"},
        ],
    }
    return render(request, "styleguide.html", context)
