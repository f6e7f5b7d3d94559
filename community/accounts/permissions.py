"""What people may do with accounts, and whether an account may act at all."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from community.accounts.choices import CLOSED_STATUSES, Role, Scope, Status
from community.accounts.models import Profile, User
from community.core.errors import (
    AccountBanned,
    AccountSuspended,
    DomainError,
    EmailNotVerified,
    NotSignedIn,
    TermsNotAgreed,
)

Actor = User | AnonymousUser | AbstractBaseUser | None


def is_person(actor: Actor) -> bool:
    """Is somebody signed in?"""
    return isinstance(actor, User) and actor.is_authenticated


def refusal_to_write(actor: Actor) -> DomainError | None:
    """Why `actor` may not write anything at all; None when they may."""
    if not isinstance(actor, User):
        return NotSignedIn()
    if actor.status == Status.PENDING_VERIFICATION:
        return EmailNotVerified()
    if actor.status == Status.SUSPENDED:
        return AccountSuspended(details={"until": actor.suspended_until.isoformat() if actor.suspended_until else None})
    if actor.status in CLOSED_STATUSES:
        return AccountBanned()
    if lacks_agreement(actor):
        return TermsNotAgreed(fields={"agree_to_terms": TermsNotAgreed.message})
    return None


def lacks_agreement(actor: Actor) -> bool:
    """Is somebody signed in who has not agreed to the terms that hold now? No query."""
    return isinstance(actor, User) and bool(settings.TERMS_VERSION) and actor.terms_version != settings.TERMS_VERSION


def is_suspended(actor: Actor) -> bool:
    """Is the account suspended, and the time of it not over?"""
    if not isinstance(actor, User) or actor.status != Status.SUSPENDED:
        return False
    return actor.suspended_until is None or actor.suspended_until > timezone.now()


def can_write(actor: Actor) -> bool:
    """May `actor` write anything: signed in, confirmed, neither suspended nor banned?"""
    return refusal_to_write(actor) is None


def require_writer(actor: Actor) -> User:
    """`actor` as the User who may write; raises the reason otherwise."""
    refusal = refusal_to_write(actor)
    if refusal is not None:
        raise refusal
    assert isinstance(actor, User)  # noqa: S101 - refusal_to_write has made sure
    return actor


def has_role(actor: Actor, role: Role) -> bool:
    """Is `actor` signed in, able to act, and of `role` or above?"""
    if not isinstance(actor, User) or actor.status != Status.ACTIVE or not actor.has_role(role):
        return False
    return not role.at_least(Role.MODERATOR) or not lacks_second_factor(actor)


def lacks_second_factor(person: User) -> bool:
    """Does the site ask its staff for a second factor, and has `person` none? No query where it does not ask."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return settings.STAFF_SECOND_FACTOR and not Authenticator.objects.filter(user=person, type__in=kinds).exists()


def is_moderator(actor: Actor) -> bool:
    """MODERATOR or ADMIN."""
    return has_role(actor, Role.MODERATOR)


def can_view_profile(viewer: Actor, owner: User) -> bool:
    """Public profiles: everybody. Others: the owner and moderators. Closed accounts: moderators only."""
    if is_moderator(viewer):
        return True
    if owner.status in CLOSED_STATUSES:
        return False
    if isinstance(viewer, User) and viewer.pk == owner.pk:
        return True
    return owner.profile.visibility == Profile.Visibility.PUBLIC


def can_change_profile(actor: Actor, owner: User) -> bool:
    """The owner."""
    return isinstance(actor, User) and actor.pk == owner.pk and can_write(actor)


def can_leave(actor: Actor) -> bool:
    """Whoever can sign in may take their data home and have their account deleted: also while it is suspended."""
    return isinstance(actor, User) and actor.status not in CLOSED_STATUSES


def can_erase_person(actor: Actor, person: User) -> bool:
    """ADMIN, and only people who are banned: everybody else decides that themselves."""
    return has_role(actor, Role.ADMIN) and person.status == Status.BANNED


def can_change_role(actor: Actor, person: User, role: Role) -> bool:
    """ADMIN, and nobody changes their own role."""
    return has_role(actor, Role.ADMIN) and isinstance(actor, User) and actor.pk != person.pk


def can_grant_scope(actor: Actor, scope: Scope) -> bool:
    """Who may write gives programs any scope but `admin`, which is for those who administer."""
    return can_write(actor) and (scope != Scope.ADMIN or has_role(actor, Role.ADMIN))


def can_manage_joining(actor: Actor) -> bool:
    """ADMIN says who may join, and invites."""
    return has_role(actor, Role.ADMIN)


def can_change_status(actor: Actor, person: User) -> bool:
    """Moderators below their own rank, ADMIN anybody else."""
    if not isinstance(actor, User) or not is_moderator(actor) or actor.pk == person.pk:
        return False
    return has_role(actor, Role.ADMIN) or Role(person.role).rank < Role(actor.role).rank
