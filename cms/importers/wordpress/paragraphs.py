"""Puts imported HTML in order: paragraphs where the old editor had blank lines, only what texts are made of.

WordPress makes paragraphs when it shows a text (its `wpautop`, described in
https://developer.wordpress.org/reference/functions/wpautop/): blank lines divide paragraphs, single line ends
divide lines, and neither means anything inside <pre> or around other block elements.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cms.importers.characters import one_line
from cms.importers.markup import Element, Node
from cms.importers.wordpress import videos
from cms.importers.wordpress.elements import (
    BLOCKS,
    HEADINGS,
    INLINE,
    LISTS,
    RENAMED,
    WRAPPERS,
    filled,
    has_block,
    is_cell,
    is_filled,
    linked,
    lone_video,
    preformatted,
    pushed_down,
    stripped,
    trimmed,
    unwrapped,
)

_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")


class Arranger:
    """Arranges the nodes of one piece of text; with `breaks`, line ends count."""

    def __init__(self, *, breaks: bool) -> None:
        self.breaks = breaks

    def flow(self, nodes: Sequence[Node], *, top: bool = False) -> list[Element]:
        """Block elements that hold the nodes. Videos stay videos at the `top`, elsewhere they are links."""
        result: list[Element] = []
        run: list[Node] = []

        def finish_run() -> None:
            result.extend(self._paragraphs(run, top=top))
            run.clear()

        for node in nodes:
            if isinstance(node, str):
                run.append(node)
            elif node.tag in WRAPPERS:
                finish_run()
                result.extend(self.flow(node.children, top=top))
            elif node.tag in BLOCKS:
                finish_run()
                result.extend(self._block(node, top=top))
            elif has_block(node):
                finish_run()
                result.extend(self.flow(pushed_down(node), top=top))
            elif self.breaks and node.tag == "code" and "\n" in node.words().strip():
                finish_run()
                result.extend(self._pre(Element("pre", [node])))
            else:
                run.append(node)
        finish_run()
        return result

    def _block(self, node: Element, *, top: bool) -> list[Element]:
        if node.tag in HEADINGS:
            # The page's title is its only heading of the first level.
            return filled(Element("h2" if node.tag == "h1" else node.tag, self._line(node.children)))
        if node.tag in LISTS:
            return self._list(node)
        if node.tag == "hr":
            return [Element("hr")]
        if node.tag == "pre":
            return self._pre(node)
        if node.tag == "blockquote":
            return filled(Element("blockquote", self._cell(node.children)))
        if node.tag == "dl":
            return self._definitions(node)
        if node.tag == "table":
            return self._table(node)
        if node.tag == "figure":
            return self._figure(node, top=top)
        # <p>, and rows and items that stand outside of their table or list.
        return self.flow(node.children, top=top)

    def _list(self, node: Element) -> list[Element]:
        items: list[Element] = []
        for child in node.children:
            if isinstance(child, Element) and child.tag == "li":
                items.append(Element("li", self._cell(child.children)))
            elif isinstance(child, Element) and child.tag in LISTS and items:
                # A list directly inside a list belongs to the item before it.
                items[-1].children.extend(self._list(child))
            else:
                items.extend(filled(Element("li", self._cell([child]))))
        attributes = {name: value for name, value in node.attributes.items() if name in {"start", "reversed"}}
        items = [item for item in items if is_filled(item)]
        return [Element(LISTS[node.tag], items, attributes if node.tag == "ol" else {})] if items else []

    def _definitions(self, node: Element) -> list[Element]:
        children: list[Element] = []
        for child in unwrapped(node.children):
            if isinstance(child, Element) and child.tag == "dt":
                children.extend(filled(Element("dt", self._line(child.children))))
            elif isinstance(child, Element) and child.tag == "dd":
                children.append(Element("dd", self._cell(child.children)))
            else:
                children.extend(filled(Element("dd", self._cell([child]))))
        return [Element("dl", children)] if children else []

    def _table(self, node: Element) -> list[Element]:
        result = Element("table")
        for child in node.children:
            if not isinstance(child, Element):
                continue
            if child.tag == "caption":
                result.children.extend(filled(Element("caption", self._line(child.children))))
            elif child.tag in {"thead", "tbody", "tfoot"}:
                rows = [self._row(row) for row in child.children if isinstance(row, Element) and row.tag == "tr"]
                result.children.extend([Element(child.tag, rows)] if rows else [])
            elif child.tag == "tr":
                result.children.append(Element("tbody", [self._row(child)]))
        return [result] if any(True for found in result.descendants() if is_cell(found)) else []

    def _row(self, row: Element) -> Element:
        cells = [cell for cell in row.children if isinstance(cell, Element) and is_cell(cell)]
        return row.like([cell.like(self._cell(cell.children)) for cell in cells])

    def _pre(self, node: Element) -> list[Element]:
        children = preformatted(node.children)
        # A parser takes away the first line end inside <pre>, each time.
        if children and isinstance(children[0], str):
            children[0] = children[0].lstrip("\n")
        return filled(Element("pre", children))

    def _figure(self, node: Element, *, top: bool) -> list[Element]:
        """A figure's content, then its caption; the caption names a picture or video that has no name."""
        captions = [child for child in node.children if isinstance(child, Element) and child.tag == "figcaption"]
        rest = self.flow([child for child in node.children if child not in captions], top=top)
        caption = [found for child in captions for found in self.flow(child.children)]
        words = one_line(" ".join(found.words() for found in caption))
        if not caption:
            return rest
        if len(rest) == 1 and rest[0].tag == videos.TAG:
            rest[0].attributes["data-title"] = words[:255]
            return rest
        picture = rest[0].children[0] if len(rest) == 1 and len(rest[0].children) == 1 else None
        if isinstance(picture, Element) and "data-picture" in picture.attributes and len(caption) == 1:
            if picture.get("data-picture") == "bare" and not any(
                isinstance(found, Element) and found.tag == "a" for found in caption[0].descendants()
            ):
                picture.children = list(caption[0].children)
            elif words != picture.words():
                rest[0].children += [Element("br"), *caption[0].children]
            return rest
        return rest + caption

    def _cell(self, nodes: Sequence[Node]) -> list[Node]:
        """What an item, cell or quote holds: paragraphs only where there is more than one."""
        blocks = self.flow(nodes)
        if blocks and blocks[0].tag == "p" and all(block.tag in {"ul", "ol"} for block in blocks[1:]):
            return [*blocks[0].children, *blocks[1:]]
        return list(blocks)

    def _line(self, nodes: Sequence[Node]) -> list[Node]:
        """What a heading holds: words only, whatever stood there."""
        result: list[Node] = []
        for block in self.flow(nodes):
            if result:
                result.append(" ")
            if block.tag == "p":
                result += [" " if isinstance(node, Element) and node.tag == "br" else node for node in block.children]
            else:
                result.append(" ".join(block.words().split()))
        return result

    def _paragraphs(self, nodes: Sequence[Node], *, top: bool) -> list[Element]:
        result: list[Element] = []
        for paragraph in self._split(nodes):
            content: list[Node] = []

            def finish(content: list[Node] = content) -> None:
                result.extend(filled(Element("p", trimmed(content))))
                content.clear()

            for line in self._lines(paragraph):
                video = lone_video(line)
                if video is not None and top:
                    finish()
                    result.append(video)
                    continue
                if content:
                    content.append(Element("br"))
                content.extend(self._inline(linked(line)))
            finish()
        return result

    def _split(self, nodes: Sequence[Node]) -> list[list[Node]]:
        """The runs between blank lines, also where one lies inside <b> or <a>, which then goes on in both."""
        result: list[list[Node]] = [[]]
        breaks_before = 0
        for node in nodes:
            if isinstance(node, str):
                first, *others = _BLANK_LINE.split(node) if self.breaks else [node]
                result[-1].append(first)
                result.extend([other] for other in others)
                breaks_before = breaks_before if not node.strip() else 0
            elif node.tag == "br":
                breaks_before += 1
                if breaks_before >= 2:
                    result.append([])
                else:
                    result[-1].append(node)
            elif node.tag == videos.TAG:
                result += [[node], []]
                breaks_before = 0
            else:
                first_part, *more = self._split(node.children)
                result[-1].append(node.like(first_part))
                result.extend([node.like(part)] for part in more)
                breaks_before = 0
        return result

    def _lines(self, nodes: Sequence[Node]) -> list[list[Node]]:
        """The lines of a paragraph, empty ones left out."""
        lines: list[list[Node]] = [[]]
        for node in nodes:
            if isinstance(node, Element) and node.tag == "br":
                lines.append([])
            elif isinstance(node, str) and self.breaks:
                first, *others = node.split("\n")
                lines[-1].append(first)
                lines.extend([other] for other in others)
            else:
                lines[-1].append(node)
        return [stripped(line) for line in lines if is_filled(Element("p", line))]

    def _inline(self, nodes: Sequence[Node]) -> list[Node]:
        """The nodes with only what a line may hold; line ends inside of <b> and the like divide lines too."""
        result: list[Node] = []
        for node in nodes:
            if isinstance(node, str):
                first, *others = node.split("\n") if self.breaks else [node]
                result.append(first)
                for other in others:
                    result += [Element("br"), other]
                continue
            tag = RENAMED.get(node.tag, node.tag)
            if tag == videos.TAG:
                address = videos.watch_address(node)
                result.append(Element("a", [node.get("data-title") or address], {"href": address}))
                continue
            children = self._inline(node.children)
            if tag == "a" and result and isinstance(result[-1], Element) and result[-1].tag == "a":
                # Two buttons side by side are two words.
                result.append(" ")
            if tag not in INLINE:
                result.extend(children)
            elif tag == "br" or is_filled(Element(tag, children)):
                result.append(Element(tag, children, node.attributes))
            else:
                result.extend(child for child in children if isinstance(child, str))
        return result
