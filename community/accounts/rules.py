"""Pure functions about people: initials, colours, generated names, how far a level is done."""

from __future__ import annotations

import functools
import re
import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from disposable_email_domains import blocklist
from django.core.exceptions import ValidationError
from ua_parser import parse as parse_user_agent

from community.accounts.choices import USERNAME_MAX, USERNAME_MIN, Door
from community.accounts.validators import username_validators
from community.core.text import make_slug

COLOURS = 8
#: Points of a profile by what is told, with an account worth 20; complete is who has 80.
POINTS = {"avatar": 15, "bio": 10, "location": 5, "website": 5, "twitter": 5, "instagram": 5, "youtube": 10}
POINTS_ACCOUNT, POINTS_NAME, POINTS_EMAIL = 20, 10, 15
COMPLETE_FROM = 80
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


def completeness(told: Iterable[str], *, named: bool, verified_email: bool) -> int:
    """How complete a profile is, from 20 to 100: `told` are the fields with something in them.

    `named` says that the display name is more than the user name.
    """
    points = POINTS_ACCOUNT + sum(POINTS.get(name, 0) for name in told)
    return points + (POINTS_NAME if named else 0) + (POINTS_EMAIL if verified_email else 0)


def first_experience(level: int) -> int:
    """The experience with which `level` begins: 25 (n − 1)(n + 2); level 2 begins at exactly 100."""
    return 25 * (level - 1) * (level + 2)


def level_progress(level: int, experience: int) -> int:
    """How far the way to the next level is done, in whole percent from 0 to 100."""
    low, high = first_experience(level), first_experience(level + 1)
    return max(0, min(100, round(100 * (experience - low) / (high - low))))


#: So many failures of one account from one source lock the two, for as long as the window lasts.
PAIR_FAILURES = 5
#: So many may come from one source, whatever the accounts.
SOURCE_FAILURES = 20
LOCK_WINDOW = timedelta(minutes=15)
#: From so many failures of one account within this time, over all sources, new devices need a mailed code too.
GUESSED_FAILURES = 50
GUESSED_IN = timedelta(hours=1)
#: Failures from more sources than this within that time are one attack.
MANY_SOURCES = 5
#: In the state of a sign-in: the person has just entered a code from their mail.
PROVED = "accounts.proved"
#: Only who signs in at so many different hours, or fewer, has unusual ones.
HOURS_KNOWN = 10


def pair_locked_until(failures: list[datetime]) -> datetime | None:
    """When a lock ends that failures at these times, in their order, have set; None when they have set none.

    Five within 15 minutes lock for 15 minutes from the last of them on.
    """
    ends = [
        last + LOCK_WINDOW
        for first, last in zip(failures, failures[PAIR_FAILURES - 1 :], strict=False)
        if last - first < LOCK_WINDOW
    ]
    return max(ends, default=None)


def are_too_many(failures: list[datetime]) -> bool:
    """Do the last of the failures at these times, in their order, set a lock, or would if they had one source?"""
    return len(failures) >= PAIR_FAILURES and failures[-1] - failures[-PAIR_FAILURES] < LOCK_WINDOW


def source_open_again(failures: list[datetime]) -> datetime | None:
    """When a source with failures at these times, in their order, may try again; None when it never had too many."""
    return failures[-SOURCE_FAILURES] + LOCK_WINDOW if len(failures) >= SOURCE_FAILURES else None


def door_of(path: str) -> Door:
    """By which door a request for this path comes in."""
    if path.startswith("/api"):
        return Door.API
    if path.startswith("/_allauth/"):
        return Door.HEADLESS
    return Door.SOCIAL if "/account/3rdparty/" in path or "/login/callback/" in path else Door.PAGE


#: Names people know, in the place of those of the library.
_KNOWN = {"Mobile Safari": "Safari", "Firefox iOS": "Firefox", "Mac OS X": "macOS", "Chrome OS": "ChromeOS"}
_LONG = 40


@functools.lru_cache(maxsize=4096)
def device_of(user_agent: str) -> str:
    """Browser and system in a few words, "Firefox, Linux"; the beginning of what it says where it is none of these."""
    found = parse_user_agent(user_agent)
    browser = found.user_agent.family if found.user_agent else ""
    browser = _KNOWN.get(browser, browser).removesuffix(" Mobile").removeprefix("Mobile ").removesuffix(" iOS")
    system = found.os.family if found.os else ""
    if system == "iOS" and found.device:
        system = found.device.family
    named = [name[:_LONG] for name in (browser, _KNOWN.get(system, system)) if name]
    return ", ".join(named) or user_agent.partition("/")[0][:_LONG] or "?"


def mailbox_of(email: str) -> str:
    """The address without what leads to the same mailbox: letter case, `+alias`, and dots where Google ignores them."""
    local, _at, domain = email.strip().lower().rpartition("@")
    local = local.partition("+")[0]
    if domain in {"gmail.com", "googlemail.com"}:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def age_on(born: date, day: date) -> int:
    """How many years somebody born then has lived on this day; who was born on 29 February turns older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def is_throw_away(email: str, further: Iterable[str] = ()) -> bool:
    """Is the address at a service for mail that is thrown away? `further` are domains that no list knows yet.

    Source: the list of https://github.com/disposable-email-domains/disposable-email-domains.
    """
    labels = email.strip().lower().rstrip(".").rpartition("@")[2].split(".")
    known = {each.strip().lower() for each in further}
    domains = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return any(domain in blocklist or domain in known for domain in domains)


#: So old is an account, with a confirmed address, before it is trusted at all.
FIRST_TRUST = timedelta(hours=24)


def trust_level(*, fixed: int | None, reached: int, confirmed: bool, age: timedelta) -> int:
    """How far an account is trusted, from 0 to 4: as staff have fixed it, else what it has reached.

    An account that has reached nothing yet is at 0 until its address is confirmed and it is a day old, then at 1.
    """
    if fixed is not None:
        return fixed
    return max(reached, 1 if confirmed and age >= FIRST_TRUST else 0)
