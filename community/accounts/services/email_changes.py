"""Another main address: the owner of the old one is told and can take it back for seven days."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.accounts.models import EmailChange, User
from community.accounts.selectors.alerts import undo_digest
from community.accounts.services.recovery import force_reset
from community.core import mail, outbox
from community.core.errors import Conflict, DomainError, NotFound
from community.core.transactions import retried
from community.facts.accounts import EmailChanged

UNDO_LASTS = timedelta(days=7)


class AddressGone(Conflict):
    """Meanwhile the old address belongs to another account."""

    message = gettext_lazy("This address belongs to another account now. Please write to us.")


@retried
def note_change(*, person: User, old: str, new: str) -> None:
    """The main address was changed: tells it on, and mails the old one a link that undoes it, once, for a week."""
    person = User.objects.select_related("profile").get(pk=person.pk)
    now, token = timezone.now(), secrets.token_urlsafe(32)
    EmailChange.objects.create(
        user=person, old=old, new=new, digest=undo_digest(token), created_at=now, expires_at=now + UNDO_LASTS
    )
    outbox.record(EmailChanged(user_id=person.pk), actor_id=person.pk)
    with translation.override(person.profile.language):
        url = f"{settings.PUBLIC_URL}{reverse('account_undo_email', args=[token])}"
        mail.send(
            recipient=old,
            subject=_("The e-mail address of your account was changed"),
            text=render_to_string("emails/email_changed.txt", {"old": old, "new": new, "url": url}),
            lane="security",
            purpose="email_changed",
            lasts=UNDO_LASTS,
        )


def undo_email_change(*, token: str) -> User:
    """Takes a change of address back, by the link from the mail, once; needs no sign-in.

    The account has its old address again and no longer those it was given since; every session, token and password
    ends, and a link to choose a new password is mailed to the old address. Raises NotFound for a link that is used,
    over or made up, or AddressGone.
    """
    found = _undo(token)
    if isinstance(found, DomainError):
        raise found
    return found


@retried
def _undo(token: str) -> User | DomainError:
    change = EmailChange.objects.filter(digest=undo_digest(token)).first()
    if change is None:
        return NotFound()
    person = User.objects.select_for_update().get(pk=change.user_id)
    change = EmailChange.objects.select_for_update().get(pk=change.pk)
    if not change.is_open():
        return NotFound()
    if not _restore(person, change):
        return AddressGone()
    force_reset(person=person)
    return person


@retried
def undo_latest(*, person: User, since: datetime) -> bool:
    """Undoes the change of address an alert of that moment told of; False when it cannot be undone any more."""
    rows = EmailChange.objects.select_for_update().filter(user=person, undone_at=None, expires_at__gt=timezone.now())
    change = rows.filter(created_at__lte=since).order_by("-created_at", "-pk").first()
    return change is not None and _restore(person, change)


def _restore(person: User, change: EmailChange) -> bool:
    taken = EmailAddress.objects.filter(email__iexact=change.old, verified=True).exclude(user=person).exists()
    if taken or User.objects.filter(email__iexact=change.old).exclude(pk=person.pk).exists():
        return False
    later = EmailChange.objects.filter(user=person, undone_at=None, created_at__gte=change.created_at)
    given = set(later.values_list("new", flat=True)) - {change.old}
    later.update(undone_at=timezone.now())
    addresses = EmailAddress.objects.filter(user=person)
    addresses.filter(Q(email__in=given)).delete()
    addresses.update(primary=False)
    EmailAddress.objects.update_or_create(user=person, email=change.old, defaults={"verified": True, "primary": True})
    person.email = change.old
    person.save(update_fields=["email", "updated_at"])
    outbox.record(EmailChanged(user_id=person.pk, undone=True), actor_id=person.pk)
    return True
