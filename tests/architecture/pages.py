"""Rules about templates: nothing runs inline, and every word can be translated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from tests.architecture.sources import files

#: Names are the same in every language.
NAMES = frozenset(
    {"Sparkle Universe", "YouTube", "API", "OpenAPI", "RSS", "Wagtail", "X", "Instagram", "TikTok", "Discord"}
)
#: Pages for programmers; the document they show is English.
ENGLISH_ONLY = frozenset({Path("community/core/templates/core/api_docs.html")})
#: Attributes that people read or hear.
SPOKEN_ATTRIBUTES = frozenset({"alt", "title", "placeholder", "aria-label", "aria-description", "label"})
#: Arguments of `include` and `element` that become words on the page.
SPOKEN_ARGUMENTS = r"title|text|heading|label|hint|help|note|message|kicker|action|alt|placeholder"
#: Elements whose text is no prose.
SILENT = frozenset({"script", "style", "code", "pre", "kbd"})
DATA_TYPES = frozenset({"application/json", "application/ld+json"})

_COMMENT = re.compile(r"{#.*?#}|{%\s*comment\b.*?%}.*?{%\s*endcomment\s*%}", re.DOTALL)
_TRANSLATED = re.compile(
    r"{%\s*blocktrans(?:late)?\b.*?%}.*?{%\s*endblocktrans(?:late)?\s*%}"
    r"|{%\s*trans(?:late)?\b.*?%}|{%\s*plural\s*%}",
    re.DOTALL,
)
_TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
_SPOKEN_ARGUMENT = re.compile(rf"\b(?:{SPOKEN_ARGUMENTS})=(?P<quote>[\"'])(?P<words>[^\"']*)(?P=quote)")
_INCLUDE = re.compile(r"{%\s*(?:include|element)\b.*?%}", re.DOTALL)
_CHOSEN_ELEMENT = re.compile(r"<(?:{%[^%]*%}|{{[^}]*}})+")
_CLASS_OR_TEMPLATE = re.compile(r"[a-z]+(?:--[a-z]+)+|[\w./-]+\.html")
_WORD = re.compile(r"[^\W\d_]{2,}")


def templates(root: Path) -> Iterator[tuple[Path, str]]:
    """Each template with its text; where a tag chooses the element (`<{% if … %}a`), the first choice."""
    for path in files(root, ".html"):
        if "templates" in path.parts:
            text = (root / path).read_text(encoding="utf-8")
            yield path, _CHOSEN_ELEMENT.sub("<", text)


#: Mails have no policy and no style sheets of ours.
MAILS = "templates/emails/"


def inline_code(root: Path) -> list[str]:
    """No script, style element or event handler stands in a page: the security policy forbids them."""
    found = []
    for path, text in templates(root):
        for line, tag, attributes in _Reader.read(_blank(_TAG, _blank(_COMMENT, text))).elements:
            if tag == "script" and "src" not in attributes and attributes.get("type") not in DATA_TYPES:
                found.append(f"{path}:{line}: a script without src")
            if tag == "style" and not str(path).startswith(MAILS):
                found.append(f"{path}:{line}: a style element")
            found += [f"{path}:{line}: the handler {name}" for name in attributes if name.startswith("on")]
            if any((value or "").strip().lower().startswith("javascript:") for value in attributes.values()):
                found.append(f"{path}:{line}: a javascript: address")
    return found


_WIDE_TABLE = re.compile(r'(?P<before>.{0,40})<table class="listing"', re.DOTALL)


def wide_tables(root: Path) -> list[str]:
    """A table of the admin scrolls in a box of its own: what runs out of the admin's page cannot be reached."""
    return [
        f"{path}: a table without a desk-scroller"
        for path, text in templates(root)
        for table in _WIDE_TABLE.finditer(text)
        if not table["before"].endswith('<div class="desk-scroller">')
    ]


def untranslated_words(root: Path) -> list[str]:
    """Words for people stand in `translate` or `blocktranslate`, also those handed to another template."""
    found = []
    for path, text in templates(root):
        if path in ENGLISH_ONLY:
            continue
        text = _blank(_COMMENT, text)
        for include in _INCLUDE.finditer(text):
            for argument in _SPOKEN_ARGUMENT.finditer(include[0]):
                if _is_prose(argument["words"]):
                    found.append(f"{path}:{_line(text, include.start())}: {argument[0]}")
        reader = _Reader.read(_blank(_TAG, _blank(_TRANSLATED, text)))
        found += [f"{path}:{line}: {words}" for line, words in reader.words if _is_prose(words)]
        for line, _tag, attributes in reader.elements:
            for name in SPOKEN_ATTRIBUTES & attributes.keys():
                if _is_prose(attributes[name] or ""):
                    found.append(f"{path}:{line}: {name}={attributes[name]!r}")
    return found


def _is_prose(words: str) -> bool:
    """Is there a word in it that is not a name, an address of a template or a class?"""
    for name in sorted(NAMES, key=len, reverse=True):
        words = re.sub(rf"\b{name}\b", "", words)
    return bool(_WORD.search(words)) and not _CLASS_OR_TEMPLATE.fullmatch(words.strip())


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """`text` with what matches turned into spaces, so that lines and columns stay."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


class _Reader(HTMLParser):
    """Collects the elements and the words of a page, with their lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[int, str, dict[str, str | None]]] = []
        self.words: list[tuple[int, str]] = []
        self.open: list[str] = []

    @classmethod
    def read(cls, text: str) -> _Reader:
        """The reader after it has read `text`."""
        reader = cls()
        reader.feed(text)
        reader.close()
        return reader

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((self.getpos()[0], tag, dict(attrs)))
        if tag in SILENT:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            self.open.remove(tag)

    def handle_data(self, data: str) -> None:
        if not self.open and data.strip():
            self.words.append((self.getpos()[0] + len(data) - len(data.lstrip("\n")), data.strip()))
