"""What an import made: the key by which a later import finds it again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportedObject(models.Model):
    """One thing of another program and what was made of it here.

    A row whose thing is gone stays: what was deleted here is not made again.
    """

    class Kind(models.TextChoices):
        AUTHOR = "author", _("author")
        CATEGORY = "category", _("category")
        POST = "post", _("post")
        PAGE = "page", _("page")
        COMMENT = "comment", _("comment")

    source = models.CharField(_("program"), max_length=20)
    site = models.CharField(_("site"), max_length=200, help_text=_("The address it comes from."))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    external_id = models.CharField(_("key there"), max_length=200)
    content_hash = models.CharField(max_length=64)
    page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("page"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    category = models.ForeignKey(
        "cms.Category",
        verbose_name=_("category"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    #: No foreign key: comments that are gone for good go without asking who points to them.
    comment_id = models.BigIntegerField(null=True, blank=True)
    imported_at = models.DateTimeField(_("imported"), auto_now=True)

    class Meta:
        verbose_name = _("imported object")
        verbose_name_plural = _("imported objects")
        constraints = [
            models.UniqueConstraint(fields=["source", "site", "kind", "external_id"], name="imported_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["author", "category", "post", "page", "comment"]),
                name="imported_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id} ({self.site})"
