"""Who gets which answer where: every route of the site and of the API, for every role.

A row has the route as the site declares it (an operation as the OpenAPI document names it), the address
that is asked, and the status for each of ROLES, or one for all. `{post}` and `{draft}` are a live post and a
draft of the fan, `{binned}` is the fan's and lies in the bin, `{section_post}` is the editor's. A route may
have several rows; one whose route ends in "…" stands for everything below it.
"""

from __future__ import annotations

import dataclasses
from typing import Any

ROLES = (
    "guest",
    "fan",
    "new_fan",
    "suspended",
    "creator",
    "verified_creator",
    "moderator",
    "editor",
    "admin",
)


#: Asked where the answer is the same for all.
SOME_ROLES = ("guest", "suspended", "admin")


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table; `body` is sent as JSON to the API."""

    method: str
    route: str
    address: str
    statuses: dict[str, int]
    body: Any = None


def row(method: str, route: str, address: str, statuses: str, body: Any = None) -> Row:
    """A row from one status for all roles, or from one for each in the order of ROLES."""
    numbers = tuple(int(number) for number in statuses.split())
    if len(numbers) not in (1, len(ROLES)):
        raise ValueError(f"{method} {route}: {len(numbers)} statuses for {len(ROLES)} roles")
    if len(numbers) == 1:
        return Row(method, route, address, dict.fromkeys(SOME_ROLES, numbers[0]), body)
    return Row(method, route, address, dict(zip(ROLES, numbers, strict=True)), body)
