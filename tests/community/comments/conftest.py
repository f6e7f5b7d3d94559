"""What tests of comments share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from community.accounts.models import User
from community.comments.models import Comment
from community.comments.services import add_comment
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
