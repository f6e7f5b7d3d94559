"""Editorial sections: news, guides."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page
from wagtail.search import index

from cms.models.serving import ServedPage


class SectionPage(ServedPage, Page):
    """A section with posts of its own, possibly divided."""

    introduction = models.TextField(_("introduction"), max_length=500, blank=True)

    content_panels = [*Page.content_panels, "introduction"]
    search_fields = [*Page.search_fields, index.SearchField("introduction")]
    parent_page_types = ["cms.HomePage", "cms.SectionPage"]
    subpage_types = ["cms.PostPage", "cms.SectionPage"]
    template = "cms/pages/section_page.html"
    page_description = _("A part of the magazine, with posts by editors.")

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
