"""Which elements imported HTML is made of, and small questions about them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cms.importers.markup import Element, Node
from cms.importers.wordpress import videos
from community.core.text import has_visible, youtube_id

WRAPPERS = frozenset(
    [
        "address",
        "article",
        "aside",
        "body",
        "center",
        "details",
        "dialog",
        "div",
        "fieldset",
        "figcaption",
        "footer",
        "form",
        "header",
        "hgroup",
        "legend",
        "main",
        "nav",
        "noscript",
        "section",
        "summary",
    ]
)
HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
LISTS = {"ul": "ul", "ol": "ol", "menu": "ul", "dir": "ul"}
ROWS = frozenset(["thead", "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup", "li", "dt", "dd"])
BLOCKS = HEADINGS | ROWS | frozenset(LISTS) | frozenset(["p", "blockquote", "dl", "figure", "hr", "pre", "table"])
RENAMED = {"acronym": "abbr", "tt": "code", "strike": "s"}
INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "i",
        "ins",
        "kbd",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "strong",
        "sub",
        "sup",
        "u",
        "var",
        "br",
    ]
) | {videos.TAG}
_ADDRESS = re.compile(r"^https?://[^\s<>\"]+$")


def is_block(node: Node) -> bool:
    """Does the node stand for itself, beside paragraphs?"""
    return isinstance(node, Element) and (node.tag in BLOCKS or node.tag in WRAPPERS)


def has_block(node: Element) -> bool:
    return any(is_block(inner) for inner in node.descendants())


def is_cell(node: Node) -> bool:
    """Is it a cell of a table?"""
    return isinstance(node, Element) and node.tag in {"td", "th"}


def is_filled(node: Element) -> bool:
    """Is there anything to see in it?"""
    return any(
        has_visible(inner) if isinstance(inner, str) else inner.tag in {"hr", "td", "th", videos.TAG}
        for inner in node.descendants()
    )


def filled(node: Element) -> list[Element]:
    return [node] if is_filled(node) else []


def unwrapped(nodes: Sequence[Node]) -> list[Node]:
    result: list[Node] = []
    for node in nodes:
        result.extend(unwrapped(node.children) if isinstance(node, Element) and node.tag in WRAPPERS else [node])
    return result


def pushed_down(node: Element) -> list[Node]:
    """An inline element around blocks (a link around a card): each text inside gets it for itself."""
    if node.tag not in INLINE:
        return node.children
    result: list[Node] = []
    for child in node.children:
        if isinstance(child, str):
            result.append(node.like([child]) if child.strip() else child)
        elif child.tag in {"hr", "br", "pre", videos.TAG} or (child.tag == "a" and node.tag == "a"):
            result.append(child)
        else:
            result.append(child.like(pushed_down(node.like(child.children))))
    return result


def preformatted(nodes: Sequence[Node]) -> list[Node]:
    """What <pre> may hold: text as it is, inline elements, line ends for everything that made lines."""
    result: list[Node] = []
    for node in nodes:
        if isinstance(node, str):
            result.append(node)
        elif node.tag == "br":
            result.append("\n")
        elif node.tag == videos.TAG:
            result.append(videos.watch_address(node))
        else:
            tag = RENAMED.get(node.tag, node.tag)
            children = preformatted(node.children)
            result.extend([Element(tag, children, node.attributes)] if tag in INLINE else children)
            if is_block(node):
                result.append("\n")
    return result


def trimmed(nodes: Sequence[Node]) -> list[Node]:
    """Without line ends and spaces at both ends."""
    result = list(nodes)
    while result and (
        (isinstance(result[0], str) and not result[0].strip())
        or (isinstance(result[0], Element) and result[0].tag == "br")
    ):
        del result[0]
    while result and (
        (isinstance(result[-1], str) and not result[-1].strip())
        or (isinstance(result[-1], Element) and result[-1].tag == "br")
    ):
        del result[-1]
    return stripped(result)


def stripped(line: Sequence[Node]) -> list[Node]:
    result = list(line)
    if result and isinstance(result[0], str):
        result[0] = result[0].lstrip()
    if result and isinstance(result[-1], str):
        result[-1] = result[-1].rstrip()
    return [node for node in result if node != ""]


def lone_video(line: Sequence[Node]) -> Element | None:
    """The video that is all there is on a line: a placeholder, or the bare address of one."""
    while len(line) == 1 and isinstance(line[0], Element) and line[0].tag != videos.TAG and line[0].tag != "a":
        line = stripped(line[0].children)
    if len(line) != 1:
        return None
    if isinstance(line[0], Element):
        return line[0] if line[0].tag == videos.TAG else None
    return videos.element(line[0]) if _ADDRESS.match(line[0].strip()) and youtube_id(line[0]) else None


def linked(line: Sequence[Node]) -> Sequence[Node]:
    """A bare address alone on its line is a link: WordPress would show what lies there."""
    if len(line) == 1 and isinstance(line[0], str) and _ADDRESS.match(line[0].strip()):
        return [Element("a", [line[0].strip()], {"href": line[0].strip()})]
    return line
