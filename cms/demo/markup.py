"""The little Markdown of the demonstration's texts, as parts of a body. What it does not know is an error.

A blank line ends a part. There are paragraphs, `##` and `###` headings, lists, quotes with an optional line
`> — who`, fenced code, `![words for those who cannot see](motif palette "caption")` and
`@video ADDRESS "title"`. Inside a line: `**strong**`, `*emphasis*`, code in backquotes, `[text](address)`.
"""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Iterator


@dataclasses.dataclass(frozen=True)
class Text:
    """Some rich text, as HTML."""

    html: str


@dataclasses.dataclass(frozen=True)
class Quote:
    """Somebody's words."""

    text: str
    attribution: str


@dataclasses.dataclass(frozen=True)
class Code:
    """A piece of a program."""

    language: str
    code: str


@dataclasses.dataclass(frozen=True)
class Drawing:
    """A picture to be drawn."""

    motif: str
    palette: str
    alt: str
    caption: str


@dataclasses.dataclass(frozen=True)
class Video:
    """A video of YouTube."""

    address: str
    title: str


Part = Text | Quote | Code | Drawing | Video

_FENCE = re.compile(r"^```(\w+)\n(.*?)\n```$", re.DOTALL | re.MULTILINE)
_DRAWING = re.compile(r'^!\[(?P<alt>[^\]]+)\]\((?P<motif>\w+) (?P<palette>\w+)(?: "(?P<caption>[^"]+)")?\)$')
_VIDEO = re.compile(r'^@video (?P<address>\S+) "(?P<title>[^"]+)"$')
_ITEM = re.compile(r"^(?:-|\d+\.) ")


def parts(source: str) -> list[Part]:
    """The parts of a text; neighbouring rich text is one part. Raises ValueError for other markup."""
    found: list[Part] = []
    for part in _single_parts(source):
        if isinstance(part, Text) and found and isinstance(found[-1], Text):
            found[-1] = Text(found[-1].html + part.html)
        else:
            found.append(part)
    return found


def rich_text(source: str) -> str:
    """The HTML of a text that has nothing but rich text in it."""
    found = parts(source)
    if any(not isinstance(part, Text) for part in found):
        raise ValueError("Only rich text is possible here.")
    return "".join(part.html for part in found if isinstance(part, Text))


def _single_parts(source: str) -> Iterator[Part]:
    position = 0
    for fence in _FENCE.finditer(source):
        yield from _paragraphs(source[position : fence.start()])
        yield Code(language=fence[1], code=fence[2])
        position = fence.end()
    yield from _paragraphs(source[position:])


def _paragraphs(source: str) -> Iterator[Part]:
    for chunk in re.split(r"\n\s*\n", source.strip()):
        if chunk:
            yield _part(chunk)


def _part(chunk: str) -> Part:
    if drawing := _DRAWING.match(chunk):
        return Drawing(drawing["motif"], drawing["palette"], drawing["alt"], drawing["caption"] or "")
    if video := _VIDEO.match(chunk):
        return Video(video["address"], video["title"])
    if chunk.startswith("> "):
        return _quote(chunk)
    if chunk.startswith(("!", "@", "#### ", "# ", "```", "|", "<")):
        raise ValueError(f"Unknown markup: {chunk[:60]!r}")
    for mark, tag in (("## ", "h2"), ("### ", "h3")):
        if chunk.startswith(mark):
            return Text(f"<{tag}>{_inline(chunk.removeprefix(mark))}</{tag}>")
    if _ITEM.match(chunk):
        tag = "ul" if chunk.startswith("- ") else "ol"
        items = "".join(f"<li>{_inline(_ITEM.sub('', line))}</li>" for line in chunk.splitlines())
        return Text(f"<{tag}>{items}</{tag}>")
    return Text(f"<p>{_inline(' '.join(chunk.splitlines()))}</p>")


def _quote(chunk: str) -> Quote:
    lines = [line.removeprefix(">").strip() for line in chunk.splitlines()]
    attribution = lines.pop().removeprefix("— ") if lines[-1].startswith("— ") else ""
    return Quote(text=" ".join(lines), attribution=attribution)


def _inline(line: str) -> str:
    """Marks inside a line. What stands between backquotes is set aside meanwhile."""
    codes: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        codes.append(match[1])
        return f"\x00{len(codes) - 1}\x00"

    line = re.sub(r"`([^`]+)`", set_aside, html.escape(line, quote=False))
    line = re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", r'<a href="\2">\1</a>', line)
    line = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", line)
    line = re.sub(r"\*([^*]+)\*", r"<i>\1</i>", line)
    return re.sub(r"\x00(\d+)\x00", lambda match: f"<code>{codes[int(match[1])]}</code>", line)
