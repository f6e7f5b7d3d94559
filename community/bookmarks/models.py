"""What people keep, in folders of their own, and what they share."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from community.accounts.models import User
from community.bookmarks.choices import FOLDER_NAME_MAX, NOTE_MAX


class Folder(models.Model):
    """A person's own drawer for bookmarks; nobody else sees it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=FOLDER_NAME_MAX)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "bookmark_folder"
        constraints = [
            models.UniqueConstraint("user", Lower("name"), name="bookmark_folder_once"),
            models.CheckConstraint(condition=~Q(name=""), name="bookmark_folder_named"),
        ]

    def __str__(self) -> str:
        return self.name


class Bookmark(models.Model):
    """A target that somebody keeps, at most once; it outlives its folder."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    target_kind = models.CharField(max_length=40)
    target_id = models.BigIntegerField()
    folder = models.ForeignKey(Folder, null=True, on_delete=models.SET_NULL, related_name="bookmarks", db_index=False)
    note = models.CharField(max_length=NOTE_MAX, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "bookmark"
        constraints = [
            models.UniqueConstraint(fields=["user", "target_kind", "target_id"], name="bookmark_once"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="bookmark_of_person"),
            models.Index(fields=["folder", "-id"], name="bookmark_of_folder"),
            models.Index(fields=["target_kind", "target_id"], name="bookmark_of_target"),
        ]


class Share(models.Model):
    """That somebody shared a target, counted once a day; `to_followers`: their feeds show it, with the note."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    target_kind = models.CharField(max_length=40)
    target_id = models.BigIntegerField()
    on_date = models.DateField(help_text="The day in UTC.")
    to_followers = models.BooleanField(default=False)
    note = models.CharField(max_length=NOTE_MAX, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "share"
        constraints = [
            models.UniqueConstraint(fields=["user", "target_kind", "target_id", "on_date"], name="share_once_a_day"),
            models.CheckConstraint(condition=Q(to_followers=True) | Q(note=""), name="share_note_for_followers"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="share_of_person", condition=Q(to_followers=True)),
            models.Index(fields=["target_kind", "target_id"], name="share_of_target"),
        ]
