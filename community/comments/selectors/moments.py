"""Where in a video people commented."""

from __future__ import annotations

import dataclasses

from community.accounts.permissions import Actor
from community.comments.choices import MOMENTS
from community.comments.models import Comment
from community.comments.rules import moment_link
from community.comments.selectors.cards import name_of
from community.comments.selectors.lists import with_authors
from community.core import sight
from community.core.targets import Discussion
from community.core.text import clock, plain_text, truncate

WORDS = 80


@dataclasses.dataclass(frozen=True)
class Moment:
    """A place in a video with what somebody said there; `share` is how far along it lies, in thousandths."""

    comment_id: int
    seconds: int
    time: str
    url: str
    share: int
    name: str
    words: str


def list_moments(discussion: Discussion, *, viewer: Actor) -> list[Moment]:
    """The first moments by their place in the video; none without a video. One query."""
    if not discussion.video_id:
        return []
    rows = Comment.objects.on(discussion.kind, discussion.id).standing().filter(youtube_timestamp__isnull=False)
    seen = with_authors(sight.in_sight(rows, viewer, by="author_id")).order_by("youtube_timestamp", "pk")
    found = [(row, row.youtube_timestamp or 0) for row in seen[:MOMENTS]]
    if not found:
        return []
    # Where nobody knows how long the video is, the strip ends a little behind the last one.
    length = discussion.video_seconds or found[-1][1] * 1.05 or 1
    return [
        Moment(
            comment_id=row.pk,
            seconds=seconds,
            time=clock(seconds),
            url=str(moment_link(discussion.video_id, seconds)["href"]),
            share=min(1000, round(1000 * seconds / length)),
            name=name_of(row),
            words=truncate(plain_text(row.html), WORDS),
        )
        for row, seconds in found
    ]
