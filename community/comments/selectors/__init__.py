"""Reading comments: one, those of a target, a thread, what a person said."""

from community.comments.selectors.cards import CommentCard, Thread, ThreadPage, cards_of
from community.comments.selectors.comments import (
    HeldCard,
    beginning_of,
    count_comments,
    find_imported,
    find_place,
    get_comment,
    get_comment_to_manage,
    get_discussion,
    get_place,
    held_cards,
    list_edits,
    on_visible_targets,
)
from community.comments.selectors.lists import (
    list_by_person,
    list_firsts,
    list_held,
    list_replies,
    person_fields,
    with_authors,
)
from community.comments.selectors.moments import Moment, list_moments
from community.comments.selectors.threads import (
    first_threads,
    page_by_person,
    page_of_replies,
    page_of_threads,
    seen_by,
)

__all__ = [
    "CommentCard",
    "HeldCard",
    "Moment",
    "Thread",
    "ThreadPage",
    "beginning_of",
    "cards_of",
    "count_comments",
    "find_imported",
    "find_place",
    "first_threads",
    "get_comment",
    "get_comment_to_manage",
    "get_discussion",
    "get_place",
    "held_cards",
    "list_by_person",
    "list_edits",
    "list_firsts",
    "list_held",
    "list_moments",
    "list_replies",
    "on_visible_targets",
    "page_by_person",
    "page_of_replies",
    "page_of_threads",
    "person_fields",
    "seen_by",
    "with_authors",
]
