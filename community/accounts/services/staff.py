"""What staff do for and with the accounts of others: standing, sessions, locks, a reminder; always with a reason."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community.accounts import permissions
from community.accounts.choices import EDITORS, Role, Status
from community.accounts.models import User
from community.accounts.permissions import Actor
from community.accounts.services.locks import lift_locks
from community.accounts.services.sessions import close_sessions
from community.accounts.services.status import (
    change_status,
    checked_reason,
    keep_an_administrator,
    require_version,
)
from community.core import audit, limits, mail, outbox
from community.core.errors import Conflict, Invalid, NotAllowed
from community.core.transactions import retried
from community.facts.accounts import UserUpdated

STANDING_CHANGED = audit.declare("user.standing_changed", _("role or standing changed"))
SESSIONS_CLOSED = audit.declare("user.sessions_closed", _("sessions closed"))
LOCKS_LIFTED = audit.declare("user.locks_lifted", _("sign-in locks lifted"))
REMINDED = audit.declare("user.reminded_to_confirm", _("reminded to confirm the address"))
HIGHEST_TRUST = 4


class NothingToConfirm(Conflict):
    """The account does not wait for its address to be confirmed."""

    message = _("This address needs no confirmation.")


@retried
def change_standing(*, actor: Actor, person: User, reason: str, version: int | None = None, **wanted: Any) -> User:
    """Gives a person another `role`, the tick (`verified`), a place among the `editor`s, or a level of trust.

    `trust` is 0 to 4 and stands above what the account has reached; None leaves it to that. What is not named stays.
    Groups follow the role; everything holds from the next request on. Raises NotAllowed, LastAdministrator, Invalid.
    """
    unknown = set(wanted) - {"role", "verified", "editor", "trust"}
    if unknown:
        raise Invalid(fields=dict.fromkeys(sorted(unknown), _("There is no such field.")))
    if "role" in wanted and wanted["role"] not in Role.values:
        raise Invalid(fields={"role": _("There is no such role.")})
    trust = wanted.get("trust")
    if trust is not None and not 0 <= trust <= HIGHEST_TRUST:
        raise Invalid(fields={"trust": _("Between 0 and 4, please.")})
    if not permissions.can_change_role(actor, person, Role(wanted.get("role", person.role))):
        raise NotAllowed()
    if "role" in wanted and wanted["role"] != Role.ADMIN:
        keep_an_administrator(person=person)
    person = User.objects.select_for_update().get(pk=person.pk)
    if not permissions.can_change_role(actor, person, Role(wanted.get("role", person.role))):
        raise NotAllowed()
    require_version(person=person, version=version)
    reason = checked_reason(reason=reason)
    before = {
        "role": person.role,
        "verified": person.verified,
        "editor": person.groups.filter(name=EDITORS).exists(),
        "trust": person.trust_fixed,
    }
    changed = sorted(name for name, value in wanted.items() if before[name] != value)
    if not changed:
        return person
    _write_standing(person, {name: wanted[name] for name in changed})
    actor_id = actor.pk if isinstance(actor, User) else None
    outbox.record(UserUpdated(user_id=person.pk, changed=changed), actor_id=actor_id)
    audit.record(
        actor=actor,
        act=STANDING_CHANGED,
        target_kind="user",
        target_id=person.pk,
        before={name: before[name] for name in changed},
        after={name: wanted[name] for name in changed},
        reason=reason,
    )
    return person


def _write_standing(person: User, values: dict[str, Any]) -> None:
    """Writes what changed; the receiver puts the groups of roles in step."""
    fields = {"role": "role", "verified": "verified", "trust": "trust_fixed"}
    for name, column in fields.items():
        if name in values:
            setattr(person, column, values[name])
    person.version += 1
    touched = [column for name, column in fields.items() if name in values]
    person.save(update_fields=[*touched, "version", "updated_at"])
    if "editor" in values:
        editors, _made = Group.objects.get_or_create(name=EDITORS)
        (person.groups.add if values["editor"] else person.groups.remove)(editors)


def change_role(*, actor: Actor, person: User, role: Role, reason: str) -> User:
    """Gives a person another role. Raises NotAllowed, LastAdministrator, Invalid."""
    return change_standing(actor=actor, person=person, role=role, reason=reason)


def erase_person(*, actor: Actor, person: User, reason: str) -> User:
    """Closes an account for good; the next run erases what is held about the person.

    Raises NotAllowed, TransitionRefused, LastAdministrator, Invalid.
    """
    return change_status(actor=actor, person=person, status=Status.DELETED, reason=reason)


@retried
def close_sessions_of(*, actor: Actor, person: User, reason: str) -> int:
    """Ends every session and token of somebody else; answers how many sessions. Raises NotAllowed, Invalid."""
    reason = _may_help(actor, person, reason)
    closed = close_sessions(person=person, tokens=True)
    _note(actor, SESSIONS_CLOSED, person, reason, {"sessions": closed})
    return closed


@retried
def lift_locks_of(*, actor: Actor, person: User, reason: str) -> None:
    """Opens an account again after too many wrong passwords. Raises NotAllowed, Invalid."""
    reason = _may_help(actor, person, reason)
    lift_locks(user=person)
    _note(actor, LOCKS_LIFTED, person, reason, {})


@retried
def remind_to_confirm(*, actor: Actor, person: User, reason: str) -> None:
    """Mails a waiting person the way to a new code. Raises NotAllowed, NothingToConfirm, TooMany, Invalid."""
    reason = _may_help(actor, person, reason)
    if person.status != Status.PENDING_VERIFICATION:
        raise NothingToConfirm()
    limits.guard("auth-start-account", f"email:{person.email.lower()}")
    with translation.override(person.profile.language):
        mail.send(
            recipient=person.email,
            subject=gettext("Please confirm your e-mail address"),
            text=gettext(
                "Hello {name},\n\nyour account at {site} waits for your e-mail address to be confirmed. "
                "Please sign in and ask for a code:\n\n{address}"
            ).format(
                name=person.username, site=settings.WAGTAIL_SITE_NAME, address=f"{settings.PUBLIC_URL}/account/email/"
            ),
            lane="security",
            purpose="reminder_to_confirm",
        )
    _note(actor, REMINDED, person, reason, {})


def _may_help(actor: Actor, person: User, reason: str) -> str:
    if not permissions.can_help(actor, person):
        raise NotAllowed()
    return checked_reason(reason=reason)


def _note(actor: Actor, act: str, person: User, reason: str, after: dict[str, Any]) -> None:
    audit.record(actor=actor, act=act, target_kind="user", target_id=person.pk, after=after, reason=reason)
