"""What other pages show of bookmarks and shares: the buttons below a thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from community.bookmarks import selectors

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
        "counted": f"/api/{kind}s/{target_id}/shares",
        "link": f"{context.get('public_url') or ''}{url}",
        "title": title,
    }


@register.inclusion_tag("bookmarks/keep_mark.html", takes_context=True)
def keep_mark(context: Any, kind: str, target_id: int, title: str) -> dict[str, Any]:
    """`{% keep_mark "post" post.id post.title %}`: the small button of a card that keeps what the card shows.

    Nothing for guests, nor in parts that many readers share. One query for all cards of a page; the first brings the
    form that all of them belong to.
    """
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated or hasattr(request, "_remembered"):
        return {}
    first = not hasattr(request, "_kept")
    if first:
        request._kept = selectors.KeptThings(user)
    return {
        "shown": True,
        "first": first,
        "kept": request._kept.has(kind, target_id),
        "address": reverse("bookmark", args=[kind, target_id]),
        "api": f"/api/{kind}s/{target_id}/bookmark",
        "title": title,
        "next": request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
    }
