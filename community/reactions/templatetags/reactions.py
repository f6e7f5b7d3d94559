"""What other pages show of reactions: the bar below a thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from community.reactions import selectors

register = template.Library()


@register.simple_tag
def first_reaction() -> str:
    """`{% first_reaction %}`: the code of the type that one press gives where there is no room for all."""
    return next((each.code for each in selectors.list_types() if each.active), "")


@register.inclusion_tag("reactions/bar.html", takes_context=True)
def reaction_bar(
    context: Any,
    kind: str,
    target_id: int,
    by_type: Mapping[str, int] | None,
    marks: Mapping[str, Any] | None,
    url: str,
) -> dict[str, Any]:
    """`{% reaction_bar "post" post.pk by_type marks post.url %}`: the types with their numbers, ready to be given.

    Numbers and marks are handed in, fetched once for all targets of a page (`core.counts.numbers`, `core.marks.of`).
    `marks` is None for guests: the bar then leads to the sign-in, and can stand in a kept page. `url` is where the
    target is: there the reader comes back to.
    """
    numbers = by_type or {}
    own = set((marks or {}).get("reactions", ()))
    shown = [
        (type_, numbers.get(type_.code, 0), type_.code in own)
        for type_ in selectors.list_types()
        if type_.active or numbers.get(type_.code)
    ]
    address = reverse("reactions", args=[kind, target_id])
    return {
        "signed_in": marks is not None,
        "kind": kind,
        "target_id": target_id,
        "shown": shown,
        # Where it leads to who reacted, it leads nowhere from there.
        "total": 0 if url.partition("?")[0].endswith(address) else sum(numbers.values()),
        "address": address,
        "api": f"/api/{kind}s/{target_id}/reactions",
        "sign_in": f"{reverse('account_login')}?{urlencode({'next': url})}",
    }
