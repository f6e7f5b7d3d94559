"""What people may do with accounts, and whether an account may act at all."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.utils import timezone

from community.accounts.choices import CLOSED_STATUSES, EDITORS, TRANSITIONS, Role, Scope, Status
from community.accounts.models import Profile, StaffSafety, User
from community.core import sight
from community.core.errors import (
    AccountBanned,
    AccountSuspended,
    DomainError,
    EmailNotVerified,
    NotSignedIn,
    TermsNotAgreed,
)
from community.core.generations import SITE
from community.core.remembered import remembered

#: Where the answer of `asks_second_factor` is remembered.
SECOND_FACTOR_KEY = "accounts.staff-second-factor"

Actor = User | AnonymousUser | AbstractBaseUser | None


def is_person(actor: Actor) -> bool:
    """Is somebody signed in?"""
    return isinstance(actor, User) and actor.is_authenticated


def refusal_to_write(actor: Actor) -> DomainError | None:
    """Why `actor` may not write anything at all; None when they may."""
    if not isinstance(actor, User):
        return NotSignedIn()
    if actor.status == Status.PENDING_VERIFICATION and actor.trust == 0:
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


def asks_second_factor() -> bool:
    """Does the site ask its staff for a second factor: by the installation, or by the setting in the admin?"""
    return bool(settings.STAFF_SECOND_FACTOR) or remembered(("staff-second-factor",), (SITE,), _setting_asks)


def _setting_asks() -> bool:
    found = cache.get(SECOND_FACTOR_KEY)
    if found is None:
        found = StaffSafety.objects.filter(second_factor=True).exists()
        cache.set(SECOND_FACTOR_KEY, found, 60)
    return bool(found)


def lacks_second_factor(person: User) -> bool:
    """Does the site ask its staff for a second factor, and has `person` none?"""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return asks_second_factor() and not Authenticator.objects.filter(user=person, type__in=kinds).exists()


def is_moderator(actor: Actor) -> bool:
    """MODERATOR or ADMIN."""
    return has_role(actor, Role.MODERATOR)


def can_view_profile(viewer: Actor, owner: User) -> bool:
    """Public profiles: everybody but whom a block parts. Others: the owner, moderators, some the followers.

    What moderators have hidden: its owner and they. Closed accounts: moderators only. One query where another person
    is signed in.
    """
    if is_moderator(viewer):
        return True
    if owner.status in CLOSED_STATUSES:
        return False
    if isinstance(viewer, User) and viewer.pk == owner.pk:
        return True
    return is_open_to(viewer, owner) and not sight.are_parted(viewer, owner.pk)


def is_open_to(viewer: Actor, owner: User) -> bool:
    """Does `owner` show the profile to somebody like `viewer`? Blocks and staff apart; a query for followers only."""
    if owner.profile.hidden_at is not None:
        return False
    if owner.profile.visibility == Profile.Visibility.FOLLOWERS:
        return sight.is_follower(viewer, owner.pk)
    return owner.profile.visibility == Profile.Visibility.PUBLIC


def can_change_profile(actor: Actor, owner: User) -> bool:
    """The owner."""
    return isinstance(actor, User) and actor.pk == owner.pk and can_write(actor)


def outranks(actor: Actor, person: User) -> bool:
    """Is `actor` at work here and above `person`? Nobody is above themselves or their equals."""
    return isinstance(actor, User) and is_moderator(actor) and actor.pk != person.pk and actor.rank > person.rank


def can_hide_profile(actor: Actor, person: User) -> bool:
    """Moderators take out of sight what people below them say of themselves, and bring it back."""
    return can_write(actor) and outranks(actor, person)


def can_leave(actor: Actor) -> bool:
    """Whoever can sign in may take their data home and have their account deleted: also while it is suspended."""
    return isinstance(actor, User) and actor.status not in CLOSED_STATUSES


def can_change_role(actor: Actor, person: User, role: Role) -> bool:
    """ADMIN, for people below them, up to their own role; also tick, editors and trust."""
    return has_role(actor, Role.ADMIN) and outranks(actor, person) and role.rank <= actor.rank  # type: ignore[union-attr]


def can_help(actor: Actor, person: User) -> bool:
    """ADMIN, for people below them: closing sessions, lifting locks, reminding."""
    return has_role(actor, Role.ADMIN) and outranks(actor, person)


def can_list_people(viewer: Actor) -> bool:
    """Moderators and administrators."""
    return is_moderator(viewer)


def can_view_email(viewer: Actor) -> bool:
    """ADMIN: the addresses of others."""
    return has_role(viewer, Role.ADMIN)


def can_view_audit(viewer: Actor) -> bool:
    """ADMIN."""
    return has_role(viewer, Role.ADMIN)


def can_impersonate(actor: Actor, person: User) -> bool:
    """ADMIN, as somebody who is no staff and whose account is open."""
    return can_help(actor, person) and not is_staff(person) and person.status not in CLOSED_STATUSES


def is_staff(person: User) -> bool:
    """Moderators, administrators, editors and superusers; one query for all others."""
    if person.is_superuser or person.is_staff or person.has_role(Role.MODERATOR):
        return True
    return person.groups.filter(name=EDITORS).exists()


def can_grant_scope(actor: Actor, scope: Scope) -> bool:
    """Who may write gives programs any scope but `admin`, which is for those who administer."""
    return can_write(actor) and (scope != Scope.ADMIN or has_role(actor, Role.ADMIN))


def can_manage_joining(actor: Actor) -> bool:
    """ADMIN says who may join, and invites."""
    return has_role(actor, Role.ADMIN)


def can_change_status(actor: Actor, person: User, status: Status) -> bool:
    """Moderators suspend and ban below their own rank, and end suspensions; ADMIN also lifts bans and closes for good.

    Nobody but the owner confirms an address.
    """
    if not outranks(actor, person) or (person.status == Status.PENDING_VERIFICATION and status == Status.ACTIVE):
        return False
    needs_admin = status == Status.DELETED or person.status == Status.BANNED
    return has_role(actor, Role.ADMIN) or not needs_admin


def is_possible(person: User, status: Status) -> bool:
    """Is there a way from the status of `person` to this one at all?"""
    return status in TRANSITIONS[person.status]
