"""What must be true of the previews of videos."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.files.storage import default_storage

from community.core.integrity import integrity_check
from community.youtube.models import VideoPreview
from community.youtube.rules import files_of


@integrity_check("video-pictures")
def video_pictures() -> Iterator[str]:
    """Every file that a preview names is there."""
    for video_id, variants in VideoPreview.objects.exclude(variants={}).values_list("pk", "variants"):
        for name in files_of(variants):
            if not default_storage.exists(name):
                yield f"video {video_id}: its picture {name} is gone"
