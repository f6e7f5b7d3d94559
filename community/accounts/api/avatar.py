"""The API of one's own picture."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from community.accounts import selectors, services
from community.accounts.api.serializers import ProfileShape
from community.accounts.models import User
from community.core.api.authentication import SignedIn
from community.core.api.operations import operation
from community.core.api.serializers import Input
from community.core.api.uploads import UploadView


class AvatarInput(Input):
    """A picture."""

    file = serializers.FileField(help_text="JPEG, PNG, GIF, WebP or AVIF; at most 10 MiB and 50 megapixels.")


class AvatarView(UploadView):
    """One's own picture."""

    permission_classes = [SignedIn]

    @operation("setAvatar", tag="Me", access="signed-in", body=AvatarInput, answer=ProfileShape)
    def put(self, request: Request, body: dict[str, Any]) -> User:
        """Set one's own picture

        It is cut to a square around its middle; what a camera wrote into the file is removed.
        """
        services.set_avatar(actor=request.user, person=_oneself(request), file=body["file"])
        return _oneself(request)

    @operation("removeAvatar", tag="Me", access="signed-in", status=204)
    def delete(self, request: Request) -> None:
        """Remove one's own picture"""
        services.remove_avatar(actor=request.user, person=_oneself(request))


def _oneself(request: Request) -> User:
    return selectors.get_person_by_id(request.user.pk or 0, viewer=request.user)
