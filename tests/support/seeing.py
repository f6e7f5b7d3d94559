"""Blocks and mutes for tests of apps that only ask for them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from community.accounts.models import User
from community.core import sight

Pairs = Sequence[tuple[User, User]]


class _Sight:
    """Who is parted and who is muted, as pairs of people."""

    def __init__(self, parted: Pairs, muted: Pairs) -> None:
        self._parted, self._muted = parted, muted

    def parted(self, viewer: Any) -> QuerySet[Any, int]:
        """Both ways."""
        pairs = [*self._parted, *((second, first) for first, second in self._parted)]
        return self._ids(viewer, pairs)

    def muted(self, viewer: Any) -> QuerySet[Any, int]:
        """One way."""
        return self._ids(viewer, self._muted)

    def _ids(self, viewer: Any, pairs: Pairs) -> QuerySet[Any, int]:
        return User.objects.filter(pk__in=[second.pk for first, second in pairs if first.pk == viewer.pk]).values_list(
            "pk", flat=True
        )


@contextlib.contextmanager
def seeing(
    *, parted: list[tuple[User, User]] | None = None, muted: list[tuple[User, User]] | None = None
) -> Iterator[None]:
    """Inside, these are the only blocks and mutes there are."""
    before = list(sight._sight)
    sight.register(_Sight(parted, muted))
    try:
        yield
    finally:
        sight._sight[:] = before
