"""Who brought whom: one code for each person, and a referral that counts once the address is confirmed."""

from __future__ import annotations

import dataclasses
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from community.accounts.models import Referral, ReferralCode, User
from community.accounts.rules import mailbox_of
from community.core import outbox
from community.core.transactions import retried
from community.facts.accounts import ReferralConfirmed

ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
CODE_LENGTH = 8
COUNTED_A_DAY = 20


@dataclasses.dataclass(frozen=True)
class Referrals:
    """The code of a person, its link, how many joined by it and how many of them count."""

    code: str
    url: str
    joined: int
    confirmed: int


def referrals_of(*, person: User) -> Referrals:
    """What came of the code of `person`, which is made when there is none yet."""
    code = referral_code_of(person=person)
    brought = Referral.objects.filter(referrer=person)
    return Referrals(
        code=code,
        url=f"{settings.PUBLIC_URL}/join/{code}/",
        joined=brought.count(),
        confirmed=brought.exclude(confirmed_at=None).count(),
    )


@retried
def referral_code_of(*, person: User) -> str:
    """The code of `person`, made when first asked for."""
    made = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return ReferralCode.objects.get_or_create(user=person, defaults={"code": made})[0].code


def note_referral(*, person: User, code: str) -> None:
    """Notes by whose code a new person came; an unknown one is passed over."""
    owner = ReferralCode.objects.filter(code=code.strip().upper()).first() if code else None
    if owner is not None and owner.user_id != person.pk:
        Referral.objects.get_or_create(referred=person, defaults={"referrer_id": owner.user_id})


@retried
def confirm_referral(*, user_id: int) -> bool:
    """Tells once that a referral counts; the same mailbox, oneself and more than twenty a day do not."""
    found = Referral.objects.filter(referred_id=user_id, confirmed_at=None).first()
    if found is None:
        return False
    referrer = User.objects.select_for_update().get(pk=found.referrer_id)
    found = Referral.objects.select_for_update().select_related("referred").get(pk=found.pk)
    today = Referral.objects.filter(referrer=referrer, confirmed_at__gt=timezone.now() - timedelta(days=1)).count()
    mailbox = mailbox_of(found.referred.email)
    if found.confirmed_at is not None or mailbox == mailbox_of(referrer.email) or today >= COUNTED_A_DAY:
        return False
    found.confirmed_at = timezone.now()
    found.mailbox = salted_hmac("accounts.referral", mailbox, algorithm="sha256").hexdigest()
    try:
        with transaction.atomic():
            found.save(update_fields=["confirmed_at", "mailbox"])
    except IntegrityError:
        return False
    outbox.record(ReferralConfirmed(user_id=referrer.pk, referred_id=user_id), actor_id=user_id)
    return True
