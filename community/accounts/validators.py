"""What a user name and a password must look like; messages are for people."""

from __future__ import annotations

import functools
import re
import zoneinfo
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MinLengthValidator, RegexValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from zxcvbn import zxcvbn

from community.accounts.choices import RESERVED_USERNAMES, USERNAME_MAX, USERNAME_MIN, USERNAME_PATTERN
from community.core.text import has_visible

MOST_WORDS, LONGEST_WORD = 20, 40
EARLIEST_BIRTHDAY = date(1900, 1, 1)


def validate_not_reserved(value: str) -> None:
    """Refuses names that belong to the site, and those that deleted accounts get."""
    lowered = value.lower()
    if lowered in RESERVED_USERNAMES or lowered.startswith("deleted_"):
        raise ValidationError(_("This name is not available."), code="reserved")


@functools.cache
def time_zones() -> frozenset[str]:
    """The names of all time zones people can choose."""
    return frozenset(zoneinfo.available_timezones())


def problem_with_words(words: Any) -> str:
    """What is wrong with a list of interests or skills; empty when nothing is."""
    if not isinstance(words, list) or not all(isinstance(word, str) and has_visible(word) for word in words):
        return _("These must be words.")
    if len(words) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in words):
        return _("At most %(most)d, each of at most %(long)d characters.") % {"most": MOST_WORDS, "long": LONGEST_WORD}
    return ""


def problem_with_birthday(birthday: date | None) -> str:
    """What is wrong with a day of birth; empty when nothing is, or when it is not told."""
    if birthday is not None and not EARLIEST_BIRTHDAY <= birthday <= timezone.now().date():
        return _("This cannot be your birthday.")
    return ""


username_validators: list[Any] = [
    RegexValidator(
        USERNAME_PATTERN, gettext_lazy("Letters A to Z, digits and _ are possible in a user name."), code="characters"
    ),
    MinLengthValidator(USERNAME_MIN),
    MaxLengthValidator(USERNAME_MAX),
    validate_not_reserved,
]


class MaximumLengthValidator:
    """Refuses passwords so long that hashing them would be an attack."""

    def __init__(self, max_length: int = 1024) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError when `password` is too long."""
        if len(password) > self.max_length:
            raise ValidationError(
                ngettext(
                    "A password has at most %(max)d character.",
                    "A password has at most %(max)d characters.",
                    self.max_length,
                )
                % {"max": self.max_length},
                code="password_too_long",
            )

    def get_help_text(self) -> str:
        """A sentence for the form."""
        return _("At most %(max)d characters.") % {"max": self.max_length}


class CharacterClassValidator:
    """A lower-case and an upper-case letter, a digit, a special character, no character three times in a row."""

    def validate(self, password: str, user: object = None) -> None:
        """Raises one ValidationError with all findings at once."""
        findings = []
        if not any(character.islower() for character in password):
            findings.append(_("Add a lower-case letter."))
        if not any(character.isupper() for character in password):
            findings.append(_("Add an upper-case letter."))
        if not any(character.isdigit() for character in password):
            findings.append(_("Add a digit."))
        if not any(not character.isalnum() and not character.isspace() for character in password):
            findings.append(_("Add a special character, such as ! or -."))
        if re.search(r"(.)\1\1", password):
            findings.append(_("Do not use a character three times in a row."))
        if findings:
            raise ValidationError([ValidationError(text, code="password_characters") for text in findings])

    def get_help_text(self) -> str:
        """A sentence for the form."""
        return _("Use lower-case and upper-case letters, a digit and a special character.")


#: What people of this site think of first; a password made of nothing else is a common one.
SITE_WORDS = ("universe", "sparkle", "youtube", "creator", "password", "welcome", "letmein", "fan")


class SiteWordsValidator:
    """Refuses passwords that are made of the site's own words."""

    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError when fewer than four letters are left without these words."""
        left = "".join(character for character in password.lower() if character.isalpha())
        letters = left
        for word in SITE_WORDS:
            left = left.replace(word, "")
        if left != letters and len(left) < 4:
            raise ValidationError(_("This password is too common here."), code="password_too_common")

    def get_help_text(self) -> str:
        """A sentence for the form."""
        return _("Do not build it from the words of this site.")


#: zxcvbn grows slow with the length; what follows can only make a password better.
LOOKED_AT = 72
#: From so many guesses on, as a power of ten, nothing is gained any more: it is 100 of 100.
MOST_GUESSES = 12.5


def words_of(user: Any) -> list[str]:
    """What a person, who need not be stored, would put into a password: name, address and its parts."""
    email, username = (str(getattr(user, name, "") or "") for name in ("email", "username"))
    words = {username, email, *re.split(r"[^A-Za-z0-9]+", email)}
    return sorted(word for word in words if len(word) > 2)


def guessed(password: str, words: list[str]) -> tuple[int, int]:
    """How hard a password is to guess: the score of zxcvbn from 0 to 4, and the guesses as 0 to 100.

    Source: Wheeler, zxcvbn: Low-Budget Password Strength Estimation, USENIX Security 2016.
    """
    if not password:
        return 0, 0
    found = zxcvbn(password[:LOOKED_AT], user_inputs=[*words, *SITE_WORDS])
    return int(found["score"]), max(0, min(100, round(100 * float(found["guesses_log10"]) / MOST_GUESSES)))


class StrengthValidator:
    """Refuses passwords that are easy to guess, whatever characters they are made of."""

    def __init__(self, min_score: int = 3) -> None:
        self.min_score = min_score

    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError when zxcvbn's score is below the least one."""
        if guessed(password, words_of(user))[0] < self.min_score:
            raise ValidationError(
                _("This would be guessed quickly. A few words that have nothing to do with each other are better."),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        """A sentence for the form."""
        return _("Take a few words that have nothing to do with each other.")
