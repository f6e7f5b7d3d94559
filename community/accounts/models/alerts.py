"""What people are warned of, and changes of address that can be undone."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts.choices import AlertAnswer, AlertKind, Provider, Severity
from community.accounts.models.people import User


class SecurityAlert(models.Model):
    """Something happened to an account that its owner should know of."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="security_alerts")
    kind = models.CharField(_("what"), max_length=40, choices=AlertKind.choices)
    severity = models.CharField(_("weight"), max_length=10, choices=Severity.choices)
    #: A hash of what brought it about: the same kind and cause is not told twice within an hour.
    cause = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("time"), default=timezone.now)
    device = models.CharField(_("device"), max_length=100, blank=True)
    place = models.CharField(_("place"), max_length=100, blank=True)
    #: Something short in addition, such as the name of an identity's provider.
    detail = models.CharField(max_length=100, blank=True)
    answer = models.CharField(_("answer"), max_length=10, choices=AlertAnswer.choices, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("security alert")
        verbose_name_plural = _("security alerts")
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="alert_user"),
            models.Index(fields=["created_at"], name="alert_time"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AlertKind.values, severity__in=Severity.values, answer__in=AlertAnswer.values),
                name="alert_known",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="alert_answered_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        """Has the person not said yet whether it was them?"""
        return not self.answer

    @property
    def weighty(self) -> bool:
        """High or critical."""
        return self.severity in {Severity.HIGH, Severity.CRITICAL}

    @property
    def about(self) -> str:
        """The detail as people call it: a provider by its name."""
        return dict(Provider.choices).get(self.detail, self.detail)


class EmailChange(models.Model):
    """A change of the main address, which the owner of the old one can undo once, by a link of which a hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="email_changes")
    old = models.CharField(max_length=255)
    new = models.CharField(max_length=255)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at", "-id"], name="email_change_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d %H:%M}"

    def is_open(self, now: Any = None) -> bool:
        """Can it still be undone?"""
        return self.undone_at is None and self.expires_at > (now or timezone.now())
