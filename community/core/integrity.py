"""What must always be true of the data, as a registry that each app adds to; `manage.py check_integrity` asks it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

Check = Callable[[], Iterable[str]]

_checks: dict[str, Check] = {}


@dataclasses.dataclass(frozen=True)
class Finding:
    """One broken promise: which check, and a sentence with the ids."""

    check: str
    message: str


def integrity_check(name: str) -> Callable[[Check], Check]:
    """Registers a function that yields a sentence for each thing that is wrong. It reads, never mends."""

    def register(function: Check) -> Check:
        if name in _checks:
            raise ValueError(f"Two integrity checks are named {name}.")
        _checks[name] = function
        return function

    return register


def check_names() -> list[str]:
    """The names of all registered checks, sorted."""
    return sorted(_checks)


def run_checks(names: Iterable[str] | None = None) -> list[Finding]:
    """Runs the checks (all by default) on the committed data and returns every finding."""
    return [Finding(name, message) for name in sorted(names or _checks) for message in _checks[name]()]
