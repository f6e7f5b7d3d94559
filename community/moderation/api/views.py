"""The API of reports."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from community.accounts.selectors import get_person
from community.core.api.authentication import SignedIn
from community.core.api.fields import identity
from community.core.api.operations import PATH_ID, PATH_USERNAME, operation
from community.core.api.views import ApiView
from community.moderation import services
from community.moderation.api.serializers import HidingReason, ReportInput, ReportShape
from community.moderation.models import Report

TAG = "Moderation"


class ReportListView(ApiView):
    """Telling moderators of something."""

    permission_classes = [SignedIn]

    @operation(
        "createReport",
        tag=TAG,
        access="signed-in",
        body=ReportInput,
        answer=ReportShape,
        status=201,
        errors=[404, 409],
    )
    def post(self, request: Request, body: dict[str, Any]) -> Report:
        """Report something

        A post, comment or person that should not be there; moderators decide. Once per person and thing: the
        second time is 409. What one may not see cannot be reported (404), nor what is one's own (403).
        """
        made = services.report(actor=request.user, **body)
        made.refresh_from_db(fields=["created_at"])
        return made


class PostHidingView(ApiView):
    """A post that moderators take out of sight."""

    permission_classes = [SignedIn]

    @operation(
        "hidePost", tag=TAG, access="signed-in", body=HidingReason, status=204, errors=[404], parameters=[PATH_ID]
    )
    def put(self, request: Request, id: str, body: dict[str, Any]) -> None:
        """Hide a post

        Moderators, with a reason. Nobody publishes it until it is brought back.
        """
        services.hide_target(actor=request.user, kind="post", target_id=identity(id) or 0, **body)

    @operation("bringPostBack", tag=TAG, access="signed-in", status=204, errors=[404], parameters=[PATH_ID])
    def delete(self, request: Request, id: str) -> None:
        """Bring a hidden post back

        Moderators. It is as it was, with its old dates; nobody is told of a new post.
        """
        services.restore_target(actor=request.user, kind="post", target_id=identity(id) or 0)


class ProfileHidingView(ApiView):
    """A profile that moderators take out of sight."""

    permission_classes = [SignedIn]

    @operation(
        "hideProfile", tag=TAG, access="signed-in", body=HidingReason, status=204, errors=[404],
        parameters=[PATH_USERNAME],
    )  # fmt: skip
    def put(self, request: Request, username: str, body: dict[str, Any]) -> None:
        """Hide a profile

        Moderators, of people below them, with a reason. Beside what the person writes only the user name is left.
        """
        services.hide_target(actor=request.user, kind="user", target_id=_person(request, username), **body)

    @operation("restoreProfile", tag=TAG, access="signed-in", status=204, errors=[404], parameters=[PATH_USERNAME])
    def delete(self, request: Request, username: str) -> None:
        """Bring a hidden profile back

        Moderators, of people below them.
        """
        services.restore_target(actor=request.user, kind="user", target_id=_person(request, username))


def _person(request: Request, username: str) -> int:
    return get_person(username, viewer=request.user).pk
