"""Reading previews of videos."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet

from community.core.images import picture_of
from community.core.pictures import Picture
from community.youtube.choices import PRESET, State
from community.youtube.models import VideoPreview


@dataclasses.dataclass(frozen=True)
class Preview:
    """What pages show of a video before it is played; `width` and `height` give the shape of its player."""

    id: str
    title: str
    author_name: str
    picture: Picture | None
    width: int | None
    height: int | None


#: Stands for a video of which nothing is stored.
UNKNOWN = Preview("", "", "", None, None, None)


def previews(ids: Iterable[str]) -> dict[str, Preview]:
    """What is stored of these videos, by id; those that are not there are left out. One query, none for no ids."""
    wanted = set(ids)
    rows = VideoPreview.objects.filter(pk__in=wanted, state=State.READY) if wanted else ()
    return {row.pk: _preview(row) for row in rows}


def _preview(row: VideoPreview) -> Preview:
    made = row.variants.get(PRESET)
    shown = picture_of(made, default_storage.url, colour=row.dominant_colour, blurhash=row.blurhash) if made else None
    return Preview(row.pk, row.title, row.author_name, shown, row.width, row.height)


def list_failing() -> QuerySet[VideoPreview]:
    """Videos that are not to be had, or whose last try failed, the newest first."""
    failing = Q(state=State.MISSING) | Q(attempts__gt=0, last_error__gt="")
    return VideoPreview.objects.filter(failing).order_by("-created_at", "pk")
