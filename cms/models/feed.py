"""What feeds are read from: where each post stands in lists, what people read, and whether they want that."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    """What a post comes from; the last is the list of all posts, whose id is 0."""

    USER = "user", _("people")
    CATEGORY = "category", _("categories")
    TAG = "tag", _("tags")
    SERIES = "series", _("series")
    ALL = "all", _("all")


class ListedPost(models.Model):
    """A live post in one of the lists it stands in, with the moment by which they are sorted.

    Triggers of the database keep it (migration 0009): no writer can forget it, and nobody else writes here.
    """

    kind = models.CharField(max_length=10, choices=Source.choices)
    source_id = models.BigIntegerField()
    published_at = models.DateTimeField()
    post = models.ForeignKey("cms.PostPage", on_delete=models.CASCADE, related_name="+", db_index=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False,
        db_index=False,
    )  # fmt: skip

    class Meta:
        db_table = "post_listed"
        constraints = [
            models.UniqueConstraint(fields=["post", "kind", "source_id"], name="post_listed_once"),
            models.CheckConstraint(condition=Q(kind__in=Source.values), name="post_listed_kind_known"),
        ]
        indexes = [
            models.Index(
                fields=["kind", "source_id", "-published_at", "-post"], include=["author"], name="post_listed_newest"
            ),
        ]

    def __str__(self) -> str:
        return f"post {self.post_id} in {self.kind} {self.source_id}"


class FeedPreference(models.Model):
    """What somebody chose about their feeds; who has no row has the defaults."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    for_you = models.BooleanField(_("For you"), default=True)

    class Meta:
        db_table = "feed_preference"
        verbose_name = _("choice about feeds")
        verbose_name_plural = _("choices about feeds")


class CategoryRead(models.Model):
    """How much somebody reads of a category: each post one, which fades by half in 30 days."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    category = models.ForeignKey("cms.Category", on_delete=models.CASCADE, related_name="+")
    reads = models.FloatField(help_text="As they counted at `read_at`.")
    read_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "category_read"
        constraints = [
            models.UniqueConstraint(fields=["user", "category"], name="category_read_once"),
            models.CheckConstraint(condition=Q(reads__gt=0), name="category_read_something"),
        ]
