"""Roles in their order, statuses and their allowed changes, reserved names."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """One ordered enumeration: "at least role X" is the only comparison."""

    USER = "USER", _("fan")
    CREATOR = "CREATOR", _("creator")
    VERIFIED_CREATOR = "VERIFIED_CREATOR", _("verified creator")
    MODERATOR = "MODERATOR", _("moderator")
    ADMIN = "ADMIN", _("administrator")

    @property
    def rank(self) -> int:
        """The place in the order, from 0."""
        return list(Role).index(self)

    def at_least(self, other: Role) -> bool:
        """Is this role `other` or above it?"""
        return self.rank >= other.rank


class Status(models.TextChoices):
    """What an account may do at all."""

    PENDING_VERIFICATION = "PENDING_VERIFICATION", _("e-mail not confirmed")
    ACTIVE = "ACTIVE", _("active")
    SUSPENDED = "SUSPENDED", _("suspended")
    BANNED = "BANNED", _("banned")
    DELETED = "DELETED", _("deleted")


#: status → the statuses it may change to; no others.
TRANSITIONS: dict[str, frozenset[str]] = {
    Status.PENDING_VERIFICATION: frozenset({Status.ACTIVE, Status.DELETED}),
    Status.ACTIVE: frozenset({Status.SUSPENDED, Status.BANNED, Status.DELETED}),
    Status.SUSPENDED: frozenset({Status.ACTIVE, Status.BANNED, Status.DELETED}),
    Status.BANNED: frozenset({Status.ACTIVE, Status.DELETED}),
    Status.DELETED: frozenset(),
}

#: Nobody signs in with these, and their profiles are as if not there.
CLOSED_STATUSES = frozenset({Status.BANNED, Status.DELETED})


class Door(models.TextChoices):
    """By which door somebody tried to sign in."""

    PAGE = "page", _("this site")
    API = "api", _("a program")
    HEADLESS = "headless", _("an app")
    SOCIAL = "social", _("another account")


class Provider(models.TextChoices):
    """Where people can have an identity with which they sign in here."""

    GOOGLE = "google", "Google"
    GITHUB = "github", "GitHub"


class Outcome(models.TextChoices):
    """How a try to sign in ended."""

    CHECKING = "checking", _("not finished")
    SUCCESS = "success", _("signed in")
    WRONG_PASSWORD = "wrong_password", _("wrong password")
    WRONG_CODE = "wrong_code", _("wrong code")
    HALF_WAY = "half_way", _("password right, not finished")
    LOCKED = "locked", _("refused after too many tries")
    CLOSED = "closed", _("refused: the account is closed")


#: What counts towards a lock. What is still being checked does, or tries at the same moment would pass together.
FAILURES = frozenset({Outcome.CHECKING, Outcome.WRONG_PASSWORD, Outcome.WRONG_CODE})


class Severity(models.TextChoices):
    """How much an alert matters."""

    LOW = "low", _("for your information")
    MEDIUM = "medium", _("worth a look")
    HIGH = "high", _("important")
    CRITICAL = "critical", _("urgent")


class AlertKind(models.TextChoices):
    """What a person is warned of."""

    MULTIPLE_FAILED_LOGINS = "MULTIPLE_FAILED_LOGINS", _("Several sign-ins failed")
    DISTRIBUTED_LOGIN_ATTEMPTS = "DISTRIBUTED_LOGIN_ATTEMPTS", _("Sign-ins failed from many places")
    ACCOUNT_LOCKED = "ACCOUNT_LOCKED", _("Too many tries: signing in was locked for a while")
    NEW_IP_LOGIN = "NEW_IP_LOGIN", _("Signed in from a new address")
    NEW_DEVICE_LOGIN = "NEW_DEVICE_LOGIN", _("Signed in on a new device")
    UNUSUAL_LOGIN_TIME = "UNUSUAL_LOGIN_TIME", _("Signed in at an unusual time")
    BACKUP_CODE_USED = "BACKUP_CODE_USED", _("A recovery code was used")
    TWO_FACTOR_ENABLED = "2FA_ENABLED", _("Two-factor was turned on")
    TWO_FACTOR_DISABLED = "2FA_DISABLED", _("Two-factor was turned off")
    PASSWORD_CHANGED = "PASSWORD_CHANGED", _("The password was changed")
    EMAIL_CHANGED = "EMAIL_CHANGED", _("The e-mail address was changed")
    SOCIAL_LINKED = "SOCIAL_LINKED", _("Another way to sign in was added")


SEVERITIES: dict[str, Severity] = {
    AlertKind.MULTIPLE_FAILED_LOGINS: Severity.HIGH,
    AlertKind.DISTRIBUTED_LOGIN_ATTEMPTS: Severity.CRITICAL,
    AlertKind.ACCOUNT_LOCKED: Severity.HIGH,
    AlertKind.NEW_IP_LOGIN: Severity.MEDIUM,
    AlertKind.NEW_DEVICE_LOGIN: Severity.MEDIUM,
    AlertKind.UNUSUAL_LOGIN_TIME: Severity.LOW,
    AlertKind.BACKUP_CODE_USED: Severity.MEDIUM,
    AlertKind.TWO_FACTOR_ENABLED: Severity.LOW,
    AlertKind.TWO_FACTOR_DISABLED: Severity.HIGH,
    AlertKind.PASSWORD_CHANGED: Severity.MEDIUM,
    AlertKind.EMAIL_CHANGED: Severity.HIGH,
    AlertKind.SOCIAL_LINKED: Severity.MEDIUM,
}


class AlertAnswer(models.TextChoices):
    """What the person says of an alert."""

    OPEN = "", _("not answered")
    ME = "me", _("it was me")
    NOT_ME = "not_me", _("it was not me")


class JoiningMode(models.TextChoices):
    """Who may join the site."""

    OPEN = "open", _("everybody")
    INVITED = "invited", _("whoever has an invitation")
    CLOSED = "closed", _("nobody")


class ReferralState(models.TextChoices):
    """What became of somebody who was brought."""

    WAITS = "waits", _("has not confirmed the address yet")
    COUNTS = "counts", _("counts")
    COUNTS_NOT = "counts_not", _("does not count")


class Scope(models.TextChoices):
    """What a personal access token lets a program do; each needs its own."""

    READ = "read", _("read")
    WRITE = "write", _("write and change")
    MESSAGE = "message", _("read and send messages")
    ADMIN = "admin", _("administer the site")


#: How every personal access token begins, so that people and scanners of secrets know one.
TOKEN_PREFIX = "spk_"  # noqa: S105

GROUP_OF_ROLE: dict[str, str] = {
    Role.CREATOR: "Creators",
    Role.VERIFIED_CREATOR: "Verified creators",
    Role.MODERATOR: "Moderators",
    Role.ADMIN: "Administrators",
}
EDITORS = "Editors"

USERNAME_PATTERN = r"^[A-Za-z0-9_]+$"
USERNAME_MIN = 3
USERNAME_MAX = 30
#: Names that would be mistaken for the site itself, or for its addresses.
RESERVED_USERNAMES = frozenset(
    [
        "about",
        "account",
        "accounts",
        "achievements",
        "admin",
        "administrator",
        "all",
        "api",
        "app",
        "availability",
        "blog",
        "bookmarks",
        "categories",
        "cms",
        "contact",
        "creator",
        "creators",
        "dashboard",
        "deleted",
        "demo",
        "editor",
        "editors",
        "everyone",
        "explore",
        "feed",
        "feeds",
        "fan",
        "fans",
        "group",
        "groups",
        "guest",
        "help",
        "here",
        "home",
        "info",
        "inbox",
        "login",
        "logout",
        "mail",
        "me",
        "media",
        "messages",
        "moderator",
        "moderators",
        "new",
        "new_fan",
        "news",
        "nobody",
        "notifications",
        "null",
        "official",
        "posts",
        "privacy",
        "profile",
        "quests",
        "root",
        "rules",
        "search",
        "security",
        "settings",
        "shop",
        "signin",
        "signup",
        "site",
        "sparkle",
        "sparkle_universe",
        "staff",
        "static",
        "support",
        "system",
        "tag",
        "tags",
        "team",
        "terms",
        "undefined",
        "user",
        "users",
        "verified_creator",
        "watch",
        "webmaster",
        "wiki",
        "www",
        "you",
    ]
)

#: Links of a profile, as columns of the profile.
SOCIAL_FIELDS = ("twitter", "instagram", "tiktok", "discord", "youtube")

#: What stands in the place of a person who is gone; the rest of the name is the id.
DELETED_NAME = "Deleted User"
DELETED_USERNAME = "deleted_"
#: An address that exists nowhere, now or later (RFC 2606).
DELETED_HOST = "deleted.invalid"
