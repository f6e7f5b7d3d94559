"""Every address of the Wagtail admin, as the site's resolver knows them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")


@dataclasses.dataclass(frozen=True)
class Address:
    """One pattern: its text from the beginning, and the name of its view with its namespaces."""

    route: str
    name: str

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of what has to be put in."""
        return tuple(first or second for first, second in _ARGUMENT.findall(self.route))

    def filled(self, values: Mapping[str, Sequence[Any]]) -> Iterator[str]:
        """The paths in which every value is used at least once; shorter lists begin anew.

        Raises KeyError for an argument without values.
        """
        names = list(dict.fromkeys(self.arguments))
        for turn in range(max((len(values[name]) for name in names), default=1)):
            put = {name: values[name][turn % len(values[name])] for name in names}
            path = _ARGUMENT.sub(lambda found, put=put: str(put[found[1] or found[2]]), self.route)  # type: ignore[misc]
            yield "/" + path.replace("^.*/", "^nowhere/").replace("^", "").replace("$", "").replace("\\", "")


def admin_addresses() -> list[Address]:
    """All below /cms/."""
    return [address for address in _walk(get_resolver().url_patterns) if address.route.startswith("cms/")]


def _walk(patterns: Sequence[Any], before: str = "", space: str = "") -> Iterator[Address]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(
                pattern.url_patterns, route, f"{space}{pattern.namespace}:" if pattern.namespace else space
            )
        elif isinstance(pattern, URLPattern):
            yield Address(route, space + (pattern.name or route))
