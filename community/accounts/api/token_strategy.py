"""How allauth makes tokens: a refresh token lasts exactly as long as its session, and one used twice ends it."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.userkit import user_id_to_str
from allauth.core.internal.httpkit import authenticated_user
from allauth.headless.tokens.strategies.base import AbstractTokenStrategy
from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy, internal
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest


class SessionTokenStrategy(JWTTokenStrategy):
    """Tokens of a session."""

    def create_access_token_payload(self, request: HttpRequest) -> dict[str, Any] | None:
        """The pair of tokens for whoever has just signed in."""
        pair: dict[str, Any] | None = AbstractTokenStrategy.create_access_token_payload(self, request)
        if pair is not None:
            pair["refresh_token"] = _refresh_token(authenticated_user(request), request.session)
        return pair

    def refresh_token(self, refresh_token: str) -> tuple[str, str] | None:
        """The next pair; the session begins its time anew."""
        found = internal.validate_refresh_token(refresh_token)
        if found is None:
            return None
        user, session, payload = found
        internal.invalidate_refresh_token(session, payload)
        pair = internal.create_access_token(user, session, self.get_claims(user)), _refresh_token(user, session)
        session.save()
        return pair


def _refresh_token(user: Any, session: SessionBase) -> str:
    token, payload = internal.create_token(
        "refresh",
        sub=user_id_to_str(user),
        sid=internal.session_key_to_sid(str(session.session_key)),
        expires_in=session.get_expiry_age(),
    )
    internal.get_refresh_token_state(session)[payload["jti"]] = payload["exp"]
    session.modified = True
    return str(token)
