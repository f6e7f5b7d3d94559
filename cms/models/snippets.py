"""Snippets: things without an address of their own in the tree."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField
from wagtail.search import index

from cms.blocks import PlainBodyBlock
from cms.blocks.links import is_own_path
from cms.models.serving import PreviewedSnippet
from community.core.text import has_visible, is_web_address

NAME_MISSING = _("A name needs letters, numbers or signs.")


class Category(index.Indexed, models.Model):
    """What a post is about; each post has at most one."""

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("slug"), max_length=100, unique=True, allow_unicode=True)
    description = models.TextField(_("description"), max_length=500, blank=True)
    colour = models.CharField(
        _("colour"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write it as #rrggbb."))],
    )
    icon = models.CharField(_("icon"), max_length=40, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="children",
    )
    order = models.PositiveIntegerField(_("order"), default=0)

    panels = ["name", "slug", "description", "colour", "icon", "parent", "order"]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["order", "name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The list of its posts."""
        return f"/categories/{self.slug}/"

    def clean(self) -> None:
        """Refuses a name of which nothing is seen."""
        super().clean()
        if self.name and not has_visible(self.name):
            raise ValidationError({"name": NAME_MISSING})


class Announcement(PreviewedSnippet, models.Model):
    """A banner above every page, for some time and some of the readers."""

    class Level(models.TextChoices):
        INFO = "info", _("information")
        SUCCESS = "success", _("good news")
        WARNING = "warning", _("warning")

    class Audience(models.TextChoices):
        EVERYONE = "everyone", _("everybody")
        GUESTS = "guests", _("guests")
        MEMBERS = "members", _("people who are signed in")
        CREATORS = "creators", _("creators")

    text = models.CharField(_("text"), max_length=240)
    link_text = models.CharField(_("words of the link"), max_length=60, blank=True)
    link_address = models.CharField(
        _("address of the link"), max_length=500, blank=True, help_text=_("A path of this site, or with https://.")
    )
    level = models.CharField(_("level"), max_length=10, choices=Level.choices, default=Level.INFO)
    audience = models.CharField(_("audience"), max_length=10, choices=Audience.choices, default=Audience.EVERYONE)
    language = models.CharField(
        _("only for"),
        max_length=10,
        choices=settings.LANGUAGES,
        blank=True,
        help_text=_("Empty: readers of every language."),
    )
    starts_at = models.DateTimeField(_("from"), null=True, blank=True, help_text=_("Empty: at once."))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True, help_text=_("Empty: until it is deleted."))
    dismissible = models.BooleanField(_("can be closed"), default=True)
    updated_at = models.DateTimeField(auto_now=True)

    panels = [
        "text", "link_text", "link_address", "level", "audience", "language", "starts_at", "ends_at", "dismissible",
    ]  # fmt: skip

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="announcement_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(link_text="", link_address="") | (~Q(link_text="") & ~Q(link_address="")),
                name="announcement_link_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        """Refuses words of which nothing is seen, a link of another kind, half a link, and an end before the start."""
        super().clean()
        problems: dict[str, Any] = {}
        if self.text and not has_visible(self.text):
            problems["text"] = _("An announcement needs words.")
        if self.link_address and not (is_own_path(self.link_address) or is_web_address(self.link_address)):
            problems["link_address"] = _("Write a path of this site, or an address with https://.")
        if bool(self.link_address) != bool(self.link_text) or (self.link_text and not has_visible(self.link_text)):
            problems["link_text"] = _("A link needs words and an address.")
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            problems["ends_at"] = _("It has to end after it starts.")
        if problems:
            raise ValidationError(problems)


class ReusableContent(PreviewedSnippet, index.Indexed, models.Model):
    """Words and pictures that several pages show; changed once, changed everywhere."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=120, unique=True, allow_unicode=True)
    body = StreamField(PlainBodyBlock(), verbose_name=_("content"))
    updated_at = models.DateTimeField(auto_now=True)

    panels = ["name", "slug", "body"]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        verbose_name = _("reusable content")
        verbose_name_plural = _("reusable contents")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuses a name of which nothing is seen."""
        super().clean()
        if self.name and not has_visible(self.name):
            raise ValidationError({"name": NAME_MISSING})
