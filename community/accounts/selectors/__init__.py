"""Reading about people."""

from community.accounts.selectors.people import (
    AuthorCard,
    LinkCard,
    author_card,
    find_by_email,
    get_person,
    get_person_by_id,
    is_username_free,
    is_visible,
    list_everybody,
    list_people,
    may_open_admin,
    profile_links,
)

__all__ = [
    "AuthorCard",
    "LinkCard",
    "author_card",
    "find_by_email",
    "get_person",
    "get_person_by_id",
    "is_username_free",
    "is_visible",
    "list_everybody",
    "list_people",
    "may_open_admin",
    "profile_links",
]
