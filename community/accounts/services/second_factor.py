"""The second factor: codes of an app, each taken once, and recovery codes, of which only hashes are kept."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
import secrets
import time
from datetime import timedelta

import pyotp
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community.accounts import permissions
from community.accounts.choices import AlertKind
from community.accounts.models import User
from community.accounts.permissions import Actor
from community.accounts.services.alerts import raise_alert
from community.core import encryption
from community.core.errors import Conflict, Invalid
from community.core.transactions import retried

STEP_SECONDS = 30
SET_UP_LASTS = timedelta(minutes=10)
#: Steps before and after the present one whose code is taken: clocks differ (RFC 6238, section 5.2).
TOLERANCE = 1
CODES = 10
CODE_LETTERS = 8
#: Letters and digits that are not taken for each other.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
#: scrypt with 16 MiB: whoever has the table and the keys still pays for each guess.
_COST = {"n": 2**14, "r": 8, "p": 1}


class WrongCode(Invalid):
    """The code is not one of now."""

    message = _("This code is not right.")


class SetUpOver(Invalid):
    """The set-up took too long, or is somebody else's."""

    message = _("The set-up took too long. Please begin again.")


class HasAlready(Conflict):
    """One app is enough."""

    message = _("An app is set up already.")


def matching_step(*, secret: str, code: str, after: int = -1) -> int | None:
    """The time step whose code `code` is, within the tolerance and later than step `after`; None without one."""
    code = code.strip().replace(" ", "")
    now = int(time.time()) // STEP_SECONDS
    otp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    found = None
    for step in range(now - TOLERANCE, now + TOLERANCE + 1):
        if hmac.compare_digest(otp.generate_otp(step).encode(), code.encode()) and step > after:
            found = step
    return found


@dataclasses.dataclass(frozen=True)
class SetUp:
    """An app that is being set up: what it must know, and the token with which its first code is sent."""

    secret: str
    token: str


def begin_totp(*, actor: Actor) -> SetUp:
    """A new secret for an app; nothing is stored until `finish_totp`. Raises the reason why not."""
    person = permissions.require_writer(actor)
    secret = pyotp.random_base32(32)
    return SetUp(secret, encryption.encrypt(secret, purpose=_set_up(person.pk)))


@retried
def finish_totp(*, actor: Actor, token: str, code: str) -> tuple[Authenticator, list[str]]:
    """Turns the app on, whose code is used up; with the recovery codes when they are new.

    Raises SetUpOver, WrongCode, or HasAlready.
    """
    person = permissions.require_writer(actor)
    try:
        secret = encryption.decrypt(token, purpose=_set_up(person.pk), lasts=SET_UP_LASTS)
    except encryption.UnreadableError as error:
        raise SetUpOver() from error
    User.objects.select_for_update().get(pk=person.pk)
    kinds = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    if Authenticator.Type.TOTP in kinds:
        raise HasAlready()
    step = matching_step(secret=secret, code=code)
    if step is None:
        raise WrongCode(fields={"code": WrongCode.message})
    row = set_up_totp(person=person, secret=secret, accepted_step=step)
    return row, [] if Authenticator.Type.RECOVERY_CODES in kinds else make_recovery_codes(person=person)[1]


def set_up_totp(*, person: User, secret: str, accepted_step: int | None = None) -> Authenticator:
    """Gives `person` an app as second factor; the code of `accepted_step`, which proved it, is used up."""
    return Authenticator.objects.create(
        user=person,
        type=Authenticator.Type.TOTP,
        data={
            "secret": encryption.encrypt(secret, purpose=_totp(person.pk)),
            "last_step": -1 if accepted_step is None else accepted_step,
        },
    )


@transaction.atomic
def take_totp_code(*, authenticator: Authenticator, code: str) -> bool:
    """Is `code` one of the app's that was not taken before? It is used up then, and all before it."""
    row = Authenticator.objects.select_for_update().filter(pk=authenticator.pk).first()
    if row is None:
        return False
    secret = encryption.decrypt(row.data["secret"], purpose=_totp(row.user_id))
    step = matching_step(secret=secret, code=code, after=row.data["last_step"])
    if step is None:
        return False
    row.data["last_step"] = step
    row.save(update_fields=["data"])
    authenticator.data = row.data
    return True


@transaction.atomic
def make_recovery_codes(*, person: User) -> tuple[Authenticator, list[str]]:
    """A new set in place of any other: its row, and the codes themselves, which nobody can read again."""
    User.objects.select_for_update().get(pk=person.pk)
    Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes = sorted({_new_code() for _ in range(CODES)})
    while len(codes) < CODES:
        codes = sorted({*codes, _new_code()})
    secrets.SystemRandom().shuffle(codes)
    salt = secrets.token_hex(16)
    hashes = [_hashed(_bare(code), salt) for code in codes]
    row = Authenticator.objects.create(
        user=person,
        type=Authenticator.Type.RECOVERY_CODES,
        data={"salt": salt, "hashes": _sealed(hashes, person.pk), "left": len(hashes)},
    )
    return row, codes


@transaction.atomic
def take_recovery_code(*, authenticator: Authenticator, code: str) -> bool:
    """Is `code` one of the set that was not taken before? It is gone then."""
    bare = _bare(code)
    if len(bare) != CODE_LETTERS or not set(bare) <= set(ALPHABET):
        return False
    row = Authenticator.objects.select_for_update().filter(pk=authenticator.pk).first()
    if row is None:
        return False
    hashes = json.loads(encryption.decrypt(row.data["hashes"], purpose=_recovery(row.user_id)))
    given = _hashed(bare, row.data["salt"])
    left = [each for each in hashes if not hmac.compare_digest(each, given)]
    if len(left) == len(hashes):
        return False
    row.data |= {"hashes": _sealed(left, row.user_id), "left": len(left)}
    row.save(update_fields=["data"])
    authenticator.data = row.data
    raise_alert(person=row.user, kind=AlertKind.BACKUP_CODE_USED, cause=f"{row.pk} {len(left)}")
    return True


def alert_of_second_factor(*, user_id: int, on: bool, kind: str, row_id: int) -> None:
    """A second factor came or went by whichever door: warns the person when that turns it on or off as a whole.

    The app's coming and going always counts, a passkey's when there is nothing beside it.
    """
    person = User.objects.filter(pk=user_id).first()
    if person is None or kind not in {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}:
        return
    beside = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
    if kind == Authenticator.Type.WEBAUTHN and beside.exclude(pk=row_id).exists():
        return
    raise_alert(person=person, kind=AlertKind.TWO_FACTOR_ENABLED if on else AlertKind.TWO_FACTOR_DISABLED, cause=row_id)


def rotate_second_factors() -> int:
    """Brings all secrets of second factors under the newest key; how many there are."""
    number = 0
    own = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "hashes"}
    for pk in list(Authenticator.objects.filter(type__in=own).values_list("pk", flat=True)):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if row is None:
                continue
            name = own[Authenticator.Type(row.type)]
            row.data[name] = encryption.rotated(row.data[name])
            row.save(update_fields=["data"])
            number += 1
    return number


def _new_code() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LETTERS))
    return f"{letters[:4]}-{letters[4:]}"


def _bare(code: str) -> str:
    return code.upper().replace("-", "").replace(" ", "").strip()


def _hashed(bare: str, salt: str) -> str:
    return hashlib.scrypt(bare.encode(), salt=bytes.fromhex(salt), **_COST).hex()


def _sealed(hashes: list[str], user_id: int) -> str:
    return encryption.encrypt(json.dumps(hashes), purpose=_recovery(user_id))


def _set_up(user_id: int) -> str:
    return f"totp-set-up:{user_id}"


def _totp(user_id: int) -> str:
    return f"totp:{user_id}"


def _recovery(user_id: int) -> str:
    return f"recovery:{user_id}"
