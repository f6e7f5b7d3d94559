"""The block editor's comments, such as <!-- wp:paragraph -->: which parts of a text are blocks.

The grammar is https://developer.wordpress.org/block-editor/explanations/architecture/key-concepts/: a comment
opens a block, a second one closes it, `/-->` makes one without content. What lies outside of blocks was
written in the old editor, where blank lines divide paragraphs.
"""

from __future__ import annotations

import dataclasses
import json
import re

from cms.importers import Notes
from cms.importers.wordpress.shortcode_html import link
from community.core.text import is_web_address

_BLOCK = re.compile(r"^\s+(/?)wp:([a-z0-9_-]+(?:/[a-z0-9_-]+)?)\s*(\{.*\})?\s*(/?)$", re.DOTALL)
_BREAK = re.compile(r"^(?:more\b.*|nextpage|noteaser)$", re.DOTALL)
#: Blocks whose content WordPress treats as if it were written in the old editor.
_FREEFORM = {"shortcode", "freeform", "core/freeform", "core/shortcode"}
#: Blocks that make nothing to read.
_SILENT = {"more", "nextpage", "spacer", "separator"}


@dataclasses.dataclass(slots=True)
class Part:
    """A piece of a text; with `breaks`, its line ends divide lines and paragraphs."""

    html: str
    breaks: bool


def parts(source: str, notes: Notes) -> list[Part]:
    """The pieces of a text, its comments taken out; `notes` counts blocks that were left out.

    Blocks without content are made by WordPress when it shows them (lists of posts, menus); one that carries
    an address becomes a link.
    """
    result: list[Part] = []
    open_blocks: list[str] = []
    position = 0
    while (start := source.find("<!--", position)) >= 0 and (end := source.find("-->", start + 4)) >= 0:
        _add(result, source[position:start], open_blocks)
        comment, position = source[start + 4 : end], end + 3
        block = _BLOCK.match(comment)
        if block is None:
            # Other comments, and <!--more-->, <!--nextpage-->: the text goes on in a new paragraph.
            _add(result, "\n\n" if _BREAK.match(comment.strip()) else "", open_blocks)
            continue
        closes, name, attributes, empty = block.groups()
        if closes:
            if name in open_blocks:
                del open_blocks[len(open_blocks) - 1 - open_blocks[::-1].index(name) :]
        elif not empty:
            open_blocks.append(name)
        else:
            _add_empty(result, name, attributes or "", notes)
    _add(result, source[position:], open_blocks)
    return [part for part in result if part.html.strip()]


def _add(result: list[Part], html: str, open_blocks: list[str]) -> None:
    """Pieces of one kind that follow each other are one piece: a block's end tag belongs to its beginning."""
    breaks = not open_blocks or open_blocks[-1] in _FREEFORM
    if result and result[-1].breaks == breaks:
        result[-1].html += html
    elif html:
        result.append(Part(html, breaks))


def _add_empty(result: list[Part], name: str, attributes: str, notes: Notes) -> None:
    name = name.removeprefix("core/")
    address = _address(attributes)
    if address:
        # An address alone on its line is what an embed is in the old editor.
        html = f"\n\n{address}\n\n" if "embed" in name else f"<p>{link(address)}</p>"
        _add(result, html, [] if "embed" in name else [name])
    elif name not in _SILENT:
        notes["blocks that WordPress fills itself were left out", name] += 1


def _address(attributes: str) -> str:
    if '"url"' not in attributes:
        return ""
    try:
        address = json.loads(attributes).get("url")
    except (ValueError, RecursionError):
        return ""
    return address if isinstance(address, str) and is_web_address(address) else ""
