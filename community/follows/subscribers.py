"""What follows for follows from facts."""

from __future__ import annotations

from community.core.outbox import Recorded, subscriber
from community.facts.accounts import UserUpdated
from community.follows import services


@subscriber(UserUpdated)
def open_requests_after_profile_became_public(recorded: Recorded) -> None:
    """Whoever asked to follow a profile that is public now follows it."""
    if "visibility" in recorded.fact.changed:
        while services.open_requests(person_id=recorded.fact.user_id):
            pass
