"""Signing in as somebody else: who, as whom, why and for how long; what it opens is for the middleware to say."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts import permissions
from community.accounts.models import Impersonation, User
from community.accounts.permissions import Actor
from community.accounts.services.status import checked_reason
from community.core import audit
from community.core.errors import NotAllowed
from community.core.transactions import retried

#: In such a session: which row it is, and the key of the administrator's own session.
IMPERSONATION = "accounts.impersonation"
IMPERSONATION_LASTS = timedelta(minutes=60)

BEGAN = audit.declare("user.impersonation_began", _("signed in as somebody else"))
ENDED = audit.declare("user.impersonation_ended", _("no longer signed in as somebody else"))


@retried
def begin_impersonation(*, actor: Actor, person: User, reason: str, back: str) -> Impersonation:
    """Lets an administrator see the site as `person` for at most an hour, in a session made for it.

    `back` is the key of their own session, which waits. The person has not signed in by it: neither the history nor
    the list of sessions nor an alert tells of it. Raises NotAllowed (nobody signs in as staff, or as an account that
    is closed), or Invalid without a reason.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    if not isinstance(actor, User) or not permissions.can_impersonate(actor, person):
        raise NotAllowed()
    reason = checked_reason(reason=reason)
    now = timezone.now()
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session.create()
    row = Impersonation.objects.create(
        actor=actor,
        person=person,
        reason=reason,
        session_key=session.session_key,
        began_at=now,
        ends_at=now + IMPERSONATION_LASTS,
    )
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session[IMPERSONATION] = {"id": row.pk, "back": back}
    session.set_expiry(int(IMPERSONATION_LASTS.total_seconds()))
    session.save()
    audit.record(
        actor=actor,
        act=BEGAN,
        target_kind="user",
        target_id=person.pk,
        after={"impersonation": row.pk, "until": row.ends_at},
        reason=reason,
    )
    return row


@retried
def end_impersonation(*, impersonation_id: int) -> bool:
    """Ends it, with its session; answers whether it had not ended before."""
    row = Impersonation.objects.select_for_update().select_related("actor").filter(pk=impersonation_id).first()
    if row is None or row.ended_at is not None:
        return False
    Session.objects.filter(session_key=row.session_key).delete()
    row.session_key, row.ended_at = "", timezone.now()
    row.save(update_fields=["session_key", "ended_at"])
    audit.record(
        actor=row.actor, act=ENDED, target_kind="user", target_id=row.person_id, after={"impersonation": row.pk}
    )
    return True


def end_impersonations() -> int:
    """Ends all whose time is over; answers how many."""
    over = Impersonation.objects.filter(ended_at=None, ends_at__lte=timezone.now())
    return sum(end_impersonation(impersonation_id=pk) for pk in over.order_by("pk").values_list("pk", flat=True))
