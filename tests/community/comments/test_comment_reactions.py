"""Comments and reactions together: numbers, marks, and the place among the best."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from community.comments.models import Comment
from community.comments.services import add_comment
from community.core.models import TargetCounts
from tests.factories import Cast, make_post
from tests.support.facts import told
from tests.support.openapi import CheckedClient

pytestmark = pytest.mark.django_db


def comment_on(post: Any, author: Any, content: str) -> Comment:
    return add_comment(actor=author, target_kind="post", target_id=post.pk, content=content)


def test_a_comment_that_people_like_rises_shows_their_number_and_the_viewers_mark(
    cast: Cast, client_for: Callable[[Any], CheckedClient]
) -> None:
    post = make_post(cast.creator)
    first, second = comment_on(post, cast.fan, "First"), comment_on(post, cast.other_fan, "Second")
    creator, address = client_for(cast.creator), f"/api/comments/{first.pk}/reactions/LIKE"
    assert creator.put(address).status_code == creator.put(address).status_code == 200
    told()
    listed = creator.get(f"/api/posts/{post.pk}/comments?sort=best").json()["data"]["items"]
    assert [item["content"] for item in listed] == ["First", "Second"]
    assert [item["_count"]["reactions"] for item in listed] == [1, 0]
    page = creator.get(post.url).content.decode()
    assert f'"{first.pk}": {{"reactions": ["LIKE"]}}' in page
    assert f'data-like="/api/comments/{first.pk}/reactions"' in page
    assert creator.delete(address).status_code == 200
    told()
    assert Comment.objects.get(pk=first.pk).score < Comment.objects.get(pk=second.pk).score
    assert not TargetCounts.objects.filter(target_kind="comment", reactions__gt=0).exists()


def test_nobody_reacts_to_what_is_gone(cast: Cast, client_for: Callable[[Any], CheckedClient]) -> None:
    post = make_post(cast.creator)
    comment = comment_on(post, cast.fan, "Soon gone")
    fan = client_for(cast.fan)
    assert fan.delete(f"/api/comments/{comment.pk}").status_code == 204
    for ask in (fan.put, fan.delete):
        assert ask(f"/api/comments/{comment.pk}/reactions/LIKE").status_code == 404
    assert fan.get(f"/api/comments/{comment.pk}/reactions").status_code == 404
    assert fan.get(f"/reactions/comment/{comment.pk}/").status_code == 404


def test_the_page_of_the_reactions_has_all_types_to_give(
    cast: Cast, client_for: Callable[[Any], CheckedClient]
) -> None:
    comment = comment_on(make_post(cast.creator), cast.fan, "Well said")
    client, address = client_for(cast.creator), f"/reactions/comment/{comment.pk}/"
    assert client.get(address).content.decode().count('name="add"') == 8
    assert client.post(address, {"add": "FIRE"}).status_code == 302
    page = client.get(address).content.decode()
    assert 'name="remove" value="FIRE"' in page
    assert page.count('name="add"') == 7
