"""What joining leaves behind: names set aside, agreements, codes that were mailed, and who brought whom."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from community.accounts.models.people import User


class NameReservation(models.Model):
    """A user name that nobody can take for a while, in lower case.

    Every registration sets its name aside, so that a free name tells nobody that the address was known.
    """

    username = models.CharField(max_length=50)
    reserved_until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("username"), name="name_reserved_once")]
        indexes = [models.Index(fields=["reserved_until"], name="name_reserved_until")]


class TermsAgreement(models.Model):
    """Somebody agreed to a version of the terms."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="agreements")
    version = models.CharField(max_length=40)
    agreed_at = models.DateTimeField(default=timezone.now)
    #: How old they said to be at least; 0 where nobody asked. The date itself is not kept.
    minimum_age = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="terms_agreed_once")]


class CodeChallenge(models.Model):
    """A registration or a reset that waits for the code from the mail; without a person where the address fits none.

    Of the token that names it and of the code only hashes are kept.
    """

    class Purpose(models.TextChoices):
        VERIFY = "verify"
        RESET = "reset"

    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="code_challenges")
    email = models.CharField(max_length=255)
    #: What is known of the program that began it: nobody else can go on.
    client = models.CharField(max_length=32)
    code_digest = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=["verify", "reset"]), name="code_purpose_known"),
            models.CheckConstraint(condition=Q(tries__lte=5), name="code_five_tries"),
        ]


class ReferralCode(models.Model):
    """The code by which a person invites others."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="referral_code")
    code = models.CharField(max_length=16, unique=True)


class Referral(models.Model):
    """Somebody joined by another's code; it counts once their address is confirmed."""

    referred = models.OneToOneField(User, on_delete=models.CASCADE, related_name="referral")
    referrer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="referrals")
    #: A keyed hash of the confirmed address without its aliases: a mailbox counts once.
    mailbox = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["referrer", "-created_at", "-id"], name="referral_referrer")]
        constraints = [
            models.CheckConstraint(condition=~Q(referred=models.F("referrer")), name="referral_of_another"),
            models.UniqueConstraint(
                fields=["mailbox"], condition=Q(confirmed_at__isnull=False), name="referral_mailbox_once"
            ),
        ]
