"""The words of a search: cleaned, as a query for PostgreSQL's index, and marked where they stand in a text."""

from __future__ import annotations

import dataclasses
import functools
import re
import unicodedata

from django.db import connection
from django.db.models import Func, TextField
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from community.core.text import is_inside_sign, without_piles

#: The configuration that cms/migrations/0003_search.py makes: words in lower case, without accents.
CONFIGURATION = "sparkle"
TEXT_MAX = 200
WORDS_MAX = 10
WORD_MAX = 60
PREFIX_FROM = 3
STEM_PREFIX_FROM = 4
PASSAGE = 200
_BETWEEN = re.compile(r"[\s,;!?()\[\]{}<>|&*\"“”„‚‘«»‹›¡¿…\\]+")
_LETTERS = re.compile(r"[^\W_]+")
_END = r"(?![^\W_])"


class Plain(Func):
    """A text in lower case and without accents, as the indexes for similar words have it."""

    function = "sparkle_plain"
    output_field = TextField()
    arity = 1


@dataclasses.dataclass(frozen=True)
class Word:
    """A word as it was written, its stems in our languages, and whether it stands in nearly every text of one."""

    text: str
    stems: tuple[str, ...] = ()
    common: bool = False

    def query(self) -> str:
        """For to_tsquery: the word as the beginning of a word, or another form of it."""
        forms = [_quoted(self.text) + (":*" if self._begins() else "")]
        forms += [_quoted(stem) + (":*" if _is_long(stem, STEM_PREFIX_FROM) else "") for stem in self.stems]
        return f"({' | '.join(forms)})"

    def patterns(self) -> list[str]:
        """The same forms as regular expressions for a folded text, each at the beginning of a word."""
        *before, last = _LETTERS.findall(fold(self.text))
        rest = r"[^\W_]*" if self._begins() else _END
        patterns = [re.escape(part) + _END for part in before] + [re.escape(last) + rest]
        for stem in self.stems:
            patterns.append(re.escape(fold(stem)) + (r"[^\W_]*" if _is_long(stem, STEM_PREFIX_FROM) else _END))
        return patterns

    def _begins(self) -> bool:
        return not self.common and _is_long(_LETTERS.findall(self.text)[-1], PREFIX_FROM)


@dataclasses.dataclass(frozen=True)
class Words:
    """What somebody searches for: the text as they wrote it, and its words without the most common ones."""

    text: str = ""
    words: tuple[Word, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words)

    def query(self) -> str:
        """All of the words, each as the beginning of a word or in another form of it; for to_tsquery."""
        return " & ".join(word.query() for word in self.words)

    def ranked(self) -> str:
        """Any of the words, those that stand there as they were written twice: for the order of what was found."""
        return " | ".join(f"{_quoted(word.text)} | {word.query()}" for word in self.words)

    def begun(self) -> str:
        """All of the words, each as the beginning of a word, however short: for somebody who is still typing."""
        return " & ".join(f"{_quoted(word.text)}:*" for word in self.words)

    def pattern(self) -> re.Pattern[str] | None:
        """What `marked` looks for in a folded text; None when there are no words."""
        patterns = {pattern for word in self.words for pattern in word.patterns()}
        if not patterns:
            return None
        return re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(patterns, key=len, reverse=True))})")

    def with_other(self, corrections: dict[str, str]) -> Words:
        """The same search with other words in the place of some."""
        return words_of(" ".join(corrections.get(word.text, word.text) for word in self.words))


def words_of(text: str) -> Words:
    """The words of whatever somebody typed: there is no syntax, so nothing can be wrong.

    Controls are blanks, and no more than 200 characters and ten words are read. Words that stand in nearly
    every text are left out, unless there are no others. At most one query.
    """
    shown = "".join(" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in text[: TEXT_MAX * 5])
    shown = " ".join(without_piles(unicodedata.normalize("NFC", shown)).split())[:TEXT_MAX].strip()
    found = (part.strip("'’.:-_/@#")[:WORD_MAX].lower() for part in _BETWEEN.split(shown))
    words = _look_up(tuple(dict.fromkeys(word for word in found if _LETTERS.search(word)))[:WORDS_MAX])
    return Words(shown, tuple(word for word in words if not word.common) or words)


@functools.lru_cache(maxsize=2_000)
def _look_up(words: tuple[str, ...]) -> tuple[Word, ...]:
    """What PostgreSQL's dictionaries know of some words."""
    if not words:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, ts_lexize('pg_catalog.english_stem', word), ts_lexize('pg_catalog.german_stem', word)"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS asked(word, place) ORDER BY place",
            [list(words)],
        )
        return tuple(_word(*row) for row in cursor.fetchall())


def _word(word: str, english: list[str], german: list[str]) -> Word:
    if not word.isalpha():
        return Word(word)
    # "stories" has the stem "stori", which is no beginning of "story".
    whole = [f"{stem[:-1]}y" for stem in english if stem.endswith("i")]
    stems = dict.fromkeys(stem for stem in (*english, *german, *whole) if stem != word)
    return Word(word, tuple(stems), common=not (english and german))


def _quoted(word: str) -> str:
    """A word for to_tsquery, whose own syntax ends at the quotes."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _is_long(word: str, least: int) -> bool:
    """Does a word say enough to be the beginning of others? In scripts of whole words a sign or two do."""
    return len(word) >= least or not word.isascii()


def _folding() -> dict[int, str]:
    """Latin letters with accents → the letter alone; one for one, so that places in a text stay where they are."""
    table = {}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base != chr(code):
            table[code] = base.lower()
    return {**table, ord("ø"): "o", ord("Ø"): "o", ord("ł"): "l", ord("Ł"): "l", ord("đ"): "d", ord("ı"): "i"}


_FOLDING = _folding()


def fold(text: str) -> str:
    """`text` in lower case and without accents, of the same length."""
    folded = text.translate(_FOLDING)
    lower = folded.lower()
    return lower if len(lower) == len(text) else "".join(sign.lower()[:1] or sign for sign in folded)


def marked(text: str, pattern: re.Pattern[str] | None) -> SafeString:
    """`text` escaped, with `<mark>` around what was searched for, whole signs only.

    A letter without the marks on top of it would be drawn elsewhere than the marks.
    """
    if pattern is None:
        return escape(text)
    parts, done = [], 0
    for match in pattern.finditer(fold(text)):
        end = match.end()
        while is_inside_sign(text, end):
            end += 1
        parts += [escape(text[done : match.start()]), "<mark>", escape(text[match.start() : end]), "</mark>"]
        done = end
    return mark_safe("".join([*parts, escape(text[done:])]))  # noqa: S308 - every part is escaped


def passage(text: str, pattern: re.Pattern[str] | None, *, length: int = PASSAGE) -> str:
    """At most about `length` characters of `text` around the first word that was searched for; "" without one."""
    match = pattern.search(fold(text)) if pattern is not None else None
    if match is None:
        return ""
    start = max(0, match.start() - length // 3)
    if start:
        start = text.find(" ", start, match.start()) + 1 or start
    end = min(len(text), max(start + length, match.end()))
    if end < len(text):
        end = text.rfind(" ", match.end(), end) if " " in text[match.end() : end] else end
    return ("… " if start else "") + text[start:end].strip() + (" …" if end < len(text) else "")
