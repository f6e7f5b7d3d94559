"""What follows for people from facts."""

from __future__ import annotations

from community.accounts import services
from community.core.outbox import Recorded, subscriber
from community.facts.accounts import EmailVerified


@subscriber(EmailVerified)
def confirm_referral_after_email_verified(recorded: Recorded) -> None:
    """Whoever brought somebody is told of once the address is confirmed; no sign-up fails by it."""
    services.confirm_referral(user_id=recorded.fact.user_id)


@subscriber(EmailVerified)
def note_completeness_after_email_verified(recorded: Recorded) -> None:
    """A confirmed address counts towards a complete profile."""
    services.note_completeness(user_id=recorded.fact.user_id)
