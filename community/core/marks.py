"""What a viewer did to a list of targets (reacted, kept, voted): each app answers for its own, in one query.

Pages and API show the marks beside things made once for everybody, so that nobody's marks come into a shared part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Target = tuple[str, int]
#: Targets as (kind, id) in; what is to be said of those that have a mark, by target.
Marker = Callable[[Any, list[Target]], Mapping[Target, Any]]
#: A condition for the SQL of a marker: the row is about one of these targets. Its two values are made by `columns`.
AMONG = "(target_kind, target_id) IN (SELECT * FROM unnest(%s::text[], %s::bigint[]))"

_markers: dict[str, Marker] = {}


def register(name: str, marker: Marker) -> None:
    """Says who answers for the marks of this name; called once, in an app's `ready()`."""
    if _markers.setdefault(name, marker) is not marker:
        raise ValueError(f"Two apps answer for the mark {name}.")


def columns(things: Iterable[Target]) -> tuple[list[str], list[int]]:
    """The kinds and the ids of these targets: the values of AMONG."""
    pairs = list(things)
    return [kind for kind, _id in pairs], [target_id for _kind, target_id in pairs]


def of(viewer: Any, kind: str, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The marks of `viewer` on each of these targets: {id: {name: value}}; all ids are there, guests have none.

    As many queries as there are names, whatever the number of targets.
    """
    return {target_id: said for (_kind, target_id), said in of_all(viewer, [(kind, each) for each in ids]).items()}


def of_all(viewer: Any, things: Iterable[Target]) -> dict[Target, dict[str, Any]]:
    """As `of`, for targets of several kinds: (kind, id) in, the marks by (kind, id) out, in as many queries."""
    found: dict[Target, dict[str, Any]] = {each: {} for each in things}
    if found and getattr(viewer, "is_authenticated", False):
        for name, marker in _markers.items():
            for each, value in marker(viewer, list(found)).items():
                found[each][name] = value
    return found
