"""The language of an address: the first language has none in front, others stand before the path (`/de/…`)."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_language


def codes() -> list[str]:
    """The languages of the interface, the first one first."""
    return [code for code, _name in settings.LANGUAGES]


def in_language(path: str, language: str) -> str:
    """A path of this site as readers of `language` have it."""
    return path if language == settings.LANGUAGE_CODE or language not in codes() else f"/{language}{path}"


def localized(path: str) -> str:
    """A path of this site in the reader's language; what is no path of a page (`https://…`) stays as it is."""
    if not path.startswith("/") or path.startswith("//"):
        return path
    return in_language(path, get_language() or settings.LANGUAGE_CODE)


def without_language(path: str) -> str:
    """The path as readers of the first language have it."""
    for code in codes():
        if code != settings.LANGUAGE_CODE and (path == f"/{code}" or path.startswith(f"/{code}/")):
            return path[len(code) + 1 :] or "/"
    return path


def foreign(language: str) -> str:
    """For the attribute `lang` of a text: its language where the reader's is another, else nothing."""
    return "" if language == (get_language() or settings.LANGUAGE_CODE) else language
