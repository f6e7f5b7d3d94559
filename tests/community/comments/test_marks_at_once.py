"""What a reader did to a post and to the comments below it, asked for at once."""

from __future__ import annotations

from typing import Any

import pytest

from community.bookmarks.services import add_bookmark
from community.comments.services import add_comment
from community.core import marks
from community.reactions.services import add_reaction
from tests.factories import make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def things(cast: Any) -> list[tuple[str, int]]:
    """A post and two comments below it; the fan loves the post and the second comment, and keeps the second comment."""
    post = make_post(cast.creator)
    comments = [
        add_comment(actor=cast.creator, target_kind="post", target_id=post.pk, content=f"Number {number}")
        for number in (1, 2)
    ]
    for kind, pk in (("post", post.pk), ("comment", comments[1].pk)):
        add_reaction(actor=cast.fan, kind=kind, target_id=pk, code="LOVE")
    add_bookmark(actor=cast.fan, kind="comment", target_id=comments[1].pk)
    return [("post", post.pk), ("comment", comments[0].pk), ("comment", comments[1].pk)]


def test_marks_of_several_kinds_are_those_of_each_and_cost_one_statement_of_each_app(
    cast: Any, things: list[tuple[str, int]], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):  # reactions and bookmarks: neither kind can be followed
        found = marks.of_all(cast.fan, things)
    post, first, second = things
    assert found == {post: {"reactions": ["LOVE"]}, first: {}, second: {"reactions": ["LOVE"], "bookmarked": True}}
    for kind, pk in things:
        assert marks.of(cast.fan, kind, [pk]) == {pk: found[kind, pk]}


def test_others_and_guests_have_no_marks(
    cast: Any, things: list[tuple[str, int]], django_assert_num_queries: Any
) -> None:
    assert marks.of_all(cast.other_fan, things) == {each: {} for each in things}
    with django_assert_num_queries(0):
        assert marks.of_all(None, things) == {each: {} for each in things}
        assert marks.of_all(cast.fan, []) == {}


def test_a_thing_of_another_kind_with_the_same_number_is_another_thing(
    cast: Any, things: list[tuple[str, int]]
) -> None:
    right = marks.of_all(cast.fan, things)
    (_post, post_id), _first, (_comment, comment_id) = things
    crossed = [("comment", post_id), ("post", comment_id)]
    assert marks.of_all(cast.fan, crossed) == {each: right.get(each, {}) for each in crossed}
