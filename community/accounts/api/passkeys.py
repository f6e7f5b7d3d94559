"""The API of passkeys: made by a device, listed, renamed, removed."""

from __future__ import annotations

from typing import Any

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import get_server
from rest_framework import serializers
from rest_framework.request import Request

from community.accounts import selectors, services
from community.accounts.api.proof import ask_proof, ask_recent_proof
from community.accounts.api.serializers import MOST_TOKEN
from community.accounts.api.two_factor import MOST_CODE, TAG, PasswordInput, oneself, tell
from community.core.api.authentication import SignedIn
from community.core.api.fields import IdField, InstantField, RawJSONField, StrictBooleanField, StrictCharField
from community.core.api.operations import PATH_ID, operation
from community.core.api.serializers import Input, Shape
from community.core.api.views import ApiView
from community.core.errors import NotFound


class BeginInput(PasswordInput):
    """The password, and what for."""

    alone = StrictBooleanField(
        default=True, help_text="It signs in without a password; false: it is asked for after the password."
    )


class MakeInput(Input):
    """What a device answered."""

    token = StrictCharField(max_length=MOST_TOKEN, help_text="From the beginning of the set-up.")
    credential = serializers.DictField(
        help_text="What `navigator.credentials.create()` answered, as its `toJSON()` makes it."
    )
    name = StrictCharField(
        required=False,
        max_length=services.MOST_PASSKEY_NAME,
        help_text="So that one knows it again; left out, it gets one.",
    )


class RenameInput(PasswordInput):
    """Another name, and the password."""

    name = StrictCharField(max_length=services.MOST_PASSKEY_NAME)


class RemoveInput(PasswordInput):
    """The password, and a code where it is needed."""

    code = StrictCharField(
        required=False,
        max_length=MOST_CODE,
        help_text="Six digits of the app, or a recovery code: for the last second factor, and without a password.",
    )


class PasskeySetUpShape(Shape):
    """What a device must know."""

    options = RawJSONField(help_text="For `PublicKeyCredential.parseCreationOptionsFromJSON()`, in `publicKey`.")
    token = serializers.CharField(help_text="Goes back with the device's answer.")
    expires_in = serializers.IntegerField(help_text="Seconds in which the answer must come.")


class PasskeyShape(Shape):
    """A passkey; nothing of it is secret."""

    id = IdField(source="pk")
    name = serializers.CharField(source="wrap.name")
    created_at = InstantField()
    last_used_at = InstantField(allow_null=True)


class PasskeysShape(Shape):
    """All of somebody's passkeys."""

    items = PasskeyShape(many=True)


class NewPasskeyShape(PasskeyShape):
    """A passkey that was just made."""

    recovery_codes = serializers.ListField(
        child=serializers.CharField(), help_text="Shown this once; empty when there was a set already."
    )


class PasskeysView(ApiView):
    """Passkeys."""

    permission_classes = [SignedIn]

    @operation("listPasskeys", tag=TAG, access="signed-in", answer=PasskeysShape)
    def get(self, request: Request) -> dict[str, list[Authenticator]]:
        """List one's own passkeys

        No personal access token opens this.
        """
        return {"items": selectors.list_passkeys(oneself(request))}

    @operation(
        "makePasskey", tag=TAG, access="signed-in", body=MakeInput, answer=NewPasskeyShape, status=201,
        errors=(409,), replayable=False,
    )  # fmt: skip
    def post(self, request: Request, body: dict[str, Any]) -> Authenticator:
        """Store a passkey that a device made

        Takes the `token` of the set-up, for ten minutes. The page that asked the device must be one of this site's
        domain. With the first second factor come recovery codes, once: they cannot be read again. 409 for a passkey
        that is there already.
        """
        row, codes = services.finish_passkey(
            actor=request.user,
            server=get_server(),
            token=body["token"],
            credential=body["credential"],
            name=body.get("name", ""),
        )
        tell(signals.authenticator_added, request, row, mail="mfa/email/webauthn_added")
        row.recovery_codes = codes  # shown by NewPasskeyShape, kept as hashes
        return row


class PasskeySetUpView(ApiView):
    """Making a passkey."""

    permission_classes = [SignedIn]

    @operation("beginPasskey", tag=TAG, access="signed-in", body=BeginInput, answer=PasskeySetUpShape, replayable=False)
    def post(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """Begin to make a passkey

        Needs the password; who has none must have signed in within the last five minutes. Nothing changes until the
        device's answer comes back with the `token`.
        """
        ask_recent_proof(request, password=body.get("password", ""))
        made = services.begin_passkey(actor=request.user, server=get_server(), alone=body["alone"])
        lasts = int(services.SET_UP_LASTS.total_seconds())
        return {"options": made.options, "token": made.token, "expires_in": lasts}


class PasskeyView(ApiView):
    """One of one's passkeys."""

    permission_classes = [SignedIn]

    @operation(
        "renamePasskey",
        tag=TAG,
        access="signed-in",
        body=RenameInput,
        answer=PasskeyShape,
        parameters=[PATH_ID],
        errors=[404],
    )
    def put(self, request: Request, id: str, body: dict[str, Any]) -> Authenticator:
        """Give a passkey another name

        Needs the password; who has none must have signed in within the last five minutes.
        """
        _find(request, id)
        ask_recent_proof(request, password=body.get("password", ""))
        return services.rename_passkey(actor=request.user, passkey_id=int(id), name=body["name"])

    @operation(
        "removePasskey",
        tag=TAG,
        access="signed-in",
        status=204,
        body=RemoveInput,
        parameters=[PATH_ID],
        errors=[400, 404],
    )
    def delete(self, request: Request, id: str, body: dict[str, Any]) -> None:
        """Remove a passkey

        Needs the password, and a code when it is the last second factor; who has no password needs a code. Recovery
        codes go with the last second factor.
        """
        person, row = oneself(request), _find(request, id)
        by_code = selectors.turns_off(person, [row]) or not person.has_usable_password()
        ask_proof(request, password=body.get("password", ""), code=body.get("code", "") if by_code else None)
        gone = services.remove_passkey(actor=person, passkey_id=int(id), by_code=by_code)
        tell(signals.authenticator_removed, request, gone, mail="mfa/email/webauthn_removed")


def _find(request: Request, id: str) -> Authenticator:
    """One of one's own, before anything is asked. Raises NotFound."""
    found = [each for each in selectors.list_passkeys(oneself(request)) if each.pk == int(id)]
    if not found:
        raise NotFound()
    return found[0]
