"""Asking for one's account to go, and coming back in time."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from community.accounts import permissions, selectors
from community.accounts.models import DeletionRequest, User
from community.accounts.permissions import Actor
from community.accounts.services.notices import tell
from community.accounts.services.sessions import close_sessions
from community.accounts.services.status import LastAdministrator
from community.core import outbox
from community.core.errors import NotAllowed, NotFound
from community.core.transactions import retried
from community.facts.accounts import DeletionRequested, DeletionUndone

GRACE = timedelta(days=14)


@retried
def request_deletion(*, actor: Actor, with_content: bool = False, session_key: str | None = None) -> DeletionRequest:
    """The account of `actor` goes in 14 days, unless they sign in before; all sessions but this one end.

    Suspended people may, and those whose address is not confirmed. Who asks again only says anew whether what they
    published goes as well; the day stays. Raises NotAllowed or LastAdministrator.
    """
    if not permissions.can_leave(actor) or not isinstance(actor, User):
        raise NotAllowed()
    person = User.objects.select_for_update(of=("self",)).select_related("profile").get(pk=actor.pk)
    if selectors.is_last_administrator(person):
        raise LastAdministrator()
    wanted, is_new = DeletionRequest.objects.get_or_create(
        user=person, defaults={"due_at": timezone.now() + GRACE, "with_content": with_content}
    )
    if not is_new:
        wanted.with_content = with_content
        wanted.save(update_fields=["with_content"])
        return wanted
    close_sessions(person=person, except_key=session_key)
    outbox.record(DeletionRequested(user_id=person.pk), actor_id=person.pk)
    tell(
        person=person,
        purpose="deletion_requested",
        values={"due_at": wanted.due_at, "sign_in_url": f"{settings.PUBLIC_URL}/account/login/"},
    )
    return wanted


@retried
def undo_deletion(*, person: User) -> bool:
    """The account stays; False when it was not to go, or is going already."""
    if not DeletionRequest.objects.filter(user_id=person.pk, begun_at=None).delete()[0]:
        return False
    outbox.record(DeletionUndone(user_id=person.pk), actor_id=person.pk)
    tell(person=person, purpose="deletion_undone", values={"url": f"{settings.PUBLIC_URL}/account/delete/"})
    return True


def keep_account(*, actor: Actor) -> None:
    """What `undo_deletion` does, for whoever asks for it. Raises NotFound when nothing is to be undone."""
    if not isinstance(actor, User) or not undo_deletion(person=actor):
        raise NotFound()
