"""The little Markdown of the demonstration's texts, as parts of a body. What it does not know is an error.

A blank line ends a part. There are paragraphs, `##` and `###` headings, lists, quotes with an optional line
`> — who`, fenced code, `---`, `![words for those who cannot see](motif palette "caption")` (several such lines are
a gallery), `!!! tip "title"` (a call-out) and `??? "what one clicks on"` (a spoiler) with their text below,
`| tables |` with an optional last line `Table: caption`, `@video ADDRESS "title"` with lines of chapters below, and
`@poll "question"` with its answers as a list. Inside a line: `**strong**`, `*emphasis*`, code in backquotes,
`[text](address)`.
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
class Gallery:
    """Several pictures to be drawn."""

    drawings: tuple[Drawing, ...]


@dataclasses.dataclass(frozen=True)
class Video:
    """A video of YouTube; `chapters` are lines such as `1:23 The curtain`."""

    address: str
    title: str
    chapters: str


@dataclasses.dataclass(frozen=True)
class Callout:
    """A remark that stands out."""

    kind: str
    title: str
    html: str


@dataclasses.dataclass(frozen=True)
class Spoiler:
    """Something hidden until somebody asks for it."""

    summary: str
    html: str


@dataclasses.dataclass(frozen=True)
class Table:
    """Rows of plain text, the first one the header."""

    rows: tuple[tuple[str, ...], ...]
    caption: str


@dataclasses.dataclass(frozen=True)
class Poll:
    """A question with its answers."""

    question: str
    options: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Divider:
    """A pause."""


Part = Text | Quote | Code | Drawing | Gallery | Video | Callout | Spoiler | Table | Poll | Divider

_FENCE = re.compile(r"^```(\w+)\n(.*?)\n```$", re.DOTALL | re.MULTILINE)
_DRAWING = re.compile(r'^!\[(?P<alt>[^\]]+)\]\((?P<motif>\w+) (?P<palette>\w+)(?: "(?P<caption>[^"]+)")?\)$')
_VIDEO = re.compile(r'^@video (?P<address>\S+) "(?P<title>[^"]+)"(?P<chapters>(?:\n\d[\d:]+ .+)*)$')
_CALLOUT = re.compile(r'^!!! (?P<kind>note|tip|warning) "(?P<title>[^"]+)"\n(?P<text>.+)$', re.DOTALL)
_SPOILER = re.compile(r'^\?\?\? "(?P<summary>[^"]+)"\n(?P<text>.+)$', re.DOTALL)
_POLL = re.compile(r'^@poll "(?P<question>[^"]+)"(?P<options>(?:\n- .+){2,10})$')
_RULE = re.compile(r"^\|(?:\s*:?-+:?\s*\|)+$")
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
    return _special_part(chunk) or _text_part(chunk)


def _special_part(chunk: str) -> Part | None:
    """What is no rich text; None for what may be."""
    drawings = [_DRAWING.match(line) for line in chunk.splitlines()]
    if all(drawings):
        shown = tuple(Drawing(d["motif"], d["palette"], d["alt"], d["caption"] or "") for d in drawings if d)
        return shown[0] if len(shown) == 1 else Gallery(shown)
    if video := _VIDEO.match(chunk):
        return Video(video["address"], video["title"], video["chapters"].strip())
    if callout := _CALLOUT.match(chunk):
        return Callout(callout["kind"], callout["title"], _html(callout["text"]))
    if spoiler := _SPOILER.match(chunk):
        return Spoiler(spoiler["summary"], _html(spoiler["text"]))
    if poll := _POLL.match(chunk):
        options = tuple(line.removeprefix("- ") for line in poll["options"].strip().splitlines())
        return Poll(poll["question"], options)
    if chunk == "---":
        return Divider()
    if chunk.startswith("| "):
        return _table(chunk)
    if chunk.startswith("> "):
        return _quote(chunk)
    if chunk.startswith(("!", "?", "@", "#### ", "# ", "```", "|", "<", "---")):
        raise ValueError(f"Unknown markup: {chunk[:60]!r}")
    return None


def _html(text: str) -> str:
    """The text below a call-out's or spoiler's first line: lists and paragraphs, one after the other."""
    groups: list[list[str]] = []
    for line in text.splitlines():
        if groups and bool(_ITEM.match(groups[-1][0])) == bool(_ITEM.match(line)):
            groups[-1].append(line)
        else:
            groups.append([line])
    return "".join(_text_part("\n".join(group)).html for group in groups)


def _table(chunk: str) -> Table:
    lines = chunk.splitlines()
    caption = lines.pop().removeprefix("Table:").strip() if lines[-1].startswith("Table:") else ""
    if len(lines) < 3 or not _RULE.match(lines[1].strip()):
        raise ValueError(f"Not a table: {chunk[:60]!r}")
    rows = tuple(tuple(_plain(cell) for cell in line.strip().strip("|").split("|")) for line in (lines[0], *lines[2:]))
    if len({len(row) for row in rows}) != 1:
        raise ValueError(f"Rows of different length: {chunk[:60]!r}")
    return Table(rows, caption)


def _plain(text: str) -> str:
    """Words without their marks, for places that hold plain text."""
    return re.sub(r"\*\*(.+?)\*\*|\*([^*]+)\*|`([^`]+)`", lambda m: m[1] or m[2] or m[3], text.strip())


def _text_part(chunk: str) -> Text:
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
    return Quote(text=_plain(" ".join(lines)), attribution=attribution)


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
