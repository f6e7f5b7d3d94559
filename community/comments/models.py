"""Comments, and the texts they had before."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community.comments.choices import ADDRESS_MAX, CONTENT_MAX, LONGEST_VIDEO, NAME_MAX
from community.core.reasons import REASON_MAX

_STANDS = Q(deleted_at__isnull=True, hidden_at__isnull=True, held_at__isnull=True)


class CommentQuerySet(models.QuerySet["Comment"]):
    """Small filters that chain."""

    def standing(self) -> CommentQuerySet:
        """Neither deleted nor hidden, nor waiting for a moderator."""
        return self.filter(_STANDS)

    def held(self) -> CommentQuerySet:
        """What waits for a moderator."""
        return self.filter(held_at__isnull=False)

    def on(self, kind: str, target_id: int) -> CommentQuerySet:
        """What was said about one target."""
        return self.filter(target_kind=kind, target_id=target_id)

    def listed(self) -> CommentQuerySet:
        """What has a place in its thread: also what is gone and has answers."""
        return self.filter(listed=True)


class Comment(models.Model):
    """What somebody said about a target. Written by community.comments.services.

    A thread begins with a comment without `root`; whatever answers it, at any depth, has that as `root`.
    """

    target_kind = models.CharField(max_length=40)
    target_id = models.BigIntegerField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="comments",
    )
    guest_name = models.CharField(max_length=NAME_MAX, blank=True, help_text="Of somebody without an account: imports.")
    guest_url = models.CharField(max_length=ADDRESS_MAX, blank=True, help_text="The web address that guest gave.")
    ping = models.BooleanField(default=False, help_text="Another site says that it links here: imports.")
    # The indexes below serve these two.
    root = models.ForeignKey("self", null=True, on_delete=models.CASCADE, db_index=False, related_name="thread")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, db_index=False, related_name="answers")
    depth = models.PositiveIntegerField(default=0, help_text="How many comments stand above it.")
    content = models.TextField(_("text"), max_length=CONTENT_MAX, blank=True, help_text="As it was written.")
    html = models.TextField(blank=True, help_text="The same as cleaned HTML.")
    policy_version = models.PositiveSmallIntegerField(default=0, help_text="By which rules the HTML was made.")
    youtube_timestamp = models.PositiveIntegerField(null=True, help_text="Seconds into the target's video.")
    score = models.FloatField(default=0, help_text="Its place among the best: reactions, the older the less.")
    replies = models.PositiveIntegerField(default=0, help_text="Direct answers that stand.")
    kept_replies = models.PositiveIntegerField(default=0, help_text="Direct answers that have a place.")
    thread_size = models.PositiveIntegerField(default=0, help_text="Of a thread's first: all below it that stand.")
    listed = models.BooleanField(default=True, help_text="Stands, or has answers that have a place.")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("written"), db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    edited_at = models.DateTimeField(null=True)
    pinned_at = models.DateTimeField(null=True)
    locked_at = models.DateTimeField(null=True, help_text="Of a thread's first: nobody answers any more.")
    deleted_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True, help_text="Waits for a moderator since: imports.")
    hidden_at = models.DateTimeField(null=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="hidden_comments"
    )
    hidden_reason = models.CharField(_("reason"), max_length=REASON_MAX, blank=True)

    objects: ClassVar[CommentQuerySet] = CommentQuerySet.as_manager()  # type: ignore[assignment] # a manager of our queries

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            models.UniqueConstraint(
                fields=["target_kind", "target_id"], condition=Q(pinned_at__isnull=False), name="comment_one_pinned"
            ),
            models.CheckConstraint(
                condition=Q(root__isnull=True, parent__isnull=True, depth=0)
                | Q(root__isnull=False, parent__isnull=False, depth__gt=0),
                name="comment_place",
            ),
            models.CheckConstraint(
                condition=(_STANDS | Q(kept_replies__gt=0)) & Q(listed=True)
                | Q(listed=False, kept_replies=0) & ~_STANDS,
                name="comment_listed",
            ),
            models.CheckConstraint(condition=Q(replies__lte=F("kept_replies")), name="comment_replies_kept"),
            models.CheckConstraint(
                condition=Q(youtube_timestamp__isnull=True) | Q(youtube_timestamp__lte=LONGEST_VIDEO),
                name="comment_moment",
            ),
            models.CheckConstraint(
                condition=Q(pinned_at__isnull=True) | (Q(root__isnull=True) & _STANDS), name="comment_pinned_first"
            ),
            models.CheckConstraint(
                condition=Q(locked_at__isnull=True) | Q(root__isnull=True), name="comment_locked_first"
            ),
            models.CheckConstraint(
                condition=Q(author__isnull=True) | Q(guest_name="", guest_url=""), name="comment_one_author"
            ),
            models.CheckConstraint(
                condition=Q(held_at__isnull=True) | Q(deleted_at__isnull=True, hidden_at__isnull=True),
                name="comment_held_only",
            ),
        ]
        indexes = [
            models.Index(
                fields=["target_kind", "target_id", "-score", "-id"],
                name="comment_best",
                condition=Q(root__isnull=True, listed=True),
            ),
            models.Index(
                fields=["target_kind", "target_id", "created_at", "id"],
                name="comment_by_time",
                condition=Q(root__isnull=True, listed=True),
            ),
            models.Index(fields=["root", "id"], name="comment_thread", condition=Q(root__isnull=False)),
            models.Index(
                fields=["parent", "created_at", "id"], name="comment_answers", condition=Q(parent__isnull=False)
            ),
            models.Index(
                fields=["target_kind", "target_id", "youtube_timestamp", "id"],
                name="comment_moments",
                condition=Q(youtube_timestamp__isnull=False) & _STANDS,
            ),
            models.Index(fields=["author", "-id"], name="comment_author"),
            models.Index(fields=["-id"], name="comment_held", condition=Q(held_at__isnull=False)),
            models.Index(fields=["deleted_at"], name="comment_deleted", condition=Q(deleted_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk} on {self.target_kind} {self.target_id}"

    def get_absolute_url(self) -> str:
        """The address that leads to its place."""
        return reverse("comment", args=[self.pk])

    @property
    def stands(self) -> bool:
        """Neither deleted nor hidden, nor waiting for a moderator."""
        return self.deleted_at is None and self.hidden_at is None and self.held_at is None

    @property
    def thread_id(self) -> int:
        """The id of the comment that the thread begins with."""
        return self.root_id or self.pk


class CommentEdit(models.Model):
    """A text that a comment had, for moderators."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="edits")
    content = models.TextField(_("text"))
    replaced_at = models.DateTimeField(_("replaced"), db_default=Now())

    class Meta:
        verbose_name = _("earlier text")
        verbose_name_plural = _("earlier texts")
        indexes = [models.Index(fields=["comment", "-id"], name="comment_edit_newest")]

    def __str__(self) -> str:
        return f"earlier text of comment {self.comment_id}"
