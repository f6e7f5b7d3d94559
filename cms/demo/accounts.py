"""The accounts anybody may try, listed on the console and on the sign-in page."""

from __future__ import annotations

from typing import TypedDict

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DEMO_PASSWORD = "Demo-Stage-2026!"  # noqa: S105 - public, and never in production
#: The account whose e-mail address nobody has confirmed.
UNCONFIRMED = "new_fan"


class DemoAccount(TypedDict):
    """A user name and what one can try with it."""

    username: str
    what: str | Promise


def demo_accounts() -> list[DemoAccount]:
    """The accounts in the order of what they may do."""
    return [
        {"username": "fan", "what": _("reads and writes posts of their own")},
        {"username": UNCONFIRMED, "what": _("has not confirmed the e-mail address yet")},
        {"username": "creator", "what": _("has an author's page with posts")},
        {"username": "verified_creator", "what": _("a creator with the tick beside the name")},
        {"username": "editor", "what": _("writes in the sections, in the editors' admin")},
        {"username": "moderator", "what": _("sees to it that the rules are kept")},
        {"username": "admin", "what": _("may do everything on the site")},
    ]


def accounts_text() -> str:
    """The accounts and their password, for the console."""
    accounts = demo_accounts()
    width = max(len(account["username"]) for account in accounts)
    lines = [f"  {account['username']:<{width}}  {account['what']}" for account in accounts]
    return "\n".join([f"Sign in with one of these names and the password {DEMO_PASSWORD}", *lines])
