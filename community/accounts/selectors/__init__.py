"""Reading about people."""

from community.accounts.selectors.names import (
    get_person_by_former_name,
    is_former_username,
    is_username_available,
    is_username_free,
    search_people,
)
from community.accounts.selectors.people import (
    AuthorCard,
    LinkCard,
    author_card,
    completeness_of,
    find_by_email,
    get_person,
    get_person_by_id,
    is_visible,
    list_everybody,
    list_people,
    may_open_admin,
    profile_links,
)
from community.accounts.selectors.second_factor import (
    SecondFactor,
    find_totp,
    lacks_second_factor,
    list_passkeys,
    second_factor_of,
    turns_off,
)
from community.accounts.selectors.security import Account, account_of, account_of_login, list_login_history
from community.accounts.selectors.sessions import (
    SessionCard,
    Suspension,
    list_sessions,
    list_tokens,
    suspension_of,
)

__all__ = [
    "Account",
    "AuthorCard",
    "LinkCard",
    "SecondFactor",
    "SessionCard",
    "Suspension",
    "account_of",
    "account_of_login",
    "author_card",
    "completeness_of",
    "find_by_email",
    "find_totp",
    "get_person",
    "get_person_by_former_name",
    "get_person_by_id",
    "is_former_username",
    "is_username_available",
    "is_username_free",
    "is_visible",
    "lacks_second_factor",
    "list_everybody",
    "list_login_history",
    "list_passkeys",
    "list_people",
    "list_sessions",
    "list_tokens",
    "may_open_admin",
    "profile_links",
    "search_people",
    "second_factor_of",
    "suspension_of",
    "turns_off",
]
