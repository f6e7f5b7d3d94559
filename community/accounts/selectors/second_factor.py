"""What somebody has set up as a second factor."""

from __future__ import annotations

import dataclasses

from allauth.mfa.models import Authenticator

from community.accounts import permissions
from community.accounts.models import User


@dataclasses.dataclass(frozen=True)
class SecondFactor:
    """Which second factors a person has; nothing secret."""

    totp: bool
    passkeys: int
    recovery_codes_left: int

    @property
    def enabled(self) -> bool:
        """Does signing in with the password ask for more? Recovery codes alone do not count."""
        return self.totp or self.passkeys > 0


def second_factor_of(person: User) -> SecondFactor:
    """The second factors of `person`; one query."""
    rows = list(Authenticator.objects.filter(user_id=person.pk).values_list("type", "data__left"))
    kinds = [kind for kind, _left in rows]
    return SecondFactor(
        totp=Authenticator.Type.TOTP in kinds,
        passkeys=kinds.count(Authenticator.Type.WEBAUTHN),
        recovery_codes_left=sum(left or 0 for kind, left in rows if kind == Authenticator.Type.RECOVERY_CODES),
    )


def find_totp(person: User) -> Authenticator | None:
    """The app of `person`, if there is one."""
    return Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.TOTP).first()


def list_passkeys(person: User) -> list[Authenticator]:
    """The passkeys of `person`, oldest first."""
    return list(Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.WEBAUTHN).order_by("pk"))


def turns_off(person: User, going: list[Authenticator]) -> bool:
    """Is no second factor left without those of `going`? The app's going always counts as that."""
    factor = second_factor_of(person)
    app_goes = any(each.type == Authenticator.Type.TOTP for each in going)
    return app_goes or (not factor.totp and factor.passkeys <= len(going))


def lacks_second_factor(person: User) -> bool:
    """Is `person` one of the staff (moderators, administrators, editors) without the second factor they need?"""
    return permissions.asks_second_factor() and permissions.is_staff(person) and permissions.lacks_second_factor(person)
