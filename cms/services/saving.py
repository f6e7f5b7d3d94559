"""What posts and series share when they are stored: their checks, a revision, the way to the readers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import ValidationError

from cms.models import PostPage, SeriesPage
from community.accounts.models import User
from community.core.errors import Invalid, Text

V = TypeVar("V")


def store(page: PostPage | SeriesPage, *, author: User, publish: bool) -> None:
    """Stores `page` as a new revision by `author`, and publishes that; raises Invalid with a message per field."""
    try:
        page.full_clean()
    except ValidationError as error:
        raise Invalid(fields={name: messages[0] for name, messages in error.message_dict.items()}) from error
    revision = page.save_revision(user=author, log_action=True, clean=False)
    if publish:
        revision.publish(user=author, skip_permission_checks=True)
    page.refresh_from_db()


def checked(field: str, problems: dict[str, Text], clean: Callable[[], V]) -> V | None:
    """What `clean` returns; when it raises ValidationError, None, and the message is one of the `problems`."""
    try:
        return clean()
    except ValidationError as error:
        problems[field] = error.message
        return None
