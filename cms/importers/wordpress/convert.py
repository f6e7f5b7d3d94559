"""From a WordPress text to the pieces a body is made of: rich text, other HTML, videos, code."""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Sequence
from itertools import groupby

import nh3

from cms.choices import CODE_LANGUAGES
from cms.importers import Notes
from cms.importers.characters import clean_characters
from cms.importers.markup import Element, Node, read, write
from cms.importers.wordpress import editor, videos
from cms.importers.wordpress.elements import BLOCKS, INLINE, RENAMED, WRAPPERS
from cms.importers.wordpress.media import MediaRewriter
from cms.importers.wordpress.paragraphs import Arranger
from cms.importers.wordpress.shortcode_html import expand
from community.core.text import clean_html, nesting

#: Raised when the same text is converted to something else: an import then renews what an earlier one made.
CONVERSION = 1
CODE_MAX = 50_000
_NESTING_MAX = 2_000
_TURNS_MAX = 9
_READ_TAGS = (
    BLOCKS | WRAPPERS | INLINE | frozenset(RENAMED)
    | {"img", "iframe", "video", "audio", "object", "embed", "param", "source", "span", "font", "big"}
) - {"body"}  # fmt: skip
_READ_ATTRIBUTES = {
    "a": {"href", "title", "class"},
    "img": {"src", "alt", "title", "width", "height", "class", "data-src", "data-lazy-src", "data-orig-file"},
    "iframe": {"src", "data-src", "title"},
    "video": {"src", "title"},
    "audio": {"src", "title"},
    "object": {"data", "title"},
    "embed": {"src", "title"},
    "param": {"name", "value"},
    "source": {"src"},
    "abbr": {"title"},
    "acronym": {"title"},
    "ol": {"start", "reversed"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "code": {"class"},
    "pre": {"class", "lang"},
    videos.TAG: {"data-id", "data-start"},
}
_EDITABLE_BLOCKS = {"p", "h2", "h3", "h4", "ul", "ol", "blockquote", "hr"}
_EDITABLE_INLINE = {"a", "b", "br", "code", "del", "em", "i", "li", "ol", "s", "strong", "sub", "sup", "ul"}
_LANGUAGE = re.compile(r"(?:lang(?:uage)?-|brush:\s*)([a-z0-9+#-]+)|^([a-z0-9+#]+)$", re.IGNORECASE)
_LANGUAGE_NAMES = {
    "js": "javascript", "ts": "typescript", "py": "python", "rb": "ruby", "sh": "bash", "shell": "bash",
    "c++": "cpp", "c#": "csharp", "yml": "yaml", "xhtml": "html", "jscript": "javascript", "plain": "text",
} | {name: name for name, _label in CODE_LANGUAGES}  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class RichText:
    """HTML that the editor's toolbar can show without loss."""

    html: str


@dataclasses.dataclass(frozen=True, slots=True)
class OtherHtml:
    """HTML with more than that: tables, definition lists, preformatted text."""

    html: str


@dataclasses.dataclass(frozen=True, slots=True)
class Video:
    """A video of YouTube."""

    video: str
    title: str
    start: int


@dataclasses.dataclass(frozen=True, slots=True)
class Code:
    """A piece of a program."""

    language: str
    code: str


Piece = RichText | OtherHtml | Video | Code


def convert(content: str, *, site: str, notes: Notes) -> list[Piece]:
    """The pieces of a post's or page's text, in order; nothing to read gives none.

    `site` is the old site's address, from which relative links are seen. `notes` counts what was changed or
    left out. The HTML has passed the site's cleaning policy.
    """
    nodes: list[Element] = []
    for part in editor.parts(clean_characters(content), notes):
        source = expand(part.html, notes)
        if nesting(source) > _NESTING_MAX:
            notes["texts nested thousands deep lost their markup", ""] += 1
            source = nh3.clean(re.sub(r"<(?!br\b)[^<>]*>", "\n\n", source), tags={"br"})
        tree = read(nh3.clean(source, tags=set(_READ_TAGS), attributes=_READ_ATTRIBUTES, link_rel=None))
        tree = MediaRewriter(site, notes).rewrite(tree)
        nodes.extend(Arranger(breaks=part.breaks).flow(tree, top=True))
    return _pieces(nodes)


def _pieces(nodes: Sequence[Element]) -> list[Piece]:
    pieces: list[Piece] = []
    for is_text, group in groupby(nodes, key=lambda node: _kind(node) in {"rich", "html"}):
        if is_text:
            pieces.extend(_texts(list(group)))
        else:
            pieces.extend(_video(node) if node.tag == videos.TAG else _code(node) for node in group)
    return pieces


def _texts(nodes: Sequence[Element]) -> list[Piece]:
    """Rich text and other HTML in turns; where they would take turns all the time, one piece of HTML."""
    runs = [(kind, list(group)) for kind, group in groupby(nodes, key=_kind)]
    if len(runs) > _TURNS_MAX:
        runs = [("html", list(nodes))]
    cleaned = [(kind, clean_html(write(run)).strip()) for kind, run in runs]
    return [RichText(source) if kind == "rich" else OtherHtml(source) for kind, source in cleaned if source]


def _kind(node: Element) -> str:
    if node.tag == videos.TAG:
        return "video"
    if node.tag == "pre" and _code_inside(node) is not None:
        return "code"
    return "rich" if _is_editable(node) else "html"


def _is_editable(node: Element) -> bool:
    inside = [inner for inner in node.descendants() if isinstance(inner, Element)]
    if node.tag not in _EDITABLE_BLOCKS or any(inner.tag not in _EDITABLE_INLINE for inner in inside):
        return False
    # The editor's lists have no numbers of their own, and its quotes hold one paragraph.
    lists = [node, *(inner for inner in inside if inner.tag == "ol")]
    return not any(found.attributes for found in lists) and (
        node.tag != "blockquote" or not any(inner.tag in {"ul", "ol"} for inner in inside)
    )


def _video(node: Element) -> Video:
    return Video(node.get("data-id"), node.get("data-title")[:255], int(node.get("data-start") or 0))


def _code_inside(node: Element) -> Element | None:
    """The <code> that is all a <pre> holds, if it holds text only and fits into a block."""
    children: list[Node] = [child for child in node.children if not isinstance(child, str) or child.strip()]
    if len(children) != 1 or not isinstance(children[0], Element) or children[0].tag != "code":
        return None
    code = children[0]
    is_text = all(isinstance(inner, str) for inner in code.descendants())
    return code if is_text and len(code.words()) <= CODE_MAX else None


def _code(node: Element) -> Code:
    code = _code_inside(node)
    assert code is not None  # noqa: S101 - _kind has made sure
    return Code(_language(code.get("class")), code.words().strip("\n"))


def _language(css_class: str) -> str:
    match = _LANGUAGE.search(html.unescape(css_class))
    name = ((match[1] or match[2]) if match else "").lower()
    return _LANGUAGE_NAMES.get(name, "text")
