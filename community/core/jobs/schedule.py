"""When a job comes back: moments of UTC, so that no summer time skips or doubles one."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

#: A Sunday.
EPOCH = datetime(2023, 1, 1, tzinfo=UTC)
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


@dataclasses.dataclass(frozen=True)
class Cron:
    """A schedule in UTC: every minute, or every `step` minutes, or at a minute, an hour, a weekday (0 is Sunday)."""

    minute: int | None = None
    hour: int | None = None
    weekday: int | None = None
    step: int = 1

    def __post_init__(self) -> None:
        """Raises ValueError for what is no schedule."""
        sound = (
            0 <= (self.minute or 0) < 60
            and 0 <= (self.hour or 0) < 24
            and 0 <= (self.weekday or 0) < 7
            and (self.hour is None or self.minute is not None)
            and (self.weekday is None or self.hour is not None)
            and 60 % self.step == 0
            and (self.step == 1 or self.minute is None)
        )
        if not sound:
            raise ValueError(f"{self} is no schedule.")

    @property
    def period(self) -> timedelta:
        """The time between two slots."""
        if self.weekday is not None:
            return timedelta(weeks=1)
        if self.hour is not None:
            return timedelta(days=1)
        return timedelta(hours=1) if self.minute is not None else timedelta(minutes=self.step)

    def newest(self, now: datetime) -> datetime:
        """The newest slot that is not after `now`."""
        first = EPOCH + timedelta(days=self.weekday or 0, hours=self.hour or 0, minutes=self.minute or 0)
        return first + (now - first) // self.period * self.period

    def following(self, now: datetime) -> datetime:
        """The first slot after `now`."""
        return self.newest(now) + self.period

    def __str__(self) -> str:
        if self.minute is None:
            return "every minute" if self.step == 1 else f"every {self.step} minutes"
        if self.hour is None:
            return f"hourly at :{self.minute:02}"
        at = f"at {self.hour:02}:{self.minute:02} UTC"
        return f"daily {at}" if self.weekday is None else f"{DAYS[self.weekday]} {at}"
