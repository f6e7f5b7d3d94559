"""Facts about who follows and blocks whom."""

from __future__ import annotations

from community.facts.base import Fact, fact_class


@fact_class("user.followed", aggregate="user", by="user_id")
class UserFollowed(Fact):
    """Somebody has a new follower; told once for each pair and 24 hours, however often they follow anew."""

    user_id: int
    follower_id: int


@fact_class("user.unfollowed", aggregate="user", by="user_id")
class UserUnfollowed(Fact):
    """A follow, or the request for one, is over, whoever of the two ended it."""

    user_id: int
    follower_id: int


@fact_class("follow.requested", aggregate="user", by="user_id")
class FollowRequested(Fact):
    """Somebody asks to follow a person whose profile is not public; told like `user.followed`."""

    user_id: int
    follower_id: int


@fact_class("follow.accepted", aggregate="user", by="user_id")
class FollowAccepted(Fact):
    """A request became a follow: the person said so, or made the profile public."""

    user_id: int
    follower_id: int


@fact_class("user.blocked", aggregate="user", by="user_id")
class UserBlocked(Fact):
    """`user_id` wants to have nothing to do with `blocked_id` any more."""

    user_id: int
    blocked_id: int


@fact_class("user.unblocked", aggregate="user", by="user_id")
class UserUnblocked(Fact):
    """A block was lifted."""

    user_id: int
    blocked_id: int
