"""Authors of another site become people here, who cannot sign in."""

from __future__ import annotations

import re

from cms.importers.wordpress import AuthorRecord
from cms.models.imports import ImportedObject
from cms.services.importing.ledger import Ledger, digest
from cms.services.importing.report import ImportReport
from community.accounts.choices import USERNAME_MAX
from community.accounts.models import User
from community.accounts.rules import is_possible_username
from community.accounts.selectors import is_username_free
from community.accounts.services import create_user, store_profile
from community.core.text import has_visible, make_slug, truncate

_KIND = ImportedObject.Kind.AUTHOR
_NAME_MAX = 100
#: Nobody receives mail there (RFC 2606), so no code to sign in can ever arrive.
_MAIL_DOMAIN = "imported.invalid"
_ADDRESS = re.compile(r"^[^\s@]+@[^\s@]+$")
_NOBODY = AuthorRecord(key="", login="author", display_name="Unknown author")


class People:
    """Finds or makes the person for each author. Members of this site are never taken for authors of another:
    whoever writes an export could otherwise publish in their name."""

    def __init__(self, ledger: Ledger, report: ImportReport) -> None:
        self.ledger = ledger
        self.report = report
        self._users: dict[str, User] = {}

    def add(self, author: AuthorRecord) -> User:
        """The person for an author whom the export describes; the display name follows a changed export."""
        if author.key in self._users:
            self.report.warn("authors that are described twice were taken once", author.login)
            return self._users[author.key]
        content_hash = digest(author.login, author.display_name)
        row = self.ledger.find(_KIND, author.key)
        if row is None or row.user is None:
            return self._create(author, content_hash)
        if row.content_hash == content_hash:
            self.report.unchanged[_KIND] += 1
        else:
            self._rename(row.user, author)
            self.ledger.remember(_KIND, author.key, content_hash)
            self.report.changed[_KIND] += 1
        self._users[author.key] = row.user
        return row.user

    def get(self, key: str) -> User:
        """The person whom a post names as its author, also when the export does not describe them."""
        if key in self._users:
            return self._users[key]
        row = self.ledger.find(_KIND, key)
        if row is not None and row.user is not None:
            self._users[key] = row.user
            self.report.unchanged[_KIND] += 1
            return row.user
        if not key:
            self.report.warn("texts without an author belong to “Unknown author”")
        author = AuthorRecord(key, key, "") if key else _NOBODY
        return self._create(author, digest(author.login, author.display_name))

    def _create(self, author: AuthorRecord, content_hash: str) -> User:
        address = digest(self.ledger.source, self.ledger.site, author.key)[:32]
        user = create_user(
            email=f"{address}@{_MAIL_DOMAIN}",
            username=free_username(author.login),
            # Addresses that are never confirmed go after a week, and their people with them.
            verified_email=True,
            display_name=_shown_name(author),
        )
        self.ledger.remember(_KIND, author.key, content_hash, user=user)
        self.report.created[_KIND] += 1
        self._users[author.key] = user
        return user

    def _rename(self, user: User, author: AuthorRecord) -> None:
        if user.is_active:
            store_profile(person=user, display_name=_shown_name(author))
        else:
            self.report.warn("closed accounts keep their names", user.username)


def _shown_name(author: AuthorRecord) -> str:
    """The name to show, if something is seen of it; an e-mail address used as a name loses its domain."""
    names = (author.display_name, author.login)
    shown = (name.partition("@")[0] if _ADDRESS.match(name) else name for name in names)
    return truncate(next(filter(has_visible, shown), _NOBODY.display_name), _NAME_MAX)


def free_username(login: str) -> str:
    """A valid user name that nobody has, as like `login` as possible."""
    local = login.partition("@")[0] or login
    plain = local if local.isascii() and local.replace("_", "").isalnum() else make_slug(local, fallback="author")
    base = plain.replace("-", "_")[: USERNAME_MAX - 6].rstrip("_") or "author"
    if base.lower().startswith("deleted_"):
        base = f"author_{base}"[: USERNAME_MAX - 6]
    number = 1
    while True:
        candidate = base if number == 1 else f"{base}_{number}"
        if is_possible_username(candidate) and is_username_free(candidate):
            return candidate
        number += 1
