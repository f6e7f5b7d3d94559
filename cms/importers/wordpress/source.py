"""An export file as text that an XML parser can read: its encoding found, forbidden characters left out."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from types import TracebackType

from cms.importers import UnreadableExport

MAX_BYTES = 1024**3
_CHUNK = 64 * 1024
_DECLARED = re.compile(rb"""^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_COMPRESSED = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"(\xb5/\xfd": "zstd",
}
#: What XML 1.0 allows nowhere (https://www.w3.org/TR/xml/#charsets); WordPress writes it all the same.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,9}));")
_LONGEST_REFERENCE = 12
#: Encodings in which the declaration can be read as ASCII; UTF-16 announces itself by its first two bytes.
_TEXT_ENCODING = re.compile(
    r"^(utf-8|ascii|iso8859-\d+|cp\d{3,4}|koi8-[rtu]|gb2312|gbk|gb18030|big5(hkscs)?|shift_jis\w*|euc_\w+|mac-\w+|tis-620)$"
)


class ExportFile:
    """A file whose `read(size)` gives text, for `iterparse`; `removed` counts the characters left out.

    Opening and reading raise UnreadableExport with a sentence about what is wrong.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.removed = 0
        self._rest = ""
        self._ended = False
        self._position = 0
        try:
            if path.is_dir():
                raise UnreadableExport(f"{path} is a folder, not a file.")
            self._file = path.open("rb")
            self.size = path.stat().st_size
        except FileNotFoundError as error:
            raise UnreadableExport(f"There is no file {path}.") from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise UnreadableExport(f"{path} cannot be read: {reason}.") from error
        try:
            self._begin()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> ExportFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _begin(self) -> None:
        if self.size > MAX_BYTES:
            raise UnreadableExport(
                f"{self.path} is too big ({self.size // 1024**2} MB, at most {MAX_BYTES // 1024**2} MB). "
                "WordPress can export a part at a time."
            )
        head = self._bytes(_CHUNK)
        if not head.strip(b"\0 \t\r\n"):
            raise UnreadableExport(f"{self.path} is empty.")
        for magic, name in _COMPRESSED.items():
            if head.startswith(magic):
                raise UnreadableExport(f"{self.path} is compressed ({name}). Please unpack it first.")
        self._encoding, skip = _encoding(head)
        self._decoder = codecs.getincrementaldecoder(self._encoding)("strict")
        self._position = skip
        # WordPress plugins like to print blank lines before the export begins; XML forbids them.
        self._rest = self._decode(head[skip:], final=False).lstrip("\ufeff \t\r\n")
        if self._rest and not self._rest.startswith("<"):
            raise UnreadableExport(f"{self.path} is not XML: it begins with “{self._rest[:20].strip()}”.")

    def _bytes(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except OSError as error:
            raise UnreadableExport(f"{self.path} cannot be read: {error.strerror or error}.") from error

    def _decode(self, data: bytes, *, final: bool) -> str:
        try:
            text = self._decoder.decode(data, final)
        except UnicodeDecodeError as error:
            raise UnreadableExport(
                f"{self.path} should be {self._encoding.upper()}, but it is not, "
                f"near byte {self._position + error.start}. Please save it as its first line says."
            ) from error
        self._position += len(data)
        return text

    def read(self, size: int = _CHUNK) -> str:
        """The next piece of text, about `size` characters; empty at the end."""
        while not self._ended:
            data = self._bytes(size)
            self._ended = not data
            text = self._rest + self._decode(data, final=self._ended)
            start = text.rfind("&", -_LONGEST_REFERENCE)
            if not self._ended and start >= 0 and ";" not in text[start:]:
                # The reference may go on in the next piece.
                text, self._rest = text[:start], text[start:]
            else:
                self._rest = ""
            text = self._allowed(text)
            if text:
                return text
        return ""

    def _allowed(self, text: str) -> str:
        text, characters = _FORBIDDEN.subn("", text)
        self.removed += characters
        return _REFERENCE.sub(self._allowed_reference, text)

    def _allowed_reference(self, match: re.Match[str]) -> str:
        number = int(match[1], 16) if match[1] else int(match[2])
        if number <= 0x10FFFF and not _FORBIDDEN.match(chr(number)):
            return match[0]
        self.removed += 1
        return ""


def _encoding(head: bytes) -> tuple[str, int]:
    """Python's name of the file's encoding, and the length of its byte order mark
    (https://www.w3.org/TR/xml/#sec-guessing)."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8", 3
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise UnreadableExport("The file is UTF-32. Please save it as UTF-8.")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16-le" if head.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"), 2
    declared = _DECLARED.match(head)
    if declared is None:
        return "utf-8", 0
    name = declared[1].decode("ascii")
    try:
        found = codecs.lookup(name)
    except LookupError as error:
        raise UnreadableExport(f"The file names an unknown encoding: {name}.") from error
    if not _TEXT_ENCODING.match(found.name):
        raise UnreadableExport(f"The file says that it is {name}, but it is not.")
    return found.name, 0
