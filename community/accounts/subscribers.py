"""What follows for people from facts."""

from __future__ import annotations

from community.accounts import services
from community.accounts.choices import AlertKind
from community.accounts.models import User
from community.core.outbox import Recorded, subscriber
from community.facts.accounts import EmailVerified, IdentityLinked, SignInFailed


@subscriber(EmailVerified)
def confirm_referral_after_email_verified(recorded: Recorded) -> None:
    """Whoever brought somebody is told of once the address is confirmed; no sign-up fails by it."""
    services.confirm_referral(user_id=recorded.fact.user_id)


@subscriber(EmailVerified)
def note_completeness_after_email_verified(recorded: Recorded) -> None:
    """A confirmed address counts towards a complete profile."""
    services.note_completeness(user_id=recorded.fact.user_id)


@subscriber(SignInFailed)
def alert_after_sign_in_failed(recorded: Recorded) -> None:
    """Whoever's account is being guessed at is warned; the answer to the guess does not wait for it."""
    services.alert_after_failure(attempt_id=recorded.fact.attempt_id)


@subscriber(IdentityLinked)
def alert_after_identity_linked(recorded: Recorded) -> None:
    """Whoever's account has another way in is warned; allauth has mailed already."""
    person = User.objects.filter(pk=recorded.fact.user_id).first()
    if person is not None:
        provider = recorded.fact.provider
        services.raise_alert(person=person, kind=AlertKind.SOCIAL_LINKED, cause=provider, detail=provider)
