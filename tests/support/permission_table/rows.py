"""Who gets which answer where: every route of the site and of the API, for every role.

A row has the route as the site declares it (an operation as the OpenAPI document names it), the address
that is asked, and the status for each of ROLES, or one for all. `{post}` and `{draft}` are a live post and a
draft of the fan, `{binned}` is the fan's and lies in the bin, `{section_post}` is the editor's. A route may
have several rows; one whose route ends in "…" stands for everything below it.

Two more are asked for every row, and a row names their status only where the rule does not hold:

- `other`: another fan, who owns nothing the rows speak of. Gets what the fan gets; a row about the fan's own things
  says `other=404` or what else a stranger hears.
- `read_token` (API only): a personal access token of the fan with the scope `read`. Reads as the fan does and changes
  nothing: 403 for all but GET. What no token opens says `read_token=403` for reading, too.
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
#: Asked for every row, and for every row of the API.
OTHER, READ_TOKEN = "other", "read_token"


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table; `body` is sent as JSON to the API."""

    method: str
    route: str
    address: str
    statuses: dict[str, int]
    body: Any = None


def row(
    method: str,
    route: str,
    address: str,
    statuses: str,
    body: Any = None,
    *,
    other: int | None = None,
    read_token: int | None = None,
) -> Row:
    """A row from one status for all roles, or from one for each in the order of ROLES; the rest follows the rules."""
    numbers = tuple(int(number) for number in statuses.split())
    if len(numbers) not in (1, len(ROLES)):
        raise ValueError(f"{method} {route}: {len(numbers)} statuses for {len(ROLES)} roles")
    found = dict(zip(ROLES, numbers, strict=True)) if len(numbers) > 1 else dict.fromkeys(SOME_ROLES, numbers[0])
    fan = found.get("fan", numbers[0])
    found[OTHER] = fan if other is None else other
    if address.startswith("/api/"):
        by_rule = fan if method == "GET" else 403
        found[READ_TOKEN] = by_rule if read_token is None else read_token
    return Row(method, route, address, found, body)
