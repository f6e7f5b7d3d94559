"""Parameters with few values, as links: the order of a list, the tabs of a page."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

ORDERS = {"recent": _("Newest"), "popular": _("Popular"), "trending": _("Trending")}
#: How old what is popular may be; the first stands for none.
WINDOWS = {"year": _("Year"), "month": _("Month"), "week": _("Week"), "day": _("Day"), "all": _("All times")}


@dataclasses.dataclass(frozen=True)
class Choice:
    """A link to one of the values."""

    value: str
    label: Any
    url: str
    current: bool


@dataclasses.dataclass(frozen=True)
class Choices:
    """What was chosen, the links, and the beginning of a query that keeps the choice."""

    value: str
    links: tuple[Choice, ...]
    query: str


def choose(request: HttpRequest, name: str, options: Mapping[str, Any], *, before: str = "") -> Choices:
    """The value of the parameter `name`: one of `options`, whose first also stands for none and for anything else.

    `before` is the beginning of a query that keeps an earlier choice, as Choices has it.
    """
    default = next(iter(options))
    asked = request.GET.get(name, default)
    value = asked if asked in options else default

    def query(option: str) -> str:
        return before.rstrip("&") if option == default else before + urlencode({name: option})

    links = tuple(
        Choice(option, label, f"{request.path}?{query(option)}".rstrip("?"), option == value)
        for option, label in options.items()
    )
    return Choices(value, links, f"{query(value)}&" if query(value) else "")
