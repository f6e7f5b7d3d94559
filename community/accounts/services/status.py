"""Statuses of accounts: changed by staff, and suspensions that end by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts import permissions
from community.accounts.choices import CLOSED_STATUSES, TRANSITIONS, Role, Status
from community.accounts.models import StatusChange, User
from community.accounts.permissions import Actor
from community.accounts.services.sessions import close_sessions
from community.core import audit, outbox
from community.core.errors import Conflict, Invalid, NotAllowed
from community.core.text import has_visible, tidy
from community.core.transactions import retried
from community.facts.accounts import UserStatusChanged

SUSPENSION = timedelta(days=7)
MOST_DAYS = 3650
MOST_REASON = 1000

STATUS_CHANGED = audit.declare("user.status_changed", _("status changed"))


class TransitionRefused(Conflict):
    """The account cannot go from its status to the one asked for."""

    message = _("This account cannot be changed in that way.")


class LastAdministrator(Conflict):
    """Without this person nobody could administer the site."""

    message = _("This is the last administrator. Please appoint another one first.")


def checked_reason(*, reason: str) -> str:
    """The reason as it is kept. Raises Invalid without one: whoever acts upon others says why."""
    reason = tidy(reason).strip()
    if not has_visible(reason):
        raise Invalid(fields={"reason": _("Please say why.")})
    if len(reason) > MOST_REASON:
        raise Invalid(fields={"reason": _("At most 1,000 characters, please.")})
    return reason


def require_version(*, person: User, version: int | None) -> None:
    """Raises Conflict when the account, which is locked, has changed since `version`."""
    if version is not None and version != person.version:
        raise Conflict(details={"currentVersion": person.version})


def keep_an_administrator(*, person: User) -> None:
    """Raises LastAdministrator when nobody else with this role could act; at the same moment only one is let through.

    Call it before anything else is locked.
    """
    if not User.objects.filter(pk=person.pk, role=Role.ADMIN).exists():
        return
    admins = User.objects.select_for_update().filter(role=Role.ADMIN, status=Status.ACTIVE).order_by("pk")
    ids = [admin.pk for admin in admins]
    if person.pk in ids and len(ids) == 1:
        raise LastAdministrator()


def _end_of(status: Status, until: datetime | None, days: int | None) -> datetime | None:
    if status != Status.SUSPENDED:
        return None
    now = timezone.now()
    if days is not None:
        if not 1 <= days <= MOST_DAYS:
            raise Invalid(fields={"days": _("Between 1 and 3,650 days, please.")})
        return now + timedelta(days=days)
    return until or now + SUSPENSION


@retried
def change_status(
    *,
    actor: Actor,
    person: User,
    status: Status,
    reason: str = "",
    until: datetime | None = None,
    days: int | None = None,
    version: int | None = None,
    system: bool = False,
) -> User:
    """Moves an account to another status along the allowed transitions; who did it and why is recorded.

    A suspension lasts until `until`, or for `days`, else for a week. Who is suspended or whose account is closed loses
    every session and token at once. `system` is the site itself (a confirmed address, the end of a suspension): it
    needs no permission and no reason. `version` is the one the change was made from.
    Raises NotAllowed, Conflict for an old version, TransitionRefused when there is no such way, LastAdministrator, or
    Invalid.
    """
    ends = _end_of(status, until, days)
    if not system and not permissions.can_change_status(actor, person, status):
        raise NotAllowed()
    if not system and status != Status.ACTIVE:
        keep_an_administrator(person=person)
    person = User.objects.select_for_update().get(pk=person.pk)
    if not system:
        if not permissions.can_change_status(actor, person, status):
            raise NotAllowed()
        require_version(person=person, version=version)
        reason = checked_reason(reason=reason)
    if status not in TRANSITIONS[person.status]:
        raise TransitionRefused()
    old = person.status
    person.status = status
    person.is_active = status not in CLOSED_STATUSES
    person.suspended_until = ends
    person.version += 1
    person.save(update_fields=["status", "is_active", "suspended_until", "version", "updated_at"])
    actor_id = actor.pk if isinstance(actor, User) else None
    reason = tidy(reason)[:MOST_REASON]
    StatusChange.objects.create(user=person, old=old, new=status, reason=reason, actor_id=actor_id, until=ends)
    outbox.record(UserStatusChanged(user_id=person.pk, old=old, new=status), actor_id=actor_id)
    if status in CLOSED_STATUSES or status == Status.SUSPENDED:
        close_sessions(person=person, tokens=True)
    if system and status == Status.ACTIVE:  # nobody's act: an address was confirmed, a suspension was over
        return person
    audit.record(
        actor=actor if isinstance(actor, User) else None,
        act=STATUS_CHANGED,
        target_kind="user",
        target_id=person.pk,
        before={"status": old},
        after={"status": status, "until": ends} if ends else {"status": status},
        reason=reason,
    )
    return person


def end_suspension_if_over(*, person: User) -> User:
    """`person`, active again when the time of a suspension is over; nobody else costs a query."""
    if person.status != Status.SUSPENDED or person.suspended_until is None:
        return person
    if person.suspended_until > timezone.now():
        return person
    _end(person.pk)
    return User.objects.select_related("profile").get(pk=person.pk)


def end_suspensions() -> int:
    """Ends every suspension whose time is over; answers how many."""
    over = User.objects.filter(status=Status.SUSPENDED, suspended_until__lte=timezone.now())
    return sum(_end(person_id) for person_id in over.order_by("pk").values_list("pk", flat=True))


@retried
def _end(person_id: int) -> bool:
    # Somebody may have suspended the person anew meanwhile.
    person = User.objects.select_for_update().get(pk=person_id)
    if person.status != Status.SUSPENDED or person.suspended_until is None or person.suspended_until > timezone.now():
        return False
    change_status(actor=None, person=person, status=Status.ACTIVE, system=True)
    return True
