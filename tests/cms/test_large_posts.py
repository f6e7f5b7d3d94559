"""Posts with very many blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cms import services
from cms.models import PostPage
from tests.factories import Cast, make_image, make_post
from tests.support.bad_input import document, every_block

pytestmark = pytest.mark.django_db


def test_three_hundred_blocks_cost_as_many_queries_as_few(
    cast: Cast, flat_cost: Callable[..., None], settings: Any
) -> None:
    settings.RATE_LIMIT_SCALE = 1000
    blocks = every_block(
        lambda length: "A lamp, a curtain and a cat under the stage."[:length], make_image(), document()
    )
    post = make_post(cast.creator, "Many pieces", content=None, body=blocks)
    again = [block for block in blocks if block[0] != "poll"]  # of which a post has one

    def grow(rounds: int) -> None:
        present = len(PostPage.objects.get(pk=post.pk).body) // len(blocks)
        services.update_post(actor=cast.creator, post=post, body=blocks + again * (present + rounds - 1))

    flat_cost(post.url, f"/api/posts/{post.pk}", grow=grow, at_most=30)
    assert len(PostPage.objects.get(pk=post.pk).body) > 300
