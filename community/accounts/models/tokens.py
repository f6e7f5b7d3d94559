"""What lets programs in for a person, and the record of every change of an account's status."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts.choices import Scope, Status
from community.accounts.models.people import User


class PersonalTokenQuerySet(models.QuerySet["PersonalAccessToken"]):
    """Small filters that chain."""

    def living(self, now: datetime | None = None) -> PersonalTokenQuerySet:
        """Neither withdrawn nor expired."""
        return self.filter(revoked_at=None, expires_at__gt=now or timezone.now())


class PersonalAccessToken(models.Model):
    """A key a person made for a program; of the key itself only a hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="personal_tokens")
    name = models.CharField(_("name"), max_length=100)
    #: The beginning of the key, by which people tell their keys apart.
    prefix = models.CharField(max_length=16)
    #: SHA-256 of the key: with 240 random bits nobody guesses it, so it needs no slow hash.
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope.choices), verbose_name=_("allowed"))
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = PersonalTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")
        indexes = [models.Index(fields=["user", "-created_at", "-id"], name="token_user")]
        constraints = [
            models.CheckConstraint(
                condition=Q(scopes__contained_by=Scope.values, scopes__len__gt=0), name="token_scopes_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def allowed(self) -> str:
        """What it lets a program do, for people."""
        return ", ".join(str(Scope(scope).label) for scope in self.scopes)


class StatusChange(models.Model):
    """One change of an account's status: who did it, why, and until when."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="status_changes")
    old = models.CharField(max_length=20, choices=Status.choices)
    new = models.CharField(max_length=20, choices=Status.choices)
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    #: Nobody where the site did it itself.
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("change of status")
        verbose_name_plural = _("changes of status")
        indexes = [models.Index(fields=["user", "-changed_at", "-id"], name="status_change_user")]
        constraints = [
            models.CheckConstraint(
                condition=Q(old__in=Status.values, new__in=Status.values), name="status_change_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
