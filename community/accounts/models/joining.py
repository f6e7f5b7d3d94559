"""Who may join: the site's rule, and invitations."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts.choices import JoiningMode
from community.accounts.models.people import User


class JoiningRule(models.Model):
    """The one row that says who may join; without it everybody may."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    mode = models.CharField(_("who may join"), max_length=12, choices=JoiningMode.choices, default=JoiningMode.OPEN)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="joining_rule_once"),
            models.CheckConstraint(condition=Q(mode__in=JoiningMode.values), name="joining_mode_known"),
        ]


class Invitation(models.Model):
    """A code with which so many people may join until it ends.

    `taken` counts every registration with the code, also one with an address that is known, which makes nobody: or
    the code would tell.
    """

    code = models.CharField(_("code"), max_length=16, unique=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    most = models.PositiveIntegerField(_("how many may join"))
    taken = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(_("ends"), null=True, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["-made_at", "-id"], name="invitation_made")]
        constraints = [
            models.CheckConstraint(condition=Q(most__gte=1, taken__lte=F("most")), name="invitation_within_limit")
        ]

    @property
    def is_open(self) -> bool:
        """Can somebody join with it now?"""
        return self.taken < self.most and (self.expires_at is None or self.expires_at > timezone.now())


class InvitationUse(models.Model):
    """Somebody joined with an invitation."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="uses")
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="invitation_use")
    used_at = models.DateTimeField(default=timezone.now)
