"""What a WordPress status means here: live, scheduled, a draft, or not at all."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from enum import StrEnum

from cms.importers.wordpress import EntryRecord


class Publication(StrEnum):
    """Where a post or page stands."""

    LIVE = "published"
    SCHEDULED = "scheduled"
    DRAFT = "draft"
    #: In WordPress's bin: not imported, and taken off the site when an earlier import brought it.
    GONE = "in the bin there"


_DRAFTS = {"draft", "pending", "auto-draft", "private"}


@dataclasses.dataclass(frozen=True, slots=True)
class State:
    """A publication with its moments; `known` is False for a plugin's own status, which stays a draft."""

    publication: Publication
    first_at: datetime | None = None
    last_at: datetime | None = None
    known: bool = True


def state_of(entry: EntryRecord, now: datetime) -> State:
    """The state of an entry at `now`.

    As in WordPress itself (https://developer.wordpress.org/reference/functions/wp_insert_post/), what is
    published in the future is scheduled, and what was scheduled for a time that has passed is published.
    Private texts are never public: they stay drafts.
    """
    if entry.status == "trash":
        return State(Publication.GONE)
    if entry.status not in {"publish", "future"}:
        return State(Publication.DRAFT, known=entry.status in _DRAFTS)
    first = entry.published_at or entry.modified_at or now
    if first > now:
        return State(Publication.SCHEDULED, first)
    last = entry.modified_at if entry.modified_at and first <= entry.modified_at <= now else first
    return State(Publication.LIVE, first, last)
