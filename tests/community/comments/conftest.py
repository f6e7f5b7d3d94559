"""What tests of comments share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from community.accounts.models import User
from community.comments.models import Comment
from community.comments.services import add_comment
from community.core import sight
from tests.factories import make_post


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.RATE_LIMIT_SCALE = 1000


@pytest.fixture
def post(cast: Any) -> Any:
    """A post by the creator."""
    return make_post(cast.creator, "Talk")


@pytest.fixture
def say(post: Any) -> Callable[..., Comment]:
    """`say(person, "words", parent=…, on=…)`: a comment, through the service."""

    def write(person: User, content: str = "Well said.", *, parent: Comment | None = None, on: Any = None) -> Comment:
        target = on or post
        return add_comment(
            actor=person,
            target_kind="post",
            target_id=target.pk,
            content=content,
            parent_id=parent.pk if parent else None,
        )

    return write


class Blocks:
    """Who has blocked or muted whom, until the app for that answers."""

    def __init__(self) -> None:
        self.blocked: set[tuple[int, int]] = set()
        self.muting: set[tuple[int, int]] = set()

    def parted(self, viewer: Any) -> Any:
        """Both ways."""
        ids = {b if a == viewer.pk else a for a, b in self.blocked if viewer.pk in (a, b)}
        return User.objects.filter(pk__in=ids).values_list("pk", flat=True)

    def muted(self, viewer: Any) -> Any:
        """One way."""
        return User.objects.filter(pk__in={b for a, b in self.muting if a == viewer.pk}).values_list("pk", flat=True)


@pytest.fixture
def blocks() -> Iterator[Blocks]:
    """`blocks.blocked.add((a.pk, b.pk))`, `blocks.muting.add(…)`."""
    before = list(sight._sight)
    made = Blocks()
    sight.register(made)
    yield made
    sight._sight[:] = before
