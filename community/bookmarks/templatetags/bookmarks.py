"""What other pages show of bookmarks and shares: the buttons below a thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

register = template.Library()


@register.inclusion_tag("bookmarks/acts.html", takes_context=True)
def keep_and_share(
    context: Any, kind: str, target_id: int, marks: Mapping[str, Any] | None, url: str, title: str
) -> dict[str, Any]:
    """`{% keep_and_share "post" post.pk marks post.url post.title %}`: a button to keep, and a link to share.

    The marks are handed in (`core.marks.of`); None for guests, for whom it leads to the sign-in. `url` is a path.
    """
    address = reverse("bookmark", args=[kind, target_id])
    return {
        "signed_in": marks is not None,
        "kept": bool((marks or {}).get("bookmarked")),
        "address": address,
        "api": f"/api/{kind}s/{target_id}/bookmark",
        "sign_in": f"{reverse('account_login')}?{urlencode({'next': address})}",
        "share": reverse("share", args=[kind, target_id]),
        "link": f"{context.get('public_url') or ''}{url}",
        "title": title,
    }
