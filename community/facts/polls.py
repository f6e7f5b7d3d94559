"""Facts about polls; each person's come in order. What somebody chose is in none of them."""

from __future__ import annotations

from community.facts.base import Fact, fact_class


@fact_class("poll.voted", aggregate="user", by="user_id")
class PollVoted(Fact):
    """Somebody voted in a target's poll, or (not `first`) chose something else; `author_id` is whose target it is."""

    user_id: int
    poll_id: int
    target_kind: str
    target_id: int
    author_id: int | None
    first: bool


@fact_class("poll.withdrawn", aggregate="user", by="user_id")
class PollVoteWithdrawn(Fact):
    """Somebody took their vote back."""

    user_id: int
    poll_id: int
    target_kind: str
    target_id: int
    author_id: int | None
