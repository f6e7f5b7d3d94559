"""Who is asking: a bearer token of the API, else the site's session with its CSRF token."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from allauth.headless.tokens.strategies.jwt.internal import session_key_from_sid, validate_access_token
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from community.core.api.errors import CHALLENGE


@dataclasses.dataclass(frozen=True)
class PersonalToken:
    """What stands in `request.auth` when a personal access token was shown."""

    scopes: frozenset[str]


#: Says whose personal access token a text is; None for one that lets nobody in.
TokenReader = Callable[[str], tuple[Any, PersonalToken] | None]
_readers: dict[str, TokenReader] = {}
#: Addresses no personal access token opens, whatever its scopes: signing in, and who may act for a person.
CLOSED_TO_TOKENS = (
    "auth",
    "me/tokens",
    "me/sessions",
    "me/identities",
    "me/security-alerts",
    "me/deletion",
    "me/export",
    "me/email",
    "me/terms",
)
#: Addresses that ask for a scope of their own, for reading as for writing.
OWN_SCOPES = {
    "admin": ("admin",),
    "message": ("conversations", "message-requests", "messages"),
}


def register_personal_tokens(prefix: str, reader: TokenReader) -> None:
    """Bearer tokens that begin with `prefix` are read by `reader`."""
    _readers[prefix] = reader


def scope_needed(method: str, path: str) -> str | None:
    """The scope that asking for `path` (below /api) takes; None where no scope is enough."""
    address = path.removeprefix("/api").strip("/") + "/"
    if address.startswith(tuple(f"{closed}/" for closed in CLOSED_TO_TOKENS)):
        return None
    for scope, addresses in OWN_SCOPES.items():
        if address.startswith(tuple(f"{own}/" for own in addresses)):
            return scope
    return "read" if method in SAFE_METHODS else "write"


class BearerAuthentication(BaseAuthentication):
    """A JWT access token (RFC 6750), which ends when its session does, or a personal access token."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The user and the token's content; None without a bearer token. Raises AuthenticationFailed."""
        scheme, _space, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        try:
            found = self._read(request, token.strip().decode("ascii"))
        except UnicodeDecodeError:
            found = None
        if found is None:
            raise AuthenticationFailed(_("The token is not valid or has expired. Please sign in again."))
        return found

    def _read(self, request: Request, token: str) -> tuple[Any, Any] | None:
        for prefix, reader in _readers.items():
            if token.startswith(prefix):
                return reader(token)
        found = validate_access_token(token) if token else None
        if found is not None:
            # Whoever notes the use of sessions looks for it there.
            request._request.bearer_session = session_key_from_sid(found[1]["sid"])  # type: ignore[attr-defined]
        return found

    def authenticate_header(self, request: Request) -> str:
        """The value of WWW-Authenticate."""
        return CHALLENGE


class CookieAuthentication(SessionAuthentication):
    """The site's own session; whatever changes something needs the CSRF token as well."""


class SignedInToWrite(BasePermission):
    """Reading is for all (selectors show only what one may see), everything else needs a signed-in person."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """May this request go on to the view?"""
        return request.method in SAFE_METHODS or bool(request.user.is_authenticated)


class SignedIn(BasePermission):
    """Only signed-in people."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """May this request go on to the view?"""
        return bool(request.user.is_authenticated)


class Anyone(BasePermission):
    """Everybody, also for what changes something: signing in."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Always."""
        return True
