"""Signals of the admin's forms, translated: a type of reaction is another now."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from community.reactions.models import ReactionType
from community.reactions.services import note_type_change


@receiver([post_save, post_delete], sender=ReactionType, dispatch_uid="reactions.type_changed")
def type_changed(raw: bool = False, **_kwargs: Any) -> None:
    """Kept pages show types, and targets are weighed by them."""
    if not raw:
        note_type_change()
