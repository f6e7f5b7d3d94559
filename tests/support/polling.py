"""Posts with a poll, and votes in it."""

from __future__ import annotations

import json
from typing import Any

from cms.models import PostPage
from cms.services import update_post
from community.accounts.models import User
from community.polls.models import Option, Poll
from community.polls.services import set_vote
from tests.factories import make_post

QUESTION, ANSWERS = "Which lamp?", ("The old one", "The new one", "Neither")


def poll_block(*answers: str, question: str = QUESTION, **values: Any) -> tuple[str, dict[str, Any]]:
    """The block of a poll, as services take it."""
    return "poll", {"question": question, "options": list(answers or ANSWERS), **values}


def post_with_poll(
    author: User, *answers: str, published: bool = True, title: str = "Asked", **values: Any
) -> PostPage:
    """A post by `author` with some words and a poll."""
    body = [("rich_text", "<p>What do you think?</p>"), poll_block(*answers, **values)]
    return make_post(author, title, content=None, body=body, published=published)


def republish(author: User, post: PostPage, *blocks: tuple[str, Any]) -> PostPage:
    """The post with another text."""
    return update_post(actor=author, post=post, body=[("rich_text", "<p>Changed.</p>"), *blocks], published=True)


def poll_of(post: PostPage) -> Poll:
    """The poll that stands in the post."""
    return Poll.objects.get(target_kind="post", target_id=post.pk, shown=True)


def ids_of(post: PostPage) -> list[int]:
    """The ids of its answers in their order."""
    return list(Option.objects.filter(poll=poll_of(post)).order_by("place").values_list("pk", flat=True))


def vote(person: User, post: PostPage, *places: int) -> None:
    """Votes for the answers at these places, from 0."""
    ids = ids_of(post)
    set_vote(actor=person, kind="post", target_id=post.pk, option_ids=[ids[place] for place in places])


def put_vote(client: Any, post: PostPage, *option_ids: Any) -> Any:
    """The same through the API."""
    body = json.dumps({"optionIds": [str(each) if type(each) is int else each for each in option_ids]})
    return client.put(f"/api/posts/{post.pk}/poll/votes", body, content_type="application/json")
