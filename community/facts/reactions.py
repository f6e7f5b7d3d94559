"""Facts about reactions; each person's come in order."""

from __future__ import annotations

from community.facts.base import Fact, fact_class


@fact_class("reaction.added", aggregate="user", by="user_id")
class ReactionAdded(Fact):
    """Somebody reacted to a target; `author_id` is the person whose thing it is, if it is anybody's."""

    user_id: int
    reaction_id: int
    type: str
    target_kind: str
    target_id: int
    author_id: int | None


@fact_class("reaction.removed", aggregate="user", by="user_id")
class ReactionRemoved(Fact):
    """Somebody took a reaction back."""

    user_id: int
    reaction_id: int
    type: str
    target_kind: str
    target_id: int
    author_id: int | None
