"""Who follows what, and who does not want to see whom."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.follows.choices import Kind, State


class FollowQuerySet(models.QuerySet["Follow"]):
    """Small filters that chain."""

    def accepted(self) -> FollowQuerySet:
        """Those that count."""
        return self.filter(state=State.ACCEPTED)

    def of(self, kind: str, target_id: int) -> FollowQuerySet:
        """Those of one target."""
        return self.filter(target_kind=kind, target_id=target_id)


class Follow(models.Model):
    """Somebody follows a target, or has asked to."""

    follower = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    target_kind = models.CharField(max_length=40, choices=Kind.choices)
    target_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACCEPTED)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Follow]] = models.Manager.from_queryset(FollowQuerySet)()

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        constraints = [
            models.UniqueConstraint(fields=["follower", "target_kind", "target_id"], name="follow_once"),
            models.CheckConstraint(condition=Q(target_kind__in=Kind.values), name="follow_kind_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="follow_state_known"),
            models.CheckConstraint(
                condition=~Q(target_kind=Kind.USER, target_id=F("follower_id")), name="follow_not_oneself"
            ),
            models.CheckConstraint(
                condition=Q(state=State.ACCEPTED) | Q(target_kind=Kind.USER), name="follow_asks_people_only"
            ),
        ]
        indexes = [
            models.Index(fields=["follower", "target_kind", "state", "-id"], name="follow_whom"),
            models.Index(fields=["target_kind", "target_id", "state", "-id"], name="follow_by_whom"),
        ]

    def __str__(self) -> str:
        return f"user {self.follower_id} → {self.target_kind} {self.target_id} ({self.state})"


class FollowCounts(models.Model):
    """How many follow a target, and how many people a person follows: changed with the follow itself."""

    target_kind = models.CharField(max_length=40)
    target_id = models.BigIntegerField()
    followers = models.PositiveIntegerField(default=0)
    following = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "follow_counts"
        constraints = [models.UniqueConstraint(fields=["target_kind", "target_id"], name="follow_counts_once")]
        indexes = [models.Index(fields=["target_kind", "-followers", "-target_id"], name="follow_counts_most")]

    def __str__(self) -> str:
        return f"{self.target_kind} {self.target_id}: {self.followers} followers, {self.following} followed"


class FollowTold(models.Model):
    """When it was told last that one person follows, or asks to follow, another."""

    follower = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    followed = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    told_at = models.DateTimeField()

    class Meta:
        db_table = "follow_told"
        constraints = [models.UniqueConstraint(fields=["follower", "followed"], name="follow_told_once")]

    def __str__(self) -> str:
        return f"user {self.follower_id} → user {self.followed_id}"


class Mute(models.Model):
    """`muter` does not want to see `muted` in lists; nobody else is told."""

    muter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    muted = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("mute")
        verbose_name_plural = _("mutes")
        constraints = [
            models.UniqueConstraint(fields=["muter", "muted"], name="mute_once"),
            models.CheckConstraint(condition=~Q(muter=F("muted")), name="mute_not_oneself"),
        ]
        indexes = [models.Index(fields=["muter", "-id"], name="mute_whom")]

    def __str__(self) -> str:
        return f"user {self.muter_id} → user {self.muted_id}"


class Block(models.Model):
    """Neither of the two sees, follows, mentions or answers the other."""

    blocker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    blocked = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="block_once"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="block_not_oneself"),
        ]
        indexes = [models.Index(fields=["blocker", "-id"], name="block_whom")]

    def __str__(self) -> str:
        return f"user {self.blocker_id} → user {self.blocked_id}"
