"""The text of a comment: a small part of Markdown becomes HTML of few elements, names become links, times moments."""

from __future__ import annotations

import dataclasses
import functools
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from community.core import text
from community.core.text import clock

#: Raised with every change of what comes out.
POLICY_VERSION = 1
TAGS = {"a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "span", "strong", "ul"}
ATTRIBUTES = {"a": {"href", "rel", "class", "data-seek"}, "ol": {"start"}, "span": {"class", "tabindex"}}
_CLASSES = {"a": {"mention", "moment"}, "span": {"spoiler"}}
NESTING_MAX = 12
#: `@name`, but neither inside an address nor after a letter.
_NAME = re.compile(r"(?<![\w@/.])@([A-Za-z0-9_]{1,50})(?![\w@])", re.ASCII)
_CLOCK = re.compile(r"(?<![\w:.])(?:(\d{1,2}):)?(\d{1,2}):([0-5]\d)(?![\w:]|\.\d)", re.ASCII)
_ADDRESS = re.compile(r"https?://[^\s<>\"'`]{3,500}", re.IGNORECASE)
_PIECE = re.compile(
    f"(?P<link>{_ADDRESS.pattern})|(?P<name>{_NAME.pattern})|(?P<clock>{_CLOCK.pattern})", re.ASCII | re.IGNORECASE
)
_SPOILER = "||"


@dataclasses.dataclass(frozen=True)
class Setting:
    """What a text is shown with: people it may name (lower-case name → name), the video it may point into."""

    people: Mapping[str, str] = dataclasses.field(default_factory=dict)
    video_id: str = ""
    video_seconds: int | None = None
    #: May search engines follow its links?
    followed: bool = False


def score(reactions: int, created_at: datetime) -> float:
    """Where a comment stands among the best: ten times the reactions weigh as much as twelve and a half hours."""
    return math.log10(1 + max(0, reactions)) + created_at.timestamp() / 45_000


class _Parser(MarkdownIt):
    """Markdown whose links lead to web addresses only."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the name that markdown-it calls
        """May a link lead there?"""
        return text.is_web_address(url)


@functools.cache
def _parser() -> MarkdownIt:
    parser = _Parser("zero", {"html": False, "breaks": True, "maxNesting": NESTING_MAX})
    parser.enable(["emphasis", "link", "list", "backticks", "fence", "blockquote", "newline", "escape", "autolink"])
    parser.enable(["entity", "balance_pairs", "fragments_join"])
    return parser


def names_in(source: str) -> list[str]:
    """The user names that a text names, in lower case, each once, in their order; none in code or links."""
    if "@" not in source:
        return []
    found = (piece["name"][1:].lower() for piece in _pieces_of(source) if piece["name"])
    return list(dict.fromkeys(found))


def moment_in(source: str, *, video_seconds: int | None, most: int) -> int | None:
    """The first time of the video that a text names, in seconds; None where it names none that exists."""
    longest = most if video_seconds is None else video_seconds
    for piece in _pieces_of(source):
        if piece["clock"] and (seconds := seconds_of(piece["clock"])) is not None and seconds <= longest:
            return seconds
    return None


def seconds_of(words: str) -> int | None:
    """The seconds of `1:23` or `1:02:03`; None for anything else."""
    match = _CLOCK.fullmatch(words.strip())
    if match is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return None if match[1] and minutes > 59 else hours * 3600 + minutes * 60 + seconds


def render(source: str, setting: Setting) -> str:
    """The HTML of a text, clean whatever it was: nothing of it is loaded, run or opened without a click."""
    tokens = _parser().parse(source)
    for token in tokens:
        if token.type == "inline" and token.children:
            token.children = _hidden_parts(_linked(token.children, setting))
    html = _parser().renderer.render(tokens, _parser().options, {})
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https"},
        link_rel=None,
    )
    return text.without_piles(_with_rel(cleaned, followed=setting.followed)).strip()


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return value if value in _CLASSES.get(tag, ()) else None
    if name == "start":
        return value if value.isascii() and value.isdecimal() and len(value) < 6 else None
    return value


_LINK = re.compile(r'<a (class="(?:mention|moment)" )?')


def _with_rel(html: str, *, followed: bool) -> str:
    """Links that people wrote say how far they are trusted; our own, to people and moments, need not."""
    rel = "noopener ugc" if followed else "nofollow ugc noopener"

    def said(match: re.Match[str]) -> str:
        return match[0] if match[1] else f'<a rel="{rel}" '

    return _LINK.sub(said, _ordered(html))


def _ordered(html: str) -> str:
    """The class of a link first, as the rule above looks for it."""
    return re.sub(r'<a ([^<>]+?) class="(mention|moment)"', lambda found: f'<a class="{found[2]}" {found[1]}', html)


def _pieces_of(source: str) -> Iterator[Mapping[str, str]]:
    """The names, times and addresses in a text that stand neither in code nor in a link."""
    for token in _parser().parse(source):
        inside = 0
        for child in token.children or ():
            inside += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            if child.type == "text" and not inside:
                yield from (match.groupdict() for match in _PIECE.finditer(child.content))


def _linked(children: Iterable[Token], setting: Setting) -> list[Token]:
    """The tokens with links in the place of names, times and addresses that stand in plain words."""
    made: list[Token] = []
    inside = 0
    for child in children:
        inside += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if child.type != "text" or inside:
            made.append(child)
            continue
        at = 0
        for match in _PIECE.finditer(child.content):
            words, attributes = _link_of(match, setting)
            if attributes:
                made += [_text(child, child.content[at : match.start()]), *_link(child, words, attributes)]
                at = match.start() + len(words)
        made.append(_text(child, child.content[at:]))
    return made


def _link_of(match: re.Match[str], setting: Setting) -> tuple[str, dict[str, str | int | float]]:
    """The words of a link and what it is; nothing for what leads nowhere."""
    words = match[0]
    if match["link"]:
        words = _without_tail(words)
        return words, {"href": words} if text.is_web_address(words) else {}
    if match["name"]:
        name = setting.people.get(words[1:].lower(), "")
        return words, {"class": "mention", "href": f"/@{name}/"} if name else {}
    seconds = seconds_of(words)
    longest = math.inf if setting.video_seconds is None else setting.video_seconds
    if seconds is None or not setting.video_id or seconds > longest:
        return words, {}
    return words, {"class": "moment", **moment_link(setting.video_id, seconds)}


def moment_link(video_id: str, seconds: int) -> dict[str, str | int | float]:
    """Where a moment of a video leads: in the page's player by script, else to YouTube."""
    return {"href": f"https://www.youtube.com/watch?v={video_id}&t={seconds}s", "data-seek": str(seconds)}


def _without_tail(address: str) -> str:
    """An address without the signs of the sentence around it."""
    address = address.rstrip(".,;:!?*_|")
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(".,;:!?*_|")
    return address


def _text(like: Token, words: str) -> Token:
    return Token("text", "", 0, content=words, level=like.level)


def _link(like: Token, words: str, attributes: dict[str, str | int | float]) -> list[Token]:
    opened = Token("link_open", "a", 1, attrs=attributes, level=like.level)
    return [opened, _text(like, words), Token("link_close", "a", -1, level=like.level)]


def _hidden_parts(children: list[Token]) -> list[Token]:
    """What stands between two `||` of one level becomes a part that is shown when asked for."""
    parts: list[Token] = []
    for child in children:
        if child.type != "text" or _SPOILER not in child.content:
            parts.append(child)
            continue
        for number, words in enumerate(child.content.split(_SPOILER)):
            if number:
                parts.append(Token("spoiler", "span", 0, content=_SPOILER, level=child.level))
            parts.append(_text(child, words))
    opened: dict[int, int] = {}
    for place, part in enumerate(parts):
        if part.type == "spoiler":
            before = opened.pop(part.level, None)
            if before is None:
                opened[part.level] = place
            elif any(inner.content for inner in parts[before + 1 : place]):
                shown = {"class": "spoiler", "tabindex": "0"}
                parts[before] = Token("spoiler_open", "span", 1, attrs=dict(shown), level=part.level)
                parts[place] = Token("spoiler_close", "span", -1, level=part.level)
        elif part.nesting < 0:
            opened = {level: start for level, start in opened.items() if level <= part.level}
    return [_text(part, _SPOILER) if part.type == "spoiler" else part for part in parts]


__all__ = [
    "POLICY_VERSION",
    "Setting",
    "clock",
    "moment_in",
    "moment_link",
    "names_in",
    "render",
    "score",
    "seconds_of",
]
