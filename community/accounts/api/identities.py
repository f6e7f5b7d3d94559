"""The API of the identities elsewhere with which one signs in."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.db import transaction
from rest_framework import serializers
from rest_framework.request import Request

from community.accounts import selectors, services
from community.accounts.api.proof import ask_recent_proof
from community.accounts.api.serializers import MOST_PASSWORD
from community.accounts.choices import Provider
from community.accounts.models import User
from community.core.api.authentication import SignedIn
from community.core.api.fields import IdField, InstantField, StrictCharField
from community.core.api.operations import PATH_ID, operation
from community.core.api.serializers import Input, Shape
from community.core.api.views import ApiView
from community.core.errors import NotFound


class IdentityShape(Shape):
    """An account elsewhere with which one signs in."""

    id = IdField()
    provider = serializers.ChoiceField(choices=Provider.choices)
    name = serializers.CharField(source="shown", allow_blank=True, help_text="The name or address it has there.")
    linked_at = InstantField()
    last_used_at = InstantField()
    last_way_in = serializers.BooleanField(help_text="It cannot be removed: nothing else lets the person in.")


class IdentitiesShape(Shape):
    """One's identities, the oldest first."""

    items = IdentityShape(many=True)


class IdentityRemovalInput(Input):
    """The proof of who one is."""

    password = StrictCharField(
        required=False,
        max_length=MOST_PASSWORD,
        trim_whitespace=False,
        help_text="Needed where one has a password; others must have signed in within the last five minutes.",
    )


class IdentitiesView(ApiView):
    """All one's identities."""

    permission_classes = [SignedIn]

    @operation("listIdentities", tag="Me", access="signed-in", answer=IdentitiesShape)
    def get(self, request: Request) -> dict[str, Any]:
        """List the accounts elsewhere with which one signs in

        No personal access token opens this. Another is linked on the site, or by the headless API of the sign-in.
        """
        return {"items": selectors.list_identities(viewer=request.user)}


class IdentityView(ApiView):
    """One of one's identities."""

    permission_classes = [SignedIn]

    @operation(
        "removeIdentity",
        tag="Me",
        access="signed-in",
        status=204,
        body=IdentityRemovalInput,
        parameters=[PATH_ID],
        errors=[400, 403, 404, 409],
    )
    def delete(self, request: Request, id: str, body: dict[str, Any]) -> None:
        """Remove an account elsewhere

        Nobody signs in with it from then on, and the person is told by mail. 409 for the last way to sign in.
        """
        person = request.user
        assert isinstance(person, User)  # noqa: S101 - the view is for signed-in people
        mine = [card for card in selectors.list_identities(viewer=person) if card.id == int(id)]
        if not mine:
            raise NotFound()
        ask_recent_proof(request, password=body.get("password", ""))
        with transaction.atomic():
            services.remove_identity(actor=person, identity_id=int(id))
            get_adapter().send_notification_mail(
                "socialaccount/email/account_disconnected", person, {"provider": mine[0].provider_name}
            )
