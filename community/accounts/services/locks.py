"""Locks on accounts after too many failures, lifted again."""

from __future__ import annotations

from django.db import transaction

from community.accounts.models import LoginAttempt, User
from community.accounts.selectors.security import account_of


@transaction.atomic
def lift_locks(*, user: User) -> None:
    """A new password opens the account again, from everywhere; sources stay limited."""
    rows = LoginAttempt.objects.filter(account_key=account_of(user).key, cleared=False)
    rows.update(cleared=True)
