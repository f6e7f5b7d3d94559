"""What stands in a text instead of its shortcodes: figures, videos, links, code."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from cms.importers import Notes
from cms.importers.wordpress import videos
from cms.importers.wordpress.shortcodes import Shortcode, parse
from community.core.text import is_web_address, youtube_id

_ADDRESS = re.compile(r"https?://[^\s\"'<>\]]+")
LEFT_OUT = "shortcodes without text of their own were left out"
_MEDIA_ATTRIBUTES = (
    "src",
    "mp3",
    "ogg",
    "wav",
    "m4a",
    "flac",
    "mp4",
    "m4v",
    "webm",
    "ogv",
    "mov",
    "wmv",
    "flv",
    "url",
)
_VIDEO_ATTRIBUTES = {"id", "v", "video", "videoid", "video_id"}


def expand(source: str, notes: Notes) -> str:
    """The text with its shortcodes replaced; `notes` counts what was left out or changed.

    Inside <pre> and <code>, and inside tags, brackets are only brackets.
    """
    return _render(parse(source), notes)


def _render(pieces: list[Shortcode | str], notes: Notes) -> str:
    return "".join(piece if isinstance(piece, str) else _replacement(piece, notes) for piece in pieces)


def _replacement(code: Shortcode, notes: Notes) -> str:
    if not code.name:
        return code.source
    handler = HANDLERS.get(code.name)
    if handler is not None:
        return handler(code, notes)
    if code.inner is not None:
        notes["unknown shortcodes went, their text stayed", f"[{code.name}]"] += 1
        return _render(code.inner, notes)
    addresses = code.addresses()
    if addresses:
        notes["unknown shortcodes became links", f"[{code.name}]"] += 1
        return link(addresses[0])
    if code.values or code.source.endswith("/]"):
        notes[LEFT_OUT, f"[{code.name}]"] += 1
        return ""
    # Somebody's brackets, as in [sic]. WordPress would show an unknown name, too.
    return code.source


def link(address: str, text: str = "") -> str:
    """HTML of a link to `address`, called `text` or like the address."""
    return f'<a href="{html.escape(address)}">{html.escape(text or address)}</a>'


def _caption(code: Shortcode, notes: Notes) -> str:
    inner = _render(code.inner or [], notes)
    picture = re.match(r"\s*(?:<a\b[^<>]*>\s*)?<img\b[^<>]*>(?:\s*</a>)?", inner, re.IGNORECASE)
    caption = code.values.get("caption", "")
    if picture is not None:
        caption = inner[picture.end() :].strip() or caption
        inner = picture.group()
    return f"\n\n<figure>{inner}<figcaption>{caption}</figcaption></figure>\n\n" if caption else f"\n\n{inner}\n\n"


def _embed(code: Shortcode, notes: Notes) -> str:
    address = html.unescape(_render(code.inner or [], notes)).strip() or next(iter(code.addresses()), "")
    return f"\n\n{html.escape(address, quote=False)}\n\n"


def _youtube(code: Shortcode, notes: Notes) -> str:
    inner = html.unescape(_render(code.inner or [], notes)).strip()
    named = [value for name, value in code.values.items() if name in _VIDEO_ATTRIBUTES or is_web_address(value)]
    for candidate in (*named, *code.words, inner):
        if youtube_id(candidate):
            return f"\n\n{videos.placeholder(candidate)}\n\n"
    notes[LEFT_OUT, f"[{code.name}]"] += 1
    return ""


def _media(code: Shortcode, notes: Notes) -> str:
    inner = _render(code.inner or [], notes)
    named = [code.values[name] for name in _MEDIA_ATTRIBUTES if name in code.values]
    addresses = [value for value in (*named, *code.words, *_ADDRESS.findall(inner)) if is_web_address(value)]
    if not addresses:
        notes[LEFT_OUT, f"[{code.name}]"] += 1
        return ""
    if youtube_id(addresses[0]):
        return f"\n\n{videos.placeholder(addresses[0])}\n\n"
    notes["sound and film became links to where they lie", f"[{code.name}]"] += 1
    return f"\n\n{link(addresses[0], file_name(addresses[0]))}\n\n"


def file_name(address: str) -> str:
    """The last part of an address, for people."""
    return html.unescape(address).split("?")[0].split("#")[0].rstrip("/").rsplit("/", 1)[-1] or address


def _code(code: Shortcode, _notes: Notes) -> str:
    """The sourcecode block of WordPress.com; what it encloses is text, whatever it looks like."""
    if code.inner is None:
        return code.source
    inner = "".join(_source(piece) for piece in code.inner)
    language = code.values.get("language") or code.values.get("lang") or (code.words[0] if code.words else "")
    inner = html.escape(html.unescape(inner.strip("\n")), quote=False)
    return f'\n\n<pre><code class="language-{html.escape(language)}">{inner}</code></pre>\n\n'


def _source(piece: Shortcode | str) -> str:
    if isinstance(piece, str):
        return piece
    inner = "" if piece.inner is None else "".join(_source(part) for part in piece.inner) + f"[/{piece.name}]"
    return piece.source + inner


def _left_out(code: Shortcode, notes: Notes) -> str:
    notes[LEFT_OUT, f"[{code.name}]"] += 1
    return "\n\n"


HANDLERS: dict[str, Callable[[Shortcode, Notes], str]] = {
    "caption": _caption,
    "wp_caption": _caption,
    "embed": _embed,
    "youtube": _youtube,
    "audio": _media,
    "video": _media,
    "code": _code,
    "sourcecode": _code,
    "gallery": _left_out,
    "playlist": _left_out,
}
