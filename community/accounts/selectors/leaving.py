"""Reading what somebody has asked for: the file with their data, and that their account goes."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

from django.core.files.base import File
from django.db.models import Q
from django.utils import timezone

from community.accounts.choices import CLOSED_STATUSES, Role
from community.accounts.models import DataExport, DeletionRequest, User
from community.accounts.models.leaving import private_storage
from community.accounts.permissions import Actor
from community.core.errors import NotFound

#: One may ask for one's data so often.
EXPORT_EVERY = timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class ExportCard:
    """How far the file with one's data is. `state` is `none`, `waiting` or `ready`; `next_at` null: one may ask now."""

    state: str
    asked_at: datetime | None = None
    ready_at: datetime | None = None
    expires_at: datetime | None = None
    size: int = 0
    next_at: datetime | None = None


def export_of(viewer: Actor) -> ExportCard:
    """The file that `viewer` asked for last; one that could not be made is forgotten after a day. One query."""
    now = timezone.now()
    found = _newest(viewer)
    if found is None:
        return ExportCard("none")
    again = found.asked_at + EXPORT_EVERY
    next_at = again if again > now else None
    if found.ready_at is None:
        return ExportCard("waiting", found.asked_at, next_at=next_at) if next_at else ExportCard("none")
    if found.expires_at is not None and found.expires_at <= now:
        return ExportCard("none", next_at=next_at)
    return ExportCard("ready", found.asked_at, found.ready_at, found.expires_at, found.size, next_at)


def open_export(viewer: Actor) -> File:
    """The newest file with the data of `viewer`, opened; NotFound when there is none that is ready, or no more."""
    now = timezone.now()
    found = _newest(viewer)
    if found is None or found.expires_at is None or found.expires_at <= now:
        raise NotFound()
    try:
        return private_storage().open(found.file_name)
    except FileNotFoundError as error:
        raise NotFound() from error


def _newest(viewer: Actor) -> DataExport | None:
    if not isinstance(viewer, User):
        return None
    return DataExport.objects.filter(user_id=viewer.pk).order_by("-asked_at", "-pk").first()


def deletion_of(viewer: Actor) -> DeletionRequest | None:
    """What `viewer` asked for, when their account is to go."""
    return DeletionRequest.objects.filter(user_id=viewer.pk).first() if isinstance(viewer, User) else None


def is_last_administrator(person: User) -> bool:
    """Would nobody be left to run the site without `person`? Those who are to go themselves do not count."""
    if not (person.is_superuser or person.role == Role.ADMIN):
        return False
    others = User.objects.filter(Q(is_superuser=True) | Q(role=Role.ADMIN)).exclude(pk=person.pk)
    return not others.exclude(status__in=CLOSED_STATUSES).filter(deletion_request=None).exists()
