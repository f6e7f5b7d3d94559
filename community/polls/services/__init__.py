"""Writing polls: published with their target, voted in, forgotten."""

from community.polls.services.leaving import forget_person, forget_target
from community.polls.services.publishing import find_refusals, publish_poll
from community.polls.services.voting import PollOver, set_vote, withdraw_vote

__all__ = [
    "PollOver",
    "find_refusals",
    "forget_person",
    "forget_target",
    "publish_poll",
    "set_vote",
    "withdraw_vote",
]
