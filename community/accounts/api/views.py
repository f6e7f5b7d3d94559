"""The API of people: signing in and out, oneself, profiles."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from community.accounts import selectors
from community.accounts.api import people, sign_in
from community.accounts.api.serializers import (
    OwnProfileShape,
    ProfileShape,
    RefreshInput,
    SignedInShape,
    SignInInput,
    TokensShape,
)
from community.accounts.models import User
from community.core.api.authentication import Anyone, SignedIn
from community.core.api.operations import PATH_USERNAME, operation
from community.core.api.views import ApiView
from community.core.errors import NotFound
from community.core.generations import SITE


class LoginView(ApiView):
    """Signing in."""

    permission_classes = [Anyone]

    @operation("signIn", tag="Authentication", access="all", body=SignInInput, answer=SignedInShape, replayable=False)
    def post(self, request: Request, body: dict[str, Any]) -> sign_in.SignedIn:
        """Sign in

        Answers 401 for a wrong password and for an unknown account alike. Accounts with a second factor get
        401 `TWO_FACTOR_REQUIRED` with a `challenge` until `twoFactorCode` is sent too. While somebody is guessing at an
        account, devices that are new to it get 401 `EMAIL_CODE_REQUIRED` with a `challenge` and a code by mail.
        No cookie is set.
        """
        return sign_in.sign_in(
            request._request,
            login=body["email"],
            password=body["password"],
            remember=body["remember_me"],
            two_factor_code=body.get("two_factor_code"),
        )


class LogoutView(ApiView):
    """Signing out."""

    permission_classes = [SignedIn]

    @operation("signOut", tag="Authentication", access="signed-in", status=204, replayable=False)
    def post(self, request: Request) -> None:
        """Sign out

        Ends the session of the bearer token, or that of the cookie; all tokens of the session end with it.
        """
        sign_in.sign_out(request._request, request.user, request.auth)


class RefreshView(ApiView):
    """Renewing tokens."""

    permission_classes = [Anyone]

    @operation(
        "refreshTokens", tag="Authentication", access="all", body=RefreshInput, answer=TokensShape, replayable=False
    )
    def post(self, request: Request, body: dict[str, Any]) -> sign_in.Tokens:
        """Get the next pair of tokens

        Each refresh token works once. One that was used before ends its session.
        """
        return sign_in.refresh(body["refresh_token"])


class MeView(ApiView):
    """Oneself."""

    permission_classes = [SignedIn]

    @operation("getMe", tag="Me", access="signed-in", answer=OwnProfileShape, select=True)
    def get(self, request: Request) -> User:
        """Get one's own profile"""
        return selectors.get_person_by_id(request.user.pk or 0, viewer=request.user)

    @operation("updateMe", tag="Me", access="signed-in", body=people.ProfileChanges, answer=OwnProfileShape)
    def put(self, request: Request, body: dict[str, Any]) -> User:
        """Change one's own profile

        Fields that are left out stay as they are. With `version` (or the header If-Match) a change made from an
        older version is refused with 409 and `currentVersion`.
        """
        return people.change_profile(request, body)

    @operation("patchMe", tag="Me", access="signed-in", body=people.ProfileChanges, answer=OwnProfileShape)
    def patch(self, request: Request, body: dict[str, Any]) -> User:
        """Change parts of one's own profile

        The same as PUT.
        """
        return people.change_profile(request, body)


class UserView(ApiView):
    """A person."""

    page_tags = (SITE, "person:{username}")

    def _tags(self) -> tuple[str, ...]:
        """As always, the name in small letters: followers are counted by it."""
        return tuple(tag.lower() for tag in super()._tags())

    @operation(
        "getUser",
        tag="Users",
        access="optional",
        answer=ProfileShape,
        select=True,
        parameters=[PATH_USERNAME],
    )
    def get(self, request: Request, username: str) -> User:
        """Get a profile

        Unknown, private, banned and deleted people are 404 alike. `email` is there for oneself only. A name that
        somebody gave up less than 90 days ago answers with them, under their new name.
        """
        try:
            return selectors.get_person(username, viewer=request.user)
        except NotFound:
            return selectors.get_person_by_former_name(username, viewer=request.user)
