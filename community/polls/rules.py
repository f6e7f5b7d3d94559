"""What a poll is to be, as a post has it; pure."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from community.core.errors import Text
from community.polls.choices import Results


@dataclasses.dataclass(frozen=True)
class Wanted:
    """A poll as its author wants it. Moments are of whole minutes, as forms have them."""

    question: str
    options: tuple[str, ...]
    multiple: bool = False
    ends_at: datetime | None = None
    results: str = Results.VOTED

    def __post_init__(self) -> None:
        """Drops seconds."""
        if self.ends_at is not None:
            object.__setattr__(self, "ends_at", self.ends_at.replace(second=0, microsecond=0))


#: Names of parts (`options`, `multiple`, `ends_at`) to what is wrong with them.
Refusals = dict[str, Text]


def share(votes: int, voters: int) -> int:
    """How many of a hundred voters, rounded; 0 while nobody has voted."""
    return round(100 * votes / voters) if voters else 0
