"""Pure functions about people: initials, colours, generated names, how far a level is done."""

from __future__ import annotations

import re
import secrets

from django.core.exceptions import ValidationError

from community.accounts.choices import USERNAME_MAX, USERNAME_MIN
from community.accounts.validators import username_validators
from community.core.text import make_slug

COLOURS = 8
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def initials(name: str) -> str:
    """One or two letters for an avatar without picture."""
    words = re.findall(r"\w+", name.replace("_", " "))
    letters = (words[0][0] + words[-1][0]) if len(words) > 1 else (words[0][:1] if words else "?")
    return letters.upper()


def colour_index(user_id: int) -> int:
    """Which of the eight calm colours belongs to a person without picture."""
    return user_id % COLOURS


def generated_username(email: str) -> str:
    """The local part of the address plus four random characters, within the rules of user names."""
    local = make_slug(email.partition("@")[0], fallback="fan").replace("-", "_")
    local = re.sub(r"[^a-z0-9_]", "", local)[: USERNAME_MAX - 5]
    if len(local) < USERNAME_MIN - 2:
        local = "fan"
    return f"{local}_{''.join(secrets.choice(_ALPHABET) for _ in range(4))}"


def is_possible_username(username: str) -> bool:
    """Does it pass the rules of user names? (Whether somebody has it is for the selectors to say.)"""
    try:
        for validate in username_validators:
            validate(username)
    except ValidationError:
        return False
    return True


def first_experience(level: int) -> int:
    """The experience with which `level` begins: 25 (n − 1)(n + 2); level 2 begins at exactly 100."""
    return 25 * (level - 1) * (level + 2)


def level_progress(level: int, experience: int) -> int:
    """How far the way to the next level is done, in whole percent from 0 to 100."""
    low, high = first_experience(level), first_experience(level + 1)
    return max(0, min(100, round(100 * (experience - low) / (high - low))))
