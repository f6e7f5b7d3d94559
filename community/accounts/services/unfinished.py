"""Accounts, codes and names of registrations that nobody finished."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from community.accounts.choices import Role, Status
from community.accounts.models import CodeChallenge, NameReservation, User

UNVERIFIED_KEPT = timedelta(days=7)


def forget_unfinished() -> int:
    """Deletes accounts whose address nobody confirmed for a week, old codes and names; answers how many accounts.

    Imported people have no way to sign in and stay.
    """
    now = timezone.now()
    CodeChallenge.objects.filter(expires_at__lte=now - timedelta(days=1)).delete()
    NameReservation.objects.filter(reserved_until__lte=now).delete()
    waiting = User.objects.filter(
        status=Status.PENDING_VERIFICATION, role=Role.USER, is_superuser=False, created_at__lte=now - UNVERIFIED_KEPT
    )
    waiting = waiting.exclude(password__startswith="!", socialaccount=None)  # noqa: S106
    waiting = waiting.exclude(emailaddress__verified=True)
    return sum(_forget(pk) for pk in waiting.values_list("pk", flat=True))


def _forget(user_id: int) -> bool:
    with transaction.atomic():
        person = User.objects.select_for_update().filter(pk=user_id, status=Status.PENDING_VERIFICATION).first()
        if person is None:
            return False
        try:
            with transaction.atomic():
                person.delete()
        except ProtectedError:
            return False
    return True
