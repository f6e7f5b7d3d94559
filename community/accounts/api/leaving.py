"""The API of taking one's data home and of having one's account deleted."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers
from rest_framework.request import Request

from community.accounts import selectors, services
from community.accounts.api.proof import ask_proof
from community.accounts.api.sessions import current_key
from community.accounts.api.two_factor import MOST_CODE, PasswordInput
from community.accounts.models import DeletionRequest
from community.core.api.authentication import SignedIn
from community.core.api.fields import InstantField, StrictBooleanField, StrictCharField
from community.core.api.operations import operation
from community.core.api.serializers import Shape
from community.core.api.views import ApiView


class ExportShape(Shape):
    """How far the file with one's data is."""

    state = serializers.ChoiceField(choices=["none", "waiting", "ready"])
    asked_at = InstantField(allow_null=True)
    ready_at = InstantField(allow_null=True)
    expires_at = InstantField(allow_null=True, help_text="The file is deleted then.")
    size = serializers.IntegerField(help_text="Bytes; 0 before it is ready.")
    next_at = InstantField(allow_null=True, help_text="When one may ask again; null: now.")
    url = serializers.SerializerMethodField(
        help_text="The page that gives the file to the person who is signed in there, after one more look at who it is."
    )

    def get_url(self, card: selectors.ExportCard) -> str | None:
        """The page, once there is a file."""
        return f"{settings.PUBLIC_URL}/account/export/download/" if card.state == "ready" else None


class DeletionShape(Shape):
    """Whether one's account is to go."""

    scheduled = serializers.BooleanField()
    asked_at = InstantField(allow_null=True)
    due_at = InstantField(allow_null=True, help_text="Until then signing in undoes it.")
    with_content = serializers.BooleanField(help_text="What one published goes as well.")


class DeletionInput(PasswordInput):
    """What having one's account deleted takes."""

    code = StrictCharField(
        required=False, max_length=MOST_CODE, help_text="Needed with a second factor: six digits, or a recovery code."
    )
    with_content = StrictBooleanField(default=False, help_text="Delete what one published as well.")


class ExportView(ApiView):
    """The file with everything held about one."""

    permission_classes = [SignedIn]

    @operation("getExport", tag="Me", access="signed-in", answer=ExportShape)
    def get(self, request: Request) -> selectors.ExportCard:
        """See how far the file with one's data is"""
        return selectors.export_of(request.user)

    @operation("requestExport", tag="Me", access="signed-in", answer=ExportShape, status=202, errors=[409])
    def post(self, request: Request) -> selectors.ExportCard:
        """Ask for a file with everything held about one

        It is a ZIP with a page to read, JSON and pictures. A mail tells when it is ready; it is kept for seven days.
        409 while one is being made, 429 within a day of the last one. Suspended people may.
        """
        services.request_export(actor=request.user)
        return selectors.export_of(request.user)


class DeletionView(ApiView):
    """Having one's account deleted."""

    permission_classes = [SignedIn]

    @operation("getDeletion", tag="Me", access="signed-in", answer=DeletionShape)
    def get(self, request: Request) -> dict[str, Any]:
        """See whether one's account is to be deleted"""
        return _shown(selectors.deletion_of(request.user))

    @operation(
        "requestDeletion",
        tag="Me",
        access="signed-in",
        body=DeletionInput,
        answer=DeletionShape,
        status=202,
        errors=[409],
        replayable=False,
    )
    def post(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """Have one's account deleted

        Needs the password, and a code where there is a second factor. It happens after 14 days; all other sessions
        end at once, and signing in undoes it. Asked again, only `withContent` changes. 409 for the last
        administrator. Suspended people may.
        """
        person = selectors.get_person_by_id(request.user.pk or 0, viewer=request.user)
        code = body.get("code", "") if selectors.second_factor_of(person).enabled else None
        ask_proof(request, password=body.get("password", ""), code=code)
        made = services.request_deletion(
            actor=request.user, with_content=body["with_content"], session_key=current_key(request)
        )
        return _shown(made)

    @operation("keepAccount", tag="Me", access="signed-in", status=204, errors=[404])
    def delete(self, request: Request) -> None:
        """Keep one's account after all"""
        services.keep_account(actor=request.user)


def _shown(found: DeletionRequest | None) -> dict[str, Any]:
    return {
        "scheduled": found is not None,
        "asked_at": found.asked_at if found else None,
        "due_at": found.due_at if found else None,
        "with_content": bool(found and found.with_content),
    }
