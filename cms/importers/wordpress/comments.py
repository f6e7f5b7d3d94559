"""Comments of an export: what their markup says becomes the little Markdown that comments have here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

import nh3

from cms.importers.characters import clean_characters
from cms.importers.markup import Element, Node, read
from cms.importers.wordpress.elements import HEADINGS, LISTS, is_block
from community.core.text import is_web_address, nesting

#: Goes up when the same comment becomes something else.
COMMENT_CONVERSION = 1
_NESTING_MAX = 60
_READ_TAGS = HEADINGS | {
    "a", "b", "blockquote", "br", "code", "dd", "div", "dl", "dt", "em", "hr", "i", "img", "kbd", "li", "ol", "p",
    "pre", "section", "strong", "table", "tbody", "td", "th", "thead", "tr", "tt", "ul",
}  # fmt: skip
_STRONG, _SOFT, _CODE = {"b", "strong"}, {"em", "i"}, {"code", "kbd", "tt"}
#: What Markdown would take for markup: written with a stroke before it, it stays what it is.
_SIGNS = re.compile(r"[\\`*]|(?<![^\W_])_|_(?![^\W_])|\[(?=[^\]]*\]\()|<(?=[A-Za-z/])|&(?=#?\w{1,32};)")
_AT_LINE_START = re.compile(r"^(?:(?P<number>\d{1,9})(?=[.)](?:\s|$))|(?=[-+](?:\s|$)|>|~~~))", re.MULTILINE)


def comment_text(content: str) -> str:
    """The text of a WordPress comment (HTML in which line ends count) as Markdown; empty where nothing is said."""
    source = clean_characters(content)
    if nesting(source) > _NESTING_MAX:
        source = re.sub(r"<(?!br\b)[^<>]*>", "\n\n", source)
    attributes = {"a": {"href"}, "img": {"src", "alt"}}
    tree = read(nh3.clean(source, tags=set(_READ_TAGS), attributes=attributes, link_rel=None))
    return "\n\n".join(_blocks(tree))


def _blocks(nodes: Sequence[Node]) -> list[str]:
    """Paragraphs, lists, quotes and code, each as its lines."""
    found: list[str] = []
    run: list[Node] = []
    for node in nodes:
        if isinstance(node, Element) and is_block(node):
            found += _paragraphs(run)
            run = []
            found += _block(node)
        else:
            run.append(node)
    return found + _paragraphs(run)


def _paragraphs(run: Sequence[Node]) -> list[str]:
    lines = "\n".join(line.strip() for line in _inline(run).split("\n"))
    return [part for each in re.split(r"\n{2,}", lines) if (part := each.strip())]


def _block(node: Element) -> list[str]:
    if node.tag in LISTS:
        return _list(node)
    if node.tag == "blockquote":
        lines = "\n\n".join(_blocks(node.children)).split("\n")
        return ["\n".join(f"> {line}".rstrip() for line in lines)] if any(lines) else []
    if node.tag == "pre":
        return _fence(node.words().strip("\n"))
    if node.tag in HEADINGS:
        return [_marked("**", part) for part in _paragraphs(node.children)]
    return _blocks(node.children)


def _list(node: Element) -> list[str]:
    items: list[str] = []
    for child in node.children:
        inside = _blocks(child.children if isinstance(child, Element) and child.tag == "li" else [child])
        if not inside:
            continue
        sign = f"{len(items) + 1}. " if node.tag == "ol" else "- "
        lines = "\n\n".join(inside).split("\n")
        items.append("\n".join([sign + lines[0], *(" " * len(sign) + line if line else "" for line in lines[1:])]))
    return ["\n".join(items)] if items else []


def _fence(code: str) -> list[str]:
    if not code.strip():
        return []
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}\n{code}\n{fence}"]


def _inline(nodes: Sequence[Node]) -> str:
    return "".join(
        _AT_LINE_START.sub(_stroke, _escaped(node)) if isinstance(node, str) else _piece(node) for node in nodes
    )


def _escaped(words: str) -> str:
    return _SIGNS.sub(lambda match: f"\\{match[0]}", re.sub(r"[ \t]*\n[ \t]*", "\n", words))


def _stroke(match: re.Match[str]) -> str:
    return f"{match['number']}\\" if match["number"] else "\\"


def _piece(node: Element) -> str:
    if node.tag == "br":
        return "\n"
    if node.tag == "img":
        return _link(node.get("src"), _escaped(node.get("alt")))
    if node.tag in _CODE:
        return _code(" ".join(node.words().split()))
    inside = _inline(node.children)
    if node.tag == "a":
        return _link(node.get("href"), inside)
    if node.tag in _STRONG:
        return "\n\n".join(_marked("**", part) for part in inside.split("\n\n"))
    if node.tag in _SOFT:
        return "\n\n".join(_marked("*", part) for part in inside.split("\n\n"))
    return f"\n{inside}\n" if is_block(node) else inside


def _marked(sign: str, words: str) -> str:
    """The words between two signs, which touch them: spaces stand outside."""
    bare = words.strip()
    if not bare or bare.startswith("*"):
        return words
    before, _bare, after = words.partition(bare)
    return f"{before}{sign}{bare}{sign}{after}"


def _code(words: str) -> str:
    if not words:
        return ""
    sign = "``" if "`" in words else "`"
    space = " " if "`" in words else ""
    return f"{sign}{space}{words}{space}{sign}"


def _link(address: str, words: str) -> str:
    """A link to a web address; elsewhere nobody can follow, and only the words stay."""
    shown = " ".join(words.split())
    if not is_web_address(address):
        return words
    target = quote(address, safe=":/?#[]@!$&'()*+,;=%~-._")
    bare = shown.replace("\\", "")
    return f"<{target}>" if not bare or bare == address else f"[{shown.replace(']', chr(92) + ']')}](<{target}>)"
