"""Judging a password that somebody thinks of."""

from __future__ import annotations

import dataclasses

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from community.accounts.models import User
from community.accounts.permissions import Actor
from community.accounts.validators import guessed, words_of

#: What the site takes has at least so many of 100, what it refuses has less.
GOOD_FROM = 50


@dataclasses.dataclass(frozen=True)
class Judgement:
    """How strong a password is, from 0 to 100, and everything for which the site would refuse it."""

    strength: int
    problems: list[str]


def get_judgement(*, viewer: Actor, password: str, email: str = "", username: str = "") -> Judgement:
    """What the site says to `password`: by the rules of every form, for `viewer` or for who is about to join.

    The strength is how hard it is to guess, held below 50 where it is refused and at 50 or above where it is taken.
    """
    person = viewer if isinstance(viewer, User) else User(email=email, username=username)
    try:
        validate_password(password, person)
    except ValidationError as error:
        problems = list(error.messages)
    else:
        problems = []
    hard = guessed(password, words_of(person))[1]
    return Judgement(min(hard, GOOD_FROM - 1) if problems else max(hard, GOOD_FROM), problems)
