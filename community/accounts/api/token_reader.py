"""Tells the API's kernel whose a personal access token is."""

from __future__ import annotations

from community.accounts import services
from community.accounts.choices import TOKEN_PREFIX
from community.accounts.models import User
from community.core.api.authentication import PersonalToken, register_personal_tokens


def read(key: str) -> tuple[User, PersonalToken] | None:
    """The person and the scopes of a personal access token."""
    found = services.use_token(key=key)
    return (found[0], PersonalToken(frozenset(found[1].scopes))) if found else None


def register() -> None:
    """Personal access tokens are read here."""
    register_personal_tokens(TOKEN_PREFIX, read)
