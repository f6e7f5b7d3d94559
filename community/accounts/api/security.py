"""The API of one's own sign-ins."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from community.accounts import selectors
from community.accounts.choices import Door, Outcome
from community.core.api import pagination
from community.core.api.authentication import SignedIn
from community.core.api.fields import IdField, InstantField
from community.core.api.operations import operation
from community.core.api.serializers import Shape
from community.core.api.views import ApiView


class LoginAttemptShape(Shape):
    """A try to sign in to one's account."""

    id = IdField(source="pk")
    attempted_at = InstantField()
    success = serializers.BooleanField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    door = serializers.ChoiceField(choices=Door.choices)
    address = serializers.CharField(allow_null=True, help_text="The IP address; null when the connection has none.")
    device = serializers.CharField(help_text="Browser and system in a few words.")
    user_agent = serializers.CharField(allow_blank=True)


class LoginHistoryView(ApiView):
    """The history of sign-ins."""

    permission_classes = [SignedIn]

    @operation(
        "listLoginHistory",
        tag="Me",
        access="signed-in",
        query=pagination.CursorQuery,
        answer=LoginAttemptShape,
        wraps=pagination.cursor_pages_of,
    )
    def get(self, request: Request, query: dict[str, Any]) -> pagination.CursorPage:
        """List one's sign-ins

        Sign-ins of the last 30 days and what failed, the latest first.
        """
        rows = selectors.list_login_history(viewer=request.user)
        return pagination.rows_after(
            rows,
            ordering=("-attempted_at", "-pk"),
            cursor=query.get("cursor"),
            limit=query["limit"],
            scope=f"login-history:{request.user.pk}",
        )
