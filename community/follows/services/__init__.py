"""Following, asking, muting and blocking. Every change is one transaction and records its fact."""

from community.follows.services.following import (
    SelfFollow,
    accept_request,
    decline_request,
    follow,
    import_follows,
    open_requests,
    remove_follower,
    unfollow,
)
from community.follows.services.forgetting import forget_person, forget_target
from community.follows.services.hiding import block, mute, unblock, unmute
from community.follows.services.numbers import mend_counts, wrong_counts

__all__ = [
    "SelfFollow",
    "accept_request",
    "block",
    "decline_request",
    "follow",
    "forget_person",
    "forget_target",
    "import_follows",
    "mend_counts",
    "mute",
    "open_requests",
    "remove_follower",
    "unblock",
    "unfollow",
    "unmute",
    "wrong_counts",
]
