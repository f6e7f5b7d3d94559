"""Passkeys: made by a device that answers a challenge, renamed, removed. Nothing of them is secret here."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import delete_dangling_recovery_codes
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import EXTENSIONS, build_user_payload, get_credentials
from django.utils.translation import gettext_lazy as _
from fido2.server import Fido2Server
from fido2.webauthn import RegistrationResponse, ResidentKeyRequirement, UserVerificationRequirement

from community.accounts import permissions
from community.accounts.models import User
from community.accounts.permissions import Actor
from community.accounts.selectors import turns_off
from community.accounts.services.second_factor import SET_UP_LASTS, SetUpOver, make_recovery_codes
from community.core import encryption
from community.core.errors import Conflict, Invalid, NotFound
from community.core.text import one_line
from community.core.transactions import retried

MOST_PASSKEY_NAME = 60
#: What reading an answer raises that no device makes.
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError, RecursionError)


class NotThisPasskey(Invalid):
    """The answer is not one of a device to this challenge, at this address."""

    message = _("The answer of the device is not right. Please try it again.")


class HasThisPasskey(Conflict):
    """The same passkey, sent once more."""

    message = _("You have this passkey already.")


class CodeNeeded(Invalid):
    """Nothing else asks for a second step any more when this passkey goes."""

    message = _("This is your last second factor: a code is needed to turn it off.")


@dataclasses.dataclass(frozen=True)
class PasskeySetUp:
    """A passkey that is being made: what the device must know, and the token with which its answer is sent."""

    options: dict[str, Any]
    token: str


def begin_passkey(*, actor: Actor, server: Fido2Server, alone: bool) -> PasskeySetUp:
    """What a device needs to make a passkey for this site; nothing is stored until `finish_passkey`.

    `server` knows the site's address. With `alone` the passkey signs in without a password: the device must know its
    owner and remember them. Raises the reason why not.
    """
    person = permissions.require_writer(actor)
    wanted = UserVerificationRequirement(app_settings.WEBAUTHN_USER_VERIFICATION)
    options, state = server.register_begin(
        user=build_user_payload(person),
        credentials=get_credentials(person),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED if alone else ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.REQUIRED if alone else wanted,
        extensions=EXTENSIONS,
    )
    token = encryption.encrypt(json.dumps(state), purpose=_set_up(person.pk))
    return PasskeySetUp(json.loads(json.dumps(dict(options))), token)


@retried
def finish_passkey(
    *, actor: Actor, server: Fido2Server, token: str, name: str, credential: Mapping[str, Any]
) -> tuple[Authenticator, list[str]]:
    """Stores the passkey that the device made; with the recovery codes when they are new.

    Raises SetUpOver, NotThisPasskey, or HasThisPasskey.
    """
    person = permissions.require_writer(actor)
    try:
        state = json.loads(encryption.decrypt(token, purpose=_set_up(person.pk), lasts=SET_UP_LASTS))
    except encryption.UnreadableError as error:
        raise SetUpOver() from error
    try:
        server.register_complete(state, credential)
        kept = _kept(credential)
    except UNREADABLE as error:
        raise NotThisPasskey(fields={"credential": NotThisPasskey.message}) from error
    User.objects.select_for_update().get(pk=person.pk)
    mine = Authenticator.objects.filter(user=person)
    if mine.filter(type=Authenticator.Type.WEBAUTHN, data__credential__id=kept["id"]).exists():
        raise HasThisPasskey()
    name = one_line(name)[:MOST_PASSKEY_NAME] or get_adapter().generate_authenticator_name(
        person, Authenticator.Type.WEBAUTHN
    )
    row = set_up_passkey(person=person, name=name, credential=kept)
    has_codes = mine.filter(type=Authenticator.Type.RECOVERY_CODES).exists()
    return row, [] if has_codes else make_recovery_codes(person=person)[1]


def set_up_passkey(*, person: User, name: str, credential: Mapping[str, Any]) -> Authenticator:
    """Gives `person` a passkey, whose answer to the challenge was right; only what counts of it is kept."""
    return Authenticator.objects.create(
        user=person, type=Authenticator.Type.WEBAUTHN, data={"name": name, "credential": _kept(credential)}
    )


@retried
def rename_passkey(*, actor: Actor, passkey_id: int, name: str) -> Authenticator:
    """Gives one of the actor's passkeys another name. Raises NotFound, or Invalid for a name that shows nothing."""
    row = _own(actor, passkey_id)
    name = one_line(name)[:MOST_PASSKEY_NAME]
    if not name:
        raise Invalid(fields={"name": _("This must not be empty.")})
    row.data["name"] = name
    row.save(update_fields=["data"])
    return row


@retried
def remove_passkey(*, actor: Actor, passkey_id: int, by_code: bool) -> Authenticator:
    """Removes one of the actor's passkeys, and the recovery codes with the last second factor; answers what it was.

    `by_code` says that a code was shown besides the password. Raises NotFound, or CodeNeeded without one when no
    second factor is left: of two who remove two passkeys at once, one hears it.
    """
    row = _own(actor, passkey_id)
    if turns_off(row.user, [row]) and not by_code:
        raise CodeNeeded(fields={"code": CodeNeeded.message})
    Authenticator.objects.get(pk=row.pk).delete()
    delete_dangling_recovery_codes(row.user)
    return row


def _own(actor: Actor, passkey_id: int) -> Authenticator:
    """A passkey of the actor, whose account is locked. Raises NotFound."""
    if not isinstance(actor, User):
        raise NotFound()
    person = User.objects.select_for_update().get(pk=actor.pk)
    row = Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN, pk=passkey_id).first()
    if row is None:
        raise NotFound()
    row.user = person
    return row


def _kept(credential: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored of a device's answer: what was read of it, and whether it remembers its owner; nothing else."""
    answer = json.loads(json.dumps(dict(RegistrationResponse.from_dict(credential))))
    remembers = ((credential.get("clientExtensionResults") or {}).get("credProps") or {}).get("rk")
    return {
        **{name: answer[name] for name in ("id", "rawId", "type")},
        "response": {name: answer["response"][name] for name in ("clientDataJSON", "attestationObject")},
        "clientExtensionResults": {} if remembers is None else {"credProps": {"rk": remembers is True}},
    }


def _set_up(user_id: int) -> str:
    return f"passkey-set-up:{user_id}"
