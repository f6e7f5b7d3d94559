"""Pure functions about previews."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from community.youtube.choices import FIRST_WAIT, LONGEST_WAIT


def files_of(variants: Mapping[str, Any]) -> Iterator[str]:
    """The storage names of all files of a picture."""
    for made in variants.values():
        for files in made["sources"].values():
            for name, _width in files:
                yield name


def one_line(text: object, length: int) -> str:
    """Foreign words on one line, without characters that nobody sees; empty for what is no text."""
    if not isinstance(text, str):
        return ""
    visible = "".join(" " if unicodedata.category(sign)[0] in "CZ" and sign != "\u200d" else sign for sign in text)
    return " ".join(visible.split())[:length]


def wait_after(attempts: int) -> timedelta:
    """How long to wait after this many failed tries; not to the second, so that not all come back at once."""
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts - 1, 20))
    return wait * random.uniform(0.75, 1.25)  # noqa: S311 - jitter, not a secret
