"""What a fact is, and the registry of all of them by stored name."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, dataclass_transform

REGISTRY: dict[str, type[Fact]] = {}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that happened. Fields are ids and short codes, never personal data or secrets."""

    name: ClassVar[str]
    version: ClassVar[int] = 1
    aggregate_kind: ClassVar[str]
    #: the field that holds the id of the aggregate: facts of one aggregate are delivered in order
    aggregate_field: ClassVar[str]

    @property
    def aggregate_id(self) -> int:
        """The id of the thing the fact is about."""
        return int(getattr(self, self.aggregate_field))

    def payload(self) -> dict[str, Any]:
        """The fields as JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Fact:
        """The fact stored as `payload`; fields that this version does not know are left out."""
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(**{name: value for name, value in payload.items() if name in known})


F = TypeVar("F", bound=type[Fact])


@dataclass_transform(kw_only_default=True, frozen_default=True)
def fact_class(name: str, *, aggregate: str, by: str) -> Callable[[F], F]:
    """Declares a fact: its stored name (`post.published`), the kind of its aggregate and the field with its id."""

    def declare(cls: F) -> F:
        declared: F = dataclasses.dataclass(frozen=True, kw_only=True)(cls)  # type: ignore[assignment]
        if name in REGISTRY:
            raise ValueError(f"Two facts are named {name}.")
        declared.name = name
        declared.aggregate_kind = aggregate
        declared.aggregate_field = by
        REGISTRY[name] = declared
        return declared

    return declare
