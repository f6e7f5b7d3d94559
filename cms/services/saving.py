"""What posts and series share when they are stored: their checks, a revision, the way to the readers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from django.core.exceptions import ValidationError
from wagtail.models import Page, ReferenceIndex
from wagtail.search.index import insert_or_update_object
from wagtail.signal_handlers import disable_reference_index_auto_update

from cms.choices import POST
from cms.models import PostPage, SeriesPage
from cms.rules import poll_in
from community.accounts.models import User
from community.core.errors import Invalid, Text
from community.polls import services as polls
from community.polls.rules import Refusals

V = TypeVar("V")

_later: ContextVar[bool] = ContextVar("indexed_later", default=False)


@contextmanager
def indexed_once(page: Page) -> Iterator[None]:
    """Within, `page` may be saved any number of times: both indexes, of words and of references, learn it at the end.

    Wagtail loads the page and writes both with every save, and stores a new page four times until it is published.
    """
    if _later.get():
        yield
        return
    token = _later.set(True)
    try:
        with disable_reference_index_auto_update():
            yield
    finally:
        _later.reset(token)
    ReferenceIndex.create_or_update_for_object(page)
    insert_or_update_object(page)


def is_indexed_later() -> bool:
    """Is this inside of `indexed_once`, so that indexing now would be in vain?"""
    return _later.get()


def store(page: PostPage | SeriesPage, *, author: User, publish: bool) -> None:
    """Stores `page` as a new revision by `author`, and publishes that; raises Invalid with a message per field."""
    try:
        page.full_clean()
    except ValidationError as error:
        raise Invalid(fields={name: messages[0] for name, messages in error.message_dict.items()}) from error
    if publish and isinstance(page, PostPage):
        place, refused = poll_refusals(page, hold=True)
        if refused:
            raise Invalid(fields={f"body.{place}.value.{name}": message for name, message in refused.items()})
    revision = page.save_revision(user=author, log_action=True, clean=False)
    if publish:
        revision.publish(user=author, skip_permission_checks=True)
    page.refresh_from_db()


def poll_refusals(post: PostPage, *, hold: bool = False) -> tuple[int, Refusals]:
    """What stands against publishing the poll of a post, and where in the text that poll is.

    With `hold`, in a transaction, nobody votes until its end.
    """
    found = poll_in(post.body)
    if found is None:
        return 0, {}
    place, wanted = found
    return place, polls.find_refusals(kind=POST, target_id=post.pk, wanted=wanted, hold=hold)


def checked(field: str, problems: dict[str, Text], clean: Callable[[], V]) -> V | None:
    """What `clean` returns; when it raises ValidationError, None, and the message is one of the `problems`."""
    try:
        return clean()
    except ValidationError as error:
        problems[field] = error.message
        return None
