"""Secrets at rest: encrypted under the newest key of a ring, and bound to what they belong to."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

#: Each app that keeps secrets says how its own are brought under the newest key.
_rotations: dict[str, Callable[[], int]] = {}


class UnreadableError(Exception):
    """Made with a key that is not in the ring, changed since, of another purpose, or too old."""


def encrypt(text: str, *, purpose: str) -> str:
    """`text`, to be read with the same `purpose` only, such as `totp:7` for the secret of person 7."""
    return _ring().encrypt(json.dumps([purpose, text]).encode()).decode()


def decrypt(token: str, *, purpose: str, lasts: timedelta | None = None) -> str:
    """What was encrypted for `purpose`, no longer than `lasts` ago. Raises UnreadableError."""
    try:
        content = _ring().decrypt(token, ttl=int(lasts.total_seconds()) if lasts else None)
    except (InvalidToken, ValueError) as error:  # what is no ASCII is a ValueError
        raise UnreadableError from error
    found, text = json.loads(content)
    if found != purpose:
        raise UnreadableError
    return str(text)


def rotated(token: str) -> str:
    """The same secret under the newest key. Raises UnreadableError."""
    try:
        return _ring().rotate(token).decode()
    except InvalidToken as error:
        raise UnreadableError from error


def register_rotation(name: str, rotate: Callable[[], int]) -> None:
    """Says how the secrets called `name` are re-encrypted; `rotate` answers how many."""
    _rotations[name] = rotate


def rotate_all() -> dict[str, int]:
    """Brings every secret of every app under the newest key; how many of each name. Raises UnreadableError."""
    return {name: rotate() for name, rotate in sorted(_rotations.items())}


def _ring() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])
