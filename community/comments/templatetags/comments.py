"""Pieces of other apps' pages: the form for a comment, what the viewer did to those that are shown."""

from __future__ import annotations

from typing import Any

from django import template

from community.accounts.permissions import refusal_to_write
from community.comments import permissions
from community.comments.choices import COMMENT, Sort
from community.comments.forms import CommentForm
from community.comments.selectors import CommentCard
from community.core import marks
from community.core.targets import Discussion

register = template.Library()

#: The same for everybody, so that its fields are made once for a language.
EMPTY = CommentForm(auto_id="comment-%s")


@register.inclusion_tag("comments/entry.html", takes_context=True)
def comment_entry(context: Any, discussion: Discussion) -> dict[str, Any]:
    """The form for who may add something, else why nothing can be added; guests are asked to sign in."""
    viewer = context["request"].user
    refusal = refusal_to_write(viewer) if viewer.is_authenticated else None
    return {
        "discussion": discussion,
        "signed_in": viewer.is_authenticated,
        "refusal": refusal.message if refusal else "",
        "open": permissions.can_comment_on(viewer, discussion) if viewer.is_authenticated else discussion.is_open,
        "entry": EMPTY,
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag(takes_context=True)
def comment_marks(context: Any, cards: list[CommentCard]) -> dict[int, dict[str, Any]]:
    """What the viewer did to the comments that are shown, those without anything left out: for the page's script.

    A page that has asked for it already, together with its own, hands it in as `marks_there`.
    """
    viewer = context["request"].user
    if not viewer.is_authenticated:
        return {}
    there = context.get("marks_there") or {}
    if all((COMMENT, card.id) in there for card in cards):
        found = {card.id: there[COMMENT, card.id] for card in cards}
    else:
        found = marks.of(viewer, COMMENT, (card.id for card in cards))
    for card in cards:
        if card.author is not None and card.author.id == viewer.pk:
            found[card.id] = {**found[card.id], "own": True}
    return {each: said for each, said in found.items() if said}


@register.simple_tag
def comment_sorts() -> list[tuple[str, Any]]:
    """The orders of a list, with their names."""
    return list(Sort.choices)
