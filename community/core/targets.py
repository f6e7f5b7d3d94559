"""Kinds of things that can be commented, reacted to, reported: each app registers its own, nobody imports it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from community.core.errors import NotFound


@dataclasses.dataclass(frozen=True)
class TargetCard:
    """What others show of a target: a title and where it is."""

    kind: str
    id: int
    title: str
    url: str


class Target(Protocol):
    """The owner's answers about one kind. `viewer` and `actor` may be anonymous."""

    def get(self, target_id: int, viewer: Any) -> Any:
        """The thing, or NotFound when there is none or `viewer` may not see it. It names its person as `author_id`."""

    def cards(self, ids: Iterable[int], viewer: Any) -> dict[int, TargetCard]:
        """Cards of those that `viewer` may see, by id, in a fixed number of queries."""

    def hide(self, target_id: int, *, actor: Any, reason: str = "") -> None:
        """Takes the thing from everybody's sight, and keeps why; its own permission is asked."""

    def restore(self, target_id: int, *, actor: Any) -> None:
        """Brings it back."""


@dataclasses.dataclass(frozen=True)
class Discussion:
    """What people may know who talk about a target."""

    kind: str
    id: int
    title: str
    url: str
    #: Whose it is: may pin and lock.
    author_id: int | None
    #: May something be added?
    is_open: bool
    #: The 11 characters of its video, and how long that is in seconds: empty without one, None where nobody knows.
    video_id: str = ""
    video_seconds: int | None = None

    @property
    def tag(self) -> str:
        """What kept pages that show it are marked by."""
        return f"{self.kind}:{self.id}"


@runtime_checkable
class Discussed(Target, Protocol):
    """The owner's answers about a kind that people may comment on."""

    def discussions(self, ids: Iterable[int], viewer: Any) -> dict[int, Discussion]:
        """What is said of those that `viewer` may see, by id, in a fixed number of queries."""


@dataclasses.dataclass(frozen=True)
class Hiding:
    """What those who decide know of a thing that can be hidden: since when it is and why, None and "" while not."""

    title: str
    url: str
    hidden_at: datetime | None
    reason: str


@runtime_checkable
class Hidden(Target, Protocol):
    """The owner's answers about a kind that has no page of its own for hiding."""

    def hiding(self, target_id: int, viewer: Any) -> Hiding:
        """What is to be known for deciding, hidden or not; NotFound for whoever may not decide."""


_targets: dict[str, Target] = {}


def register(kind: str, target: Target) -> None:
    """Says who answers for `kind`; called once, in an app's `ready()`."""
    if kind in _targets and type(_targets[kind]) is not type(target):
        raise ValueError(f"Two apps answer for the target kind {kind}.")
    _targets[kind] = target


def kinds() -> list[str]:
    """The registered kinds, sorted."""
    return sorted(_targets)


def of_kind(kind: str) -> Target:
    """Who answers for `kind`. Raises NotFound for an unknown one."""
    if kind not in _targets:
        raise NotFound()
    return _targets[kind]


def get(kind: str, target_id: int, viewer: Any) -> Any:
    """The thing, if `viewer` may see it; else NotFound, whether it exists or not."""
    if not 0 < target_id < 2**63:
        raise NotFound()
    return of_kind(kind).get(target_id, viewer)


def hiding(kind: str, target_id: int, viewer: Any) -> Hiding:
    """What is to be known for hiding a thing, or for bringing it back; NotFound for whoever may not decide."""
    target = _targets.get(kind)
    if not isinstance(target, Hidden) or not 0 < target_id < 2**63:
        raise NotFound()
    return target.hiding(target_id, viewer)


def author_id(thing: Any) -> int | None:
    """The id of the person whose thing it is, by its column `author_id`; None for what is nobody's. No query."""
    found = getattr(thing, "author_id", None)
    return None if found is None else int(found)


def discussion(kind: str, target_id: int, viewer: Any) -> Discussion:
    """What people may know who talk about this thing; NotFound when there is none, or nothing for `viewer`."""
    found = discussions(kind, [target_id], viewer) if 0 < target_id < 2**63 else {}
    if target_id not in found:
        raise NotFound()
    return found[target_id]


def discussions(kind: str, ids: Iterable[int], viewer: Any) -> dict[int, Discussion]:
    """The same of several of one kind, by id: of those that `viewer` may see."""
    target = _targets.get(kind)
    return target.discussions(list(ids), viewer) if isinstance(target, Discussed) else {}


def cards(kind: str, ids: Iterable[int], viewer: Any) -> dict[int, TargetCard]:
    """Cards of the things of `kind` that `viewer` may see, by id."""
    return of_kind(kind).cards(list(ids), viewer)
