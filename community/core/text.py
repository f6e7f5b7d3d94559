"""Text from people: one policy that cleans HTML, slugs for any script, plain text, links that may be followed."""

from __future__ import annotations

import dataclasses
import functools
import html
import itertools
import re
import unicodedata
from urllib.parse import urlsplit

import nh3
from bs4 import BeautifulSoup
from slugify import slugify

#: Raised with every change of what passes: texts stored under a lower number are cleaned again.
POLICY_VERSION = 2

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "dfn", "dl", "dt", "em", "embed",
    "figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p",
    "pre", "q", "s", "samp", "small", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "u", "ul", "var",
}  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {
    # linktype, id, embedtype, format and url are how Wagtail stores links and embeds inside rich text.
    "a": {"href", "title", "linktype", "id"},
    "abbr": {"title"},
    "embed": {"embedtype", "id", "alt", "format", "url"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "reversed"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
SCHEMES = {"http", "https", "mailto"}
LINKTYPES = {"page", "document"}
EMBEDTYPES = {"image", "media"}
BLOCK_TAGS = ("p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "td", "dd", "dt", "br")
NESTING_MAX = 200
ROUNDS_MAX = 8
#: Elements that end by themselves: any number of them in a row is no nesting.
SHALLOW = {
    "area",
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
    "p",
    "li",
    "dt",
    "dd",
    "td",
    "th",
    "tr",
    "wbr",
}
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)[^<>]*>?")
#: Control characters, and the two that are none by definition (Unicode 23.7).
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def _mark_ranges() -> str:
    """Marks that are drawn upon the letter before them, for a class of a regular expression."""
    codes = [code for code in range(0x300, 0x1F000) if unicodedata.category(chr(code))[0] == "M"]
    runs = [list(run) for _, run in itertools.groupby(enumerate(codes), key=lambda place: place[1] - place[0])]
    return "".join(f"{chr(run[0][1])}-{chr(run[-1][1])}" for run in runs)


_MARKS = _mark_ranges()
MARKS_MAX = 12
_PILE = re.compile(rf"([{_MARKS}]{{{MARKS_MAX}}})[{_MARKS}]+")
JOINED_MAX = 10
_CHAIN = re.compile(rf"(?:[^\u200d][{_MARKS}\ufe0f]{{0,{MARKS_MAX}}}\u200d){{{JOINED_MAX}}}")
_OWN_LINK = re.compile(r'(<a linktype="[a-z]+" id="[0-9]+") rel="noopener nofollow ugc"')
_NUMBER = re.compile(r"^[0-9]{1,18}$")
#: Letters and signs by their category of which nothing is seen: fillers, blanks, a note without a head.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc\U00013441\U00013442\U0001d159")
#: Emoji have their places here, also those that are younger than Python's table of characters.
_PICTURES = range(0x1F000, 0x1FB00)


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Keeps an attribute's value, or drops it: links by type must be numbers, sizes must be small numbers."""
    if tag == "a" and name == "linktype":
        return value if value in LINKTYPES else None
    if tag == "embed" and name == "embedtype":
        return value if value in EMBEDTYPES else None
    if tag == "embed" and name == "url":
        return value if is_web_address(value) else None
    if name in {"href", "src"}:
        return value if _is_safe_link(value) else None
    if name == "id":
        return value if _NUMBER.match(value) else None
    if name in {"width", "height", "colspan", "rowspan", "start"}:
        return value if _NUMBER.match(value) and int(value) <= 10_000 else None
    return value


def _is_safe_link(value: str) -> bool:
    """Relative, or of an allowed scheme, also when every space and control character is taken away."""
    bare = "".join(sign for sign in value if unicodedata.category(sign)[0] not in "ZC")
    before, colon, _rest = bare.partition(":")
    return not colon or before.lower() in SCHEMES or any(sign in before for sign in "/?#")


def is_web_address(value: str) -> bool:
    """Is this an absolute http or https address with a host? (`javascript:` and `data:` are not.)"""
    try:
        parts = urlsplit(value.strip())
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


@functools.lru_cache(maxsize=512)
def clean_html(source: str) -> str:
    """The HTML that may be shown, by the site's one policy; cleaning twice changes nothing.

    Headings of the first level become second level (the page's title is the first). Text nested hundreds of
    elements deep, where parsers need quadratic time, keeps its words only. Built on nh3, the ammonia sanitizer
    (https://github.com/rust-ammonia/ammonia), an allow-list parser.
    """
    if nesting(source) > NESTING_MAX:
        source = _TAG.sub(" ", source)
    for _round in range(ROUNDS_MAX):
        # What a browser would nest anew comes out differently the second time; the fixed point is what it reads.
        cleaned = _clean_once(source)
        if cleaned == source:
            return cleaned
        source = cleaned
    return nh3.clean_text(plain_text(source))


def _clean_once(source: str) -> str:
    cleaned = nh3.clean(
        re.sub(r"<(/?)h1(?=[\s>])", r"<\1h2", source, flags=re.IGNORECASE),
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes=SCHEMES,
        link_rel="noopener nofollow ugc",
        strip_comments=True,
    )
    # Links that Wagtail resolves by itself lead to this site: no nofollow there.
    return without_piles(_CONTROLS.sub("", _OWN_LINK.sub(r"\1", cleaned)))


def nesting(source: str) -> int:
    """How deep the elements of some HTML may be nested, if nobody repairs them: parsers take quadratic time there."""
    depth = deepest = 0
    for match in _TAG.finditer(source):
        if match[2].lower() not in SHALLOW:
            depth = max(0, depth - 1) if match[1] else depth + 1
            deepest = max(deepest, depth)
    return deepest


def plain_text(source: str) -> str:
    """The words of some HTML, in one line, entities resolved, scripts and styles left out."""
    soup = BeautifulSoup(source, "html.parser")
    for element in soup(["script", "style", "template"]):
        element.decompose()
    for element in soup.find_all(BLOCK_TAGS):
        element.append(" ")
    return " ".join(soup.get_text().split())


def has_visible(text: str) -> bool:
    """Is there anything to see: a letter, a number, a sign? What has nothing counts as empty where it is a name.

    Spaces, controls, joiners, variation selectors, fillers and marks without a letter are nothing.
    """
    return any(_is_visible(sign) for sign in text)


def _is_visible(sign: str) -> bool:
    if unicodedata.category(sign)[0] in "LNPS":
        return sign not in _BLANKS
    return ord(sign) in _PICTURES


def one_line(text: str) -> str:
    """The text as `tidy` leaves it, with single blanks between its words; empty when nothing is seen of it."""
    return " ".join(tidy(text).split()) if has_visible(text) else ""


def tidy(text: str) -> str:
    """The text without control characters and piles of marks; tabs and line ends stay."""
    signs = (sign for sign in text if sign in "\t\n\r" or unicodedata.category(sign) not in {"Cc", "Cs"})
    return without_piles("".join(signs))


def without_piles(text: str) -> str:
    """The text with at most MARKS_MAX marks upon a letter, and JOINED_MAX emoji joined to one.

    No browser can break such a pile, so it would leave its place; no script needs more (UAX 15 allows 30).
    """
    piled = text if text.isascii() else _PILE.sub(r"\1", text)
    return piled if piled.count("\u200d") < JOINED_MAX else _CHAIN.sub(lambda chain: chain[0][:-1], piled)


def truncate(text: str, length: int) -> str:
    """At most `length` characters, cut at a word where one is near, with an ellipsis; never in the middle of a sign."""
    if len(text) <= length:
        return text
    if length < 1:
        return ""
    cut = length - 1
    while is_inside_sign(text, cut):
        cut -= 1
    space = text.rfind(" ", max(0, cut - 30), cut + 1)
    if space > 0:
        cut = space
    return text[:cut].rstrip() + "…"


def is_inside_sign(text: str, place: int) -> bool:
    """Would a cut before the character at `place` divide what is seen as one sign?

    A mark, a joiner and a tone of skin stay with what stands before them (Unicode UAX 29, simplified).
    """
    if not 0 < place < len(text):
        return False
    after = text[place]
    joined = after == "\u200d" or text[place - 1] == "\u200d" or "\U0001f3fb" <= after <= "\U0001f3ff"
    return joined or unicodedata.category(after)[0] == "M"


def make_slug(title: str, *, fallback: str = "post", max_length: int = 100) -> str:
    """A slug for a title in any script: transliterated where that gives letters, else the fallback.

    Never empty, at most `max_length` characters, never ending in a hyphen.
    """
    slug = slugify(html.unescape(title), max_length=max_length, word_boundary=False).strip("-")
    return slug or fallback


def numbered_slug(slug: str, number: int, *, max_length: int = 100) -> str:
    """`slug-2`, `slug-3` …, within `max_length`; number 1 is the slug itself."""
    if number == 1:
        return slug[:max_length].rstrip("-")
    suffix = f"-{number}"
    return slug[: max_length - len(suffix)].rstrip("-") + suffix


def count_words(text: str) -> int:
    """Words of plain text; scripts without spaces count two characters as one word (a common reading rate)."""
    wide = sum(1 for character in text if unicodedata.east_asian_width(character) in "WF")
    spaced = len(
        re.findall(r"[^\W_]+(?:['’\-][^\W_]+)*", re.sub(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", " ", text))
    )
    return spaced + (wide + 1) // 2


def reading_minutes(words: int) -> int:
    """Minutes to read `words` at 230 words a minute (Brysbaert 2019), at least 1 when there are any."""
    return max(1, round(words / 230)) if words else 0


YOUTUBE_HOSTS = {
    "youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com", "youtu.be",
    "youtube-nocookie.com", "www.youtube-nocookie.com",
}  # fmt: skip
_VIDEO_ID = re.compile(r"^[A-Za-z0-9_-]{11}$")


def youtube_id(text: str) -> str | None:
    """The 11 characters of the video that `text` (an id or an address of YouTube) names, else None."""
    text = text.strip()
    if _VIDEO_ID.match(text):
        return text
    try:
        parts = urlsplit(text if "//" in text else f"https://{text}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or host not in YOUTUBE_HOSTS:
        return None
    path = [part for part in parts.path.split("/") if part]
    candidate = ""
    if host == "youtu.be":
        candidate = path[0] if path else ""
    elif path[:1] == ["watch"]:
        match = re.search(r"(?:^|&)v=([^&]*)", parts.query)
        candidate = match.group(1) if match else ""
    elif len(path) >= 2 and path[0] in {"embed", "shorts", "live", "v"}:
        candidate = path[1]
    return candidate if _VIDEO_ID.match(candidate) else None


@dataclasses.dataclass(frozen=True)
class Chapter:
    """A part of a video: where it begins, in seconds and as people write it, and its title."""

    seconds: int
    time: str
    title: str


_CHAPTER = re.compile(r"^(?:(\d{1,2}):)?(\d{1,2}):([0-5]\d)\s+(\S.*)$")
CHAPTERS_MAX = 100


def parse_chapters(source: str) -> list[Chapter]:
    """The chapters that lines such as `1:23 The curtain` name, by time.

    Raises ValueError with the first line that names none, or with the line after the hundredth.
    """
    found: list[Chapter] = []
    for line in filter(None, map(str.strip, source.splitlines())):
        match = _CHAPTER.match(line)
        if match is None or len(found) >= CHAPTERS_MAX:
            raise ValueError(line[:80])
        hours, minutes, seconds = (int(part or 0) for part in match.groups()[:3])
        whole = hours * 3600 + minutes * 60 + seconds
        found.append(Chapter(whole, clock(whole), match[4][:200]))
    return sorted(found, key=lambda chapter: chapter.seconds)


def clock(seconds: float) -> str:
    """A length or place in a video as people write it: `0:07`, `12:03`, `1:02:03`; never below zero."""
    whole = max(0, int(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
