"""Editorial sections: news, guides."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page
from wagtail.search import index

from cms.models.serving import ServedPage


class SectionPage(ServedPage, Page):
    """A section with posts of its own, possibly divided."""

    introduction = models.TextField(_("introduction"), max_length=500, blank=True)
    colour = models.CharField(
        _("colour"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write it as #rrggbb."))],
        help_text=_("The section's own colour, as #rrggbb."),
    )
    cover_image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name=_("picture on top"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    content_panels = [*Page.content_panels, "introduction", "cover_image", "colour"]
    search_fields = [*Page.search_fields, index.SearchField("introduction")]
    parent_page_types = ["cms.HomePage", "cms.SectionPage"]
    subpage_types = ["cms.PostPage", "cms.SeriesPage", "cms.SectionPage"]
    #: what the page needs besides the row
    served_with = ("cover_image",)
    template = "cms/pages/section_page.html"
    page_description = _("A part of the magazine, with posts by editors.")
    admin_icon = "folder-open-inverse"

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
