"""The API of where one is signed in and of the keys one gave to programs."""

from __future__ import annotations

from typing import Any

from allauth.headless.tokens.strategies.jwt.internal import session_key_from_sid
from rest_framework import serializers
from rest_framework.request import Request

from community.accounts import selectors, services
from community.accounts.choices import Scope
from community.accounts.models import PersonalAccessToken
from community.accounts.services.tokens import LONGEST_DAYS
from community.core.api.authentication import SignedIn
from community.core.api.fields import IdField, InstantField, StrictCharField, StrictChoiceField, StrictIntegerField
from community.core.api.operations import PATH_ID, operation
from community.core.api.serializers import Input, Shape
from community.core.api.views import ApiView


class SessionShape(Shape):
    """A place where one is signed in."""

    id = IdField()
    device = serializers.CharField(help_text="Browser and system in a few words.")
    address = serializers.CharField()
    place = serializers.CharField(allow_blank=True, help_text="Roughly where; empty when nobody knows.")
    created_at = InstantField()
    last_seen_at = InstantField(help_text="To the minute.")
    current = serializers.BooleanField(help_text="It is the session of this request.")


class SessionsShape(Shape):
    """Where one is signed in, this place first."""

    items = SessionShape(many=True)


class TokenShape(Shape):
    """A personal access token; its key is not there."""

    id = IdField(source="pk")
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="How its key begins.")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.values))
    created_at = InstantField()
    expires_at = InstantField()
    last_used_at = InstantField(allow_null=True, help_text="To the minute; null before the first time.")


class PersonalTokensShape(Shape):
    """One's tokens that let somebody in, the newest first."""

    items = TokenShape(many=True)


class NewTokenShape(TokenShape):
    """A token that was just made, with its key."""

    token = serializers.CharField(
        source="key", help_text="For the header Authorization: Bearer. Nobody shows it again."
    )


class NewTokenInput(Input):
    """What making a token takes."""

    name = StrictCharField(max_length=100, help_text="What it is for.")
    scopes = serializers.ListField(
        child=StrictChoiceField(choices=Scope.values), min_length=1, max_length=len(Scope.values)
    )
    expires_in_days = StrictIntegerField(default=90, min_value=1, max_value=LONGEST_DAYS)


def current_key(request: Request) -> str | None:
    """The key of the session of a request, by cookie or by bearer token."""
    token: Any = request.auth
    if token is not None:
        key: str | None = session_key_from_sid(token["sid"])
        return key
    return request._request.session.session_key


class SessionsView(ApiView):
    """All one's sessions."""

    permission_classes = [SignedIn]

    @operation("listSessions", tag="Me", access="signed-in", answer=SessionsShape)
    def get(self, request: Request) -> dict[str, Any]:
        """List where one is signed in

        The session of the request comes first. No personal access token opens this.
        """
        return {"items": selectors.list_sessions(viewer=request.user, current_key=current_key(request))}

    @operation("closeOtherSessions", tag="Me", access="signed-in", status=204)
    def delete(self, request: Request) -> None:
        """Sign out everywhere else"""
        person = selectors.get_person_by_id(request.user.pk or 0, viewer=request.user)
        services.close_sessions(person=person, except_key=current_key(request))


class SessionView(ApiView):
    """One of one's sessions."""

    permission_classes = [SignedIn]

    @operation("closeSession", tag="Me", access="signed-in", status=204, parameters=[PATH_ID], errors=[404])
    def delete(self, request: Request, id: str) -> None:
        """Sign out in one place

        Its bearer tokens end with it.
        """
        services.close_session(actor=request.user, session_id=int(id))


class TokensView(ApiView):
    """One's personal access tokens."""

    permission_classes = [SignedIn]

    @operation("listTokens", tag="Me", access="signed-in", answer=PersonalTokensShape)
    def get(self, request: Request) -> dict[str, Any]:
        """List one's personal access tokens

        Those that are over or withdrawn are not there.
        """
        return {"items": selectors.list_tokens(viewer=request.user)}

    @operation(
        "makeToken",
        tag="Me",
        access="signed-in",
        body=NewTokenInput,
        answer=NewTokenShape,
        status=201,
        errors=[409],
        replayable=False,
    )
    def post(self, request: Request, body: dict[str, Any]) -> PersonalAccessToken:
        """Make a personal access token

        Its key is in this answer only. It reads with the scope `read`, changes things with `write`, and needs
        `message` for messages and `admin` below /api/admin. It never opens /api/auth, sessions or tokens.
        """
        token, key = services.make_token(
            actor=request.user, name=body["name"], scopes=body["scopes"], days=body["expires_in_days"]
        )
        token.key = key  # type: ignore[attr-defined] # shown by NewTokenShape, stored nowhere
        return token


class TokenView(ApiView):
    """One of one's personal access tokens."""

    permission_classes = [SignedIn]

    @operation("revokeToken", tag="Me", access="signed-in", status=204, parameters=[PATH_ID], errors=[404])
    def delete(self, request: Request, id: str) -> None:
        """Withdraw a personal access token

        It lets nobody in from then on.
        """
        services.revoke_token(actor=request.user, token_id=int(id))
