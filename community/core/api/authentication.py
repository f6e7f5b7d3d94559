"""Who is asking: a bearer token of the API, else the site's session with its CSRF token."""

from __future__ import annotations

from typing import Any

from allauth.headless.tokens.strategies.jwt.internal import validate_access_token
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from community.core.api.errors import CHALLENGE


class BearerAuthentication(BaseAuthentication):
    """A JWT access token (RFC 6750), checked against its session: it ends when the session does."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The user and the token's content; None without a bearer token. Raises AuthenticationFailed."""
        scheme, _space, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        try:
            found = validate_access_token(token.strip().decode("ascii")) if token.strip() else None
        except UnicodeDecodeError:
            found = None
        if found is None:
            raise AuthenticationFailed(_("The token is not valid or has expired. Please sign in again."))
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
