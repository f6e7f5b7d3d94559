"""Signals of Django, translated into own services."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver

from community.accounts.models import User
from community.follows import services


@receiver(pre_delete, sender=User, dispatch_uid="follows.person_deleted")
def person_deleted(instance: User, **_kwargs: Any) -> None:
    """The row of a person goes (an account never confirmed): nobody follows it any more, and the numbers say so."""
    services.forget_person(person_id=instance.pk)
