"""Facts, delivered at once."""

from __future__ import annotations

from datetime import UTC, datetime

from community.core import outbox
from community.core.models import OutboxFact

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def told() -> None:
    """Facts are delivered, also those of the clock of a test's one transaction."""
    OutboxFact.objects.filter(delivered_at=None).update(next_attempt_at=LONG_AGO)
    while outbox.deliver():
        pass
