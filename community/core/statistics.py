"""Numbers about people (posts, followers …): each app registers the ones it counts, profiles ask here."""

from __future__ import annotations

from collections.abc import Callable, Iterable

Counter = Callable[[list[int]], dict[int, int]]

NAMES = ("posts", "followers", "following", "reactions")
_counters: dict[str, Counter] = {}


def register(name: str, counter: Counter) -> None:
    """Says who counts `name`: a function from user ids to numbers, in one query."""
    if name not in NAMES:
        raise ValueError(f"{name} is not one of {', '.join(NAMES)}.")
    _counters[name] = counter


def of(user_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """All numbers of these people: one query for each registered counter; 0 where nobody counts."""
    ids = list(user_ids)
    columns = {name: (_counters[name](ids) if name in _counters else {}) for name in NAMES}
    return {user_id: {name: columns[name].get(user_id, 0) for name in NAMES} for user_id in ids}
