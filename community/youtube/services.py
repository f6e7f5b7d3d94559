"""Writing previews of videos: they are wanted by posts, and fetched by a job."""

from __future__ import annotations

import functools
import re
import secrets
import time
from collections.abc import Iterable
from typing import Any

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from community.accounts.permissions import Actor
from community.core import images
from community.core.errors import NotAllowed, NotFound
from community.core.outbound import NotFetched
from community.youtube import client, permissions
from community.youtube.choices import ATTEMPTS_MAX, FRESH, LEASE, MISSING_FOR, PRESET, State
from community.youtube.models import VideoPreview
from community.youtube.rules import files_of, wait_after

log = structlog.get_logger(__name__)

_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_EMPTY: dict[str, Any] = {
    "title": "", "author_name": "", "width": None, "height": None,
    "variants": {}, "blurhash": "", "dominant_colour": "",
}  # fmt: skip


def want_previews(*, video_ids: Iterable[str]) -> None:
    """Notes that pages show these videos; a job asks YouTube. Safe to run twice: what is known is not asked again.

    "There is no such video" holds for a day: then it is asked once more.
    """
    ids = sorted({video_id for video_id in video_ids if _ID.fullmatch(video_id)})
    if not ids:
        return
    VideoPreview.objects.bulk_create([VideoPreview(pk=video_id) for video_id in ids], ignore_conflicts=True)
    old = timezone.now() - MISSING_FOR
    VideoPreview.objects.filter(pk__in=ids, state=State.MISSING, fetched_at__lt=old).update(**_again())


def retry_preview(*, actor: Actor, video_id: str) -> None:
    """Asks for one video again, as soon as the job comes. Raises NotAllowed or NotFound."""
    if not permissions.can_retry_previews(actor):
        raise NotAllowed()
    if not _ID.fullmatch(video_id):
        raise NotFound()
    known = VideoPreview.objects.filter(pk=video_id)
    changed = known.filter(state=State.READY).update(attempts=0, last_error="", next_try_at=timezone.now())
    if not changed and not known.update(**_again()):
        raise NotFound()


def _again() -> dict[str, Any]:
    return {"state": State.PENDING, "attempts": 0, "last_error": "", "next_try_at": timezone.now()}


def fetch_previews(*, seconds: float) -> int:
    """Asks YouTube for what is due, for about `seconds`; returns how many answers it got.

    The first trouble ends the round: the next video would meet it too. Any number of callers may run at once.
    """
    end = time.monotonic() + seconds
    answered = 0
    while time.monotonic() < end:
        row = _claim()
        if row is None or not fetch_preview(video_id=row.pk):
            break
        answered += 1
    return answered


@transaction.atomic
def _claim() -> VideoPreview | None:
    """The video that has waited longest, counted as tried, and out of the way of others for a while."""
    row = VideoPreview.objects.due().select_for_update(skip_locked=True).first()
    if row is not None:
        row.attempts += 1
        row.next_try_at = timezone.now() + LEASE
        row.save(update_fields=["attempts", "next_try_at"])
    return row


def fetch_preview(*, video_id: str) -> bool:
    """Asks YouTube for one video and keeps the answer; False when none came. Nothing for one that nobody wanted."""
    try:
        described = client.describe(video_id)
        values = {
            "title": described.title,
            "author_name": described.author_name,
            "width": described.width,
            "height": described.height,
            **_stored_picture(video_id, client.picture(video_id)),
        }
    except client.Gone as gone:
        _settle(video_id, state=State.MISSING, last_error=f"status {gone}", next_try_at=None, **_EMPTY)
    except (NotFetched, OSError) as error:
        _fail(video_id, f"{type(error).__name__}: {getattr(error, 'reason', '')}"[:100])
        return False
    else:
        _settle(video_id, state=State.READY, last_error="", next_try_at=timezone.now() + FRESH, **values)
    return True


def _stored_picture(video_id: str, data: bytes | None) -> dict[str, Any]:
    """Stores all sizes of a picture and says where they are, as core.images.picture_of reads it."""
    if data is None:
        return {name: _EMPTY[name] for name in ("variants", "blurhash", "dominant_colour")}
    token = secrets.token_hex(8)
    sources: dict[str, list[list[Any]]] = {}
    largest = (0, 0)
    for made in images.encode(data, images.PRESETS[PRESET]):
        name = f"videos/{video_id}/{token}-{made.width}.{made.kind}"
        stored = default_storage.save(name, ContentFile(made.data))
        sources.setdefault(made.kind, []).append([stored, made.width])
        largest = max(largest, (made.width, made.height))
    blurhash, colour = images.placeholders(data)
    variants = {PRESET: {"width": largest[0], "height": largest[1], "sources": sources}}
    return {"variants": variants, "blurhash": blurhash, "dominant_colour": colour}


@transaction.atomic
def _settle(video_id: str, **values: Any) -> None:
    """Writes an answer, and deletes the files that no row names once that is certain."""
    new = list(files_of(values["variants"]))
    row = VideoPreview.objects.select_for_update().filter(pk=video_id).first()
    unused = new if row is None else list(files_of(row.variants))
    if row is not None:
        for name, value in values.items():
            setattr(row, name, value)
        row.attempts, row.fetched_at, row.variants_version = 0, timezone.now(), images.VERSION
        row.save()
    for name in unused:
        transaction.on_commit(functools.partial(default_storage.delete, name), robust=True)


@transaction.atomic
def _fail(video_id: str, reason: str) -> None:
    """Puts the next try off, each time longer, or gives up. What was there before stays."""
    row = VideoPreview.objects.select_for_update().filter(pk=video_id).first()
    if row is None:
        return
    row.attempts = max(row.attempts, 1)
    row.last_error = reason
    if row.state == State.PENDING and row.attempts >= ATTEMPTS_MAX:
        row.state, row.next_try_at, row.fetched_at = State.MISSING, None, timezone.now()
    elif row.state != State.MISSING:
        row.next_try_at = timezone.now() + wait_after(row.attempts)
    row.save()
    log.warning("video_preview_failed", video=row.pk, reason=reason, attempts=row.attempts, state=row.state)
