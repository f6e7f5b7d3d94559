"""A small tree of HTML elements: built from well-formed HTML, changed, written again."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser

from cms.importers.characters import clean_characters

VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
#: Inside of itself, none of these says anything more.
FORMATTING = frozenset(["b", "big", "del", "em", "font", "i", "ins", "mark", "s", "small", "span", "strong", "u"])
#: Deeper elements are left out, their content stays: nobody reads 60 levels, and everything here recurses.
DEPTH_MAX = 60
_IFRAME = re.compile(r"(<iframe\b[^<>]*>).*?</iframe>", re.DOTALL)


class Element:
    """An element with attributes and children; a child is an Element or a text."""

    __slots__ = ("attributes", "children", "tag")

    def __init__(self, tag: str, children: Sequence[Node] = (), attributes: dict[str, str] | None = None) -> None:
        self.tag = tag
        self.children: list[Node] = list(children)
        self.attributes = attributes or {}

    def __repr__(self) -> str:
        return write([self])

    def get(self, name: str) -> str:
        """An attribute's value, stripped; empty when there is none."""
        return self.attributes.get(name, "").strip()

    def like(self, children: Sequence[Node]) -> Element:
        """The same element around other children."""
        return Element(self.tag, children, self.attributes)

    def descendants(self) -> Iterator[Node]:
        """Everything inside, in the order of the document."""
        for child in self.children:
            yield child
            if isinstance(child, Element):
                yield from child.descendants()

    def words(self) -> str:
        """The text inside, as it is written."""
        return "".join(node for node in self.descendants() if isinstance(node, str))


Node = Element | str


class _Builder(HTMLParser):
    """Builds the tree as the tags say; it repairs nothing but missing and superfluous end tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("root")
        self.open: list[tuple[str, Element]] = [("", self.root)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parent = self.open[-1][1]
        element = Element(tag, (), {name: clean_characters(value or "") for name, value in attrs})
        if len(self.open) > DEPTH_MAX or (tag in FORMATTING and any(tag == name for name, _ in self.open)):
            element = parent
        else:
            parent.children.append(element)
        if tag not in VOID:
            self.open.append((tag, element))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        # The parser before this one writes every end tag, so the tag is nearly always the last one.
        for position in range(len(self.open) - 1, max(0, len(self.open) - DEPTH_MAX), -1):
            if self.open[position][0] == tag:
                del self.open[position:]
                return

    def handle_data(self, data: str) -> None:
        text = clean_characters(data)
        children = self.open[-1][1].children
        if children and isinstance(children[-1], str):
            children[-1] += text
        elif text:
            children.append(text)


def read(source: str) -> list[Node]:
    """The nodes of some HTML that a parser has written (each element closed, special characters escaped)."""
    builder = _Builder()
    builder.feed(_IFRAME.sub(r"\1</iframe>", source))
    builder.close()
    return builder.root.children


def write(nodes: Sequence[Node]) -> str:
    """The HTML of some nodes."""
    parts: list[str] = []
    _write(nodes, parts)
    return "".join(parts)


def _write(nodes: Sequence[Node], parts: list[str]) -> None:
    for node in nodes:
        if isinstance(node, str):
            parts.append(html.escape(node, quote=False))
            continue
        attributes = "".join(f' {name}="{html.escape(value)}"' for name, value in node.attributes.items())
        parts.append(f"<{node.tag}{attributes}>")
        if node.tag not in VOID:
            _write(node.children, parts)
            parts.append(f"</{node.tag}>")
