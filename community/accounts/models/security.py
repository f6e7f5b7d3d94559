"""Who tried to sign in, from where and with what outcome."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts.choices import Door, Outcome
from community.accounts.models.people import User


class LoginAttempt(models.Model):
    """One try to sign in; for an unknown account without a user.

    A row is entered before the password is looked at and counts as a failure until it is settled, so that tries at
    the same moment cannot pass a limit together.
    """

    attempted_at = models.DateTimeField(_("time"), default=timezone.now)
    #: A keyed hash of the account, so that what somebody typed is never stored.
    account_key = models.CharField(max_length=64)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="login_attempts")
    #: What is counted of the address: IPv4 as it is, IPv6 by its /64.
    source = models.CharField(max_length=50)
    address = models.GenericIPAddressField(_("address"), null=True)
    user_agent = models.CharField(max_length=500, blank=True)
    device = models.CharField(_("device"), max_length=100, blank=True)
    place = models.CharField(_("place"), max_length=100, blank=True)
    #: The address belongs to a network of the operator's list, such as a VPN.
    listed = models.BooleanField(default=False)
    door = models.CharField(max_length=10, choices=Door.choices, default=Door.PAGE)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices, default=Outcome.CHECKING)
    #: A failure that no longer counts for the lock: somebody signed in after it, or chose a new password.
    cleared = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        indexes = [
            models.Index(fields=["account_key", "attempted_at"], name="attempt_account"),
            models.Index(fields=["source", "attempted_at"], name="attempt_source"),
            models.Index(fields=["user", "-attempted_at", "-id"], name="attempt_user"),
            models.Index(fields=["attempted_at"], name="attempt_time"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="attempt_outcome_known"),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.SUCCESS) | Q(user__isnull=False), name="attempt_success_has_user"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.attempted_at:%Y-%m-%d %H:%M}"

    @property
    def success(self) -> bool:
        """Did somebody get in?"""
        return self.outcome == Outcome.SUCCESS
