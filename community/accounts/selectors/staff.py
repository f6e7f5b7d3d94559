"""What staff see of accounts: all of them, one with its history, the audit log; and how far an account is trusted."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from community.accounts import permissions
from community.accounts.choices import EDITORS, Outcome, Role, Status
from community.accounts.models import Impersonation, LoginAttempt, StatusChange, User
from community.accounts.permissions import Actor
from community.accounts.selectors.second_factor import SecondFactor, second_factor_of
from community.accounts.selectors.sessions import SessionCard, list_sessions
from community.core.errors import NotAllowed, NotFound
from community.core.models import AuditEntry

#: Of each part of a history, the newest.
SHOWN = 50


def trust_level_of(person: User) -> int:
    """How far `person` is trusted, 0 to 4: as staff have fixed it, else what the account has reached; no query."""
    return person.trust


@dataclasses.dataclass(frozen=True)
class AccountRecord:
    """An account with its history, as far as the viewer may see it; what they may not is empty."""

    person: User
    trust: int
    editor: bool
    second_factor: SecondFactor
    addresses: Sequence[EmailAddress]
    status_changes: Sequence[StatusChange]
    attempts: Sequence[LoginAttempt]
    sessions: Sequence[SessionCard]
    audit: Sequence[AuditEntry]
    impersonations: Sequence[Impersonation]
    statuses: Sequence[Status]
    roles: Sequence[Role]
    can_help: bool
    can_impersonate: bool


def list_accounts(
    *, viewer: Actor, search: str = "", role: str = "", status: str = "", verified: bool | None = None
) -> QuerySet[User]:
    """All accounts with their profiles, by name: also those that nobody else sees. Raises NotAllowed.

    `search` looks into names, and for administrators into addresses.
    """
    if not permissions.can_list_people(viewer):
        raise NotAllowed()
    people = User.objects.select_related("profile").order_by("username", "pk")
    search = search.replace("\x00", "").strip().removeprefix("@")
    if search:
        found = Q(username__icontains=search) | Q(profile__display_name__icontains=search)
        people = people.filter(found | Q(email__icontains=search) if permissions.can_view_email(viewer) else found)
    if role:
        people = people.filter(role=role)
    if status:
        people = people.filter(status=status)
    return people if verified is None else people.filter(verified=verified)


def get_account(person_id: int, *, viewer: Actor) -> User:
    """The account, with profile, for staff. Raises NotAllowed before NotFound."""
    return _first(list_accounts(viewer=viewer).filter(pk=person_id))


def get_account_by_name(username: str, *, viewer: Actor) -> User:
    """The account of this name, in any letter case. Raises NotAllowed before NotFound."""
    return _first(list_accounts(viewer=viewer).filter(username__iexact=username[:60]))


def _first(people: QuerySet[User]) -> User:
    person = people.first()
    if person is None:
        raise NotFound()
    return person


def get_account_record(person: User, *, viewer: Actor) -> AccountRecord:
    """All that `viewer` may know of the account, in a fixed number of queries. Raises NotAllowed.

    Where somebody signs in from, and what the audit log says, is for administrators.
    """
    if not permissions.can_list_people(viewer):
        raise NotAllowed()
    admin = permissions.can_view_audit(viewer)
    attempts = LoginAttempt.objects.filter(user=person).exclude(outcome=Outcome.CHECKING).order_by("-attempted_at")
    seen = Impersonation.objects.filter(person=person).select_related("actor").order_by("-pk")
    about = list_audit(viewer=viewer).filter(target_kind="user", target_id=person.pk)[:SHOWN] if admin else []
    changes = StatusChange.objects.filter(user=person).select_related("actor").order_by("-changed_at", "-pk")
    return AccountRecord(
        person=person,
        trust=trust_level_of(person),
        editor=person.groups.filter(name=EDITORS).exists(),
        second_factor=second_factor_of(person),
        addresses=list(EmailAddress.objects.filter(user=person).order_by("-primary", "pk")) if admin else [],
        status_changes=list(changes[:SHOWN]),
        attempts=list(attempts[:SHOWN]) if admin else [],
        sessions=list_sessions(viewer=person, current_key=None)[:SHOWN] if admin else [],
        audit=list(about),
        impersonations=list(seen[:SHOWN]) if admin else [],
        statuses=[status for status in Status if _can_become(viewer, person, status)],
        roles=[role for role in Role if permissions.can_change_role(viewer, person, role)],
        can_help=permissions.can_help(viewer, person),
        can_impersonate=permissions.can_impersonate(viewer, person),
    )


def _can_become(viewer: Actor, person: User, status: Status) -> bool:
    return permissions.is_possible(person, status) and permissions.can_change_status(viewer, person, status)


def list_audit(*, viewer: Actor) -> QuerySet[Any]:
    """The audit log, the newest first, with the names of who did it and to whom. Raises NotAllowed."""
    if not permissions.can_view_audit(viewer):
        raise NotAllowed()
    actor = User.objects.filter(pk=OuterRef("actor_id")).values("username")
    target = User.objects.filter(pk=OuterRef("target_id")).values("username")
    return (
        AuditEntry.objects.select_related("detail")
        .annotate(actor_name=Subquery(actor), target_name=Subquery(target))
        .order_by("-pk")
    )


def find_impersonation(impersonation_id: object, *, session_key: str, back: str) -> Impersonation | None:
    """The sign-in as somebody else that this session is, while it lasts; one query.

    It is over with its hour, with the administrator's own session (`back`), and when one of the two is no longer who
    they were: the one an administrator, the other no staff.
    """
    if not isinstance(impersonation_id, int):
        return None
    living = Session.objects.filter(session_key=back, expire_date__gt=timezone.now())
    row = (
        Impersonation.objects.filter(Exists(living), pk=impersonation_id, session_key=session_key, ended_at=None)
        .filter(ends_at__gt=timezone.now())
        .select_related("actor", "person__profile")
        .first()
    )
    return row if row is not None and permissions.can_impersonate(row.actor, row.person) else None
