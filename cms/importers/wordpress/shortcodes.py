"""WordPress's shortcodes, such as [caption]: found in a text and replaced by HTML.

What counts as a shortcode follows the Shortcode API (https://codex.wordpress.org/Shortcode_API): a name in
brackets with attributes, possibly closed by [/name]; [[name]] is meant as it reads.
"""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Iterator

from community.core.text import is_web_address

_TOKEN = re.compile(
    r"(?P<comment><!--)|<(?P<guard>pre|code|script|style|textarea)\b[^<>]*>|(?P<tag></?[a-zA-Z][^<>]*>)"
    r"|\[(?P<escape>\[)?(?P<close>/)?(?P<name>[A-Za-z][A-Za-z0-9_-]{0,60})"
    r"(?P<attributes>(?:[\s=/][^\[\]]{0,4000})?)\](?P<escaped>\])?",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s'"]+))|"([^"]*)"|'([^']*)'|([^\s'"]+)""")
_NESTING_MAX = 20


@dataclasses.dataclass(slots=True)
class Shortcode:
    """One shortcode: how it was written, its values with and without names, and what it encloses."""

    name: str
    source: str
    values: dict[str, str]
    words: list[str]
    inner: list[Shortcode | str] | None = None

    def addresses(self) -> list[str]:
        """The http and https addresses among its values."""
        return [value for value in (*self.values.values(), *self.words) if is_web_address(value)]


@dataclasses.dataclass(slots=True)
class _Found:
    start: int
    end: int
    shortcode: Shortcode
    closes: bool
    partner: int = -1


def parse(source: str) -> list[Shortcode | str]:
    """The text as plain pieces and shortcodes, which hold the same again."""
    found = _pair(list(_scan(source)))
    root: list[Shortcode | str] = []
    open_lists = [root]
    position = 0
    for number, token in enumerate(found):
        text = source[position : token.start]
        if text:
            open_lists[-1].append(text)
        position = token.end
        if not token.closes:
            open_lists[-1].append(token.shortcode)
            if token.partner > number:
                token.shortcode.inner = []
                open_lists.append(token.shortcode.inner)
        elif token.partner >= 0:
            open_lists.pop()
        else:
            open_lists[-1].append(token.shortcode.source)
    if source[position:]:
        open_lists[-1].append(source[position:])
    return root


def _scan(source: str) -> Iterator[_Found]:
    position = 0
    unclosed: set[str] = set()
    while (match := _TOKEN.search(source, position)) is not None:
        position = match.end()
        guard = (match["guard"] or ("--" if match["comment"] else "")).lower()
        if guard and guard not in unclosed:
            end = re.compile("-->" if guard == "--" else rf"</{guard}\s*>", re.IGNORECASE).search(source, position)
            if end is None:
                unclosed.add(guard)
            else:
                position = end.end()
        elif match["name"] and not (match["escape"] and match["escaped"]):
            # A lone second bracket is a bracket of the text.
            start = match.start() + (1 if match["escape"] else 0)
            end_at = match.end() - (1 if match["escaped"] else 0)
            position = end_at
            values, words = _attributes(match["attributes"])
            shortcode = Shortcode(match["name"].lower(), source[start:end_at], values, words)
            yield _Found(start, end_at, shortcode, bool(match["close"]))
        elif match["name"]:
            # [[name]] is written for readers: one pair of brackets goes.
            literal = Shortcode("", source[match.start() + 1 : match.end() - 1], {}, [])
            yield _Found(match.start(), match.end(), literal, False)


def _attributes(source: str) -> tuple[dict[str, str], list[str]]:
    """Named and bare values; entities are resolved, typographic quotes are quotes."""
    source = re.sub("[“”″]", '"', html.unescape(source)).strip().rstrip("/").lstrip("=")
    values: dict[str, str] = {}
    words: list[str] = []
    for match in _ATTRIBUTE.finditer(source):
        name, *rest = match.groups()
        value = next((part for part in rest if part is not None), "").strip()
        if name and not name.lower().startswith("http"):
            values.setdefault(name.lower(), value)
        else:
            words.append(match[0] if name else value)
    return values, words


def _pair(found: list[_Found]) -> list[_Found]:
    """Gives each end its beginning: the nearest one of that name that is still open."""
    open_tokens: list[int] = []
    by_name: dict[str, list[int]] = {}
    for number, token in enumerate(found):
        name = token.shortcode.name
        places = by_name.setdefault(name, [])
        if not token.closes:
            places.append(len(open_tokens))
            open_tokens.append(number)
            continue
        while places and (places[-1] >= len(open_tokens) or found[open_tokens[places[-1]]].shortcode.name != name):
            places.pop()
        if places:
            place = places.pop()
            token.partner = open_tokens[place]
            found[token.partner].partner = number
            del open_tokens[place:]
    return _flattened(found)


def _flattened(found: list[_Found]) -> list[_Found]:
    """Pairs that are nested too deep become plain text."""
    depth = 0
    kept = []
    dropped: set[int] = set()
    for number, token in enumerate(found):
        if token.closes and token.partner >= 0:
            if token.partner not in dropped:
                depth -= 1
                kept.append((number, token))
        elif token.partner > number and depth >= _NESTING_MAX:
            dropped.add(number)
        else:
            depth += token.partner > number
            kept.append((number, token))
    places = {number: place for place, (number, _token) in enumerate(kept)}
    for _number, token in kept:
        token.partner = places.get(token.partner, -1)
    return [token for _number, token in kept]
