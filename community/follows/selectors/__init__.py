"""Reading who follows what, and who is out of whose sight."""

from community.follows.selectors.lists import (
    FollowedCard,
    followed_cards,
    list_blocks,
    list_followers,
    list_following,
    list_follows,
    list_mutes,
    list_requests,
    people_of,
)
from community.follows.selectors.people import (
    Relation,
    count_both,
    count_followers,
    find_hidden,
    follow_marks,
    followers_beside,
    get_follow,
    get_person_to_meet,
    get_person_to_show,
    get_request,
    list_to_meet,
    numbers_of,
    relation_to,
)
from community.follows.selectors.sight import SIGHT
from community.follows.selectors.suggestions import suggest_people

__all__ = [
    "SIGHT",
    "FollowedCard",
    "Relation",
    "count_both",
    "count_followers",
    "find_hidden",
    "follow_marks",
    "followed_cards",
    "followers_beside",
    "get_follow",
    "get_person_to_meet",
    "get_person_to_show",
    "get_request",
    "list_blocks",
    "list_followers",
    "list_following",
    "list_follows",
    "list_mutes",
    "list_requests",
    "list_to_meet",
    "numbers_of",
    "people_of",
    "relation_to",
    "suggest_people",
]
