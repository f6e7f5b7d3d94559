"""How often somebody may write: the more they are trusted, the more."""

from __future__ import annotations

from django.conf import settings

from community.accounts import selectors
from community.accounts.models import User
from community.core import limits


def count_act(*, bucket: str, person: User, cost: int = 1) -> None:
    """Counts one act of `person` in `bucket`; the limit grows with their trust. Raises TooMany."""
    times = settings.TRUST_RAISES_LIMITS[selectors.trust_level_of(person)]
    limits.guard(bucket, f"user:{person.pk}", cost=cost, times=times)
