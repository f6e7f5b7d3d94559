"""Characters that a database, an XML file or an HTML page cannot hold, and one-line texts without markup."""

from __future__ import annotations

import html
import re
import unicodedata

import nh3

from community.core import text

#: C0 controls except tab and line ends, DEL, surrogates, and the code points Unicode calls noncharacters.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)
_C1 = re.compile("[\x80-\x9f]")
_LINE_TAGS = re.compile(r"<(?=/?(?:br|p|div|li|h[1-6])\b)", re.IGNORECASE)


def _as_windows(match: re.Match[str]) -> str:
    """A C1 control is nearly always a Windows-1252 byte taken for Latin-1; HTML reads it so, too."""
    return match.group().encode("latin-1").decode("cp1252", errors="ignore")


def clean_characters(source: str) -> str:
    """The text with line ends as "\\n" and without characters that HTML forbids
    (https://html.spec.whatwg.org/multipage/parsing.html#preprocessing-the-input-stream)."""
    source = source.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n")
    return _UNWANTED.sub("", _C1.sub(_as_windows, source))


def one_line(source: str) -> str:
    """The words of a title or name: markup left out, entities resolved, one line, composed (Unicode NFC).

    Empty when nothing is seen of them.
    """
    words = html.unescape(nh3.clean(_LINE_TAGS.sub(" <", clean_characters(source)), tags=set()))
    return text.one_line(unicodedata.normalize("NFC", clean_characters(words)))
