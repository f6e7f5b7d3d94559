"""What pages of other apps show of follows: the button with its menu."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.http import urlencode

from community.accounts.models import User
from community.follows import permissions, selectors
from community.follows.choices import Kind

register = template.Library()


@register.inclusion_tag("follows/button.html", takes_context=True)
def follow_button(context: Any, kind: str, target_id: int, name: str, username: str = "") -> dict[str, Any]:
    """The button that follows a target, for people with a menu to mute and block: one query, none for guests.

    Guests get a link to sign in, so that pages which are kept for them hold no form. Nothing for oneself.
    """
    request = context["request"]
    viewer = request.user
    values: dict[str, Any] = {"kind": kind, "target_id": target_id, "name": name, "username": username}
    act_url = reverse("follow", args=[kind, target_id])
    if not isinstance(viewer, User):
        return {**values, "sign_in_url": f"{reverse('account_login')}?{urlencode({'next': act_url})}"}
    if kind == Kind.USER and viewer.pk == target_id:
        return {"oneself": True}
    if kind == Kind.USER:
        relation = selectors.relation_to(User(pk=target_id), viewer=viewer)
    else:
        relation = selectors.Relation(selectors.get_follow(kind, target_id, viewer=viewer))
    where = context.get("next") or request.get_full_path()
    values["may_hide"] = bool(username) and permissions.can_see_all(viewer)
    shown = {"relation": relation, "act_url": act_url, "next": where, "request": request}
    return {**values, **shown, "csrf_token": context.get("csrf_token")}
