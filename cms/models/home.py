"""The first page."""

from __future__ import annotations

import copy

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page

from cms.blocks import HomeBlock
from cms.models.serving import ServedPage
from community.core.generations import SITE
from community.core.remembered import remembered


class HomePage(ServedPage, Page):
    """Hero, featured posts chosen by editors (filled up by the newest), latest posts."""

    hero_title = models.CharField(_("welcome"), max_length=120, blank=True)
    hero_text = models.CharField(_("welcome text"), max_length=300, blank=True)
    hero_post = models.ForeignKey(
        "cms.PostPage",
        verbose_name=_("post on top"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Empty: the newest featured post with a picture."),
    )
    rows = StreamField(
        HomeBlock(), verbose_name=_("rows"), blank=True, help_text=_("What stands below the latest posts.")
    )

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(["hero_title", "hero_text"], heading=_("Welcome for guests")),
        FieldPanel("hero_post"),
        InlinePanel("featured_posts", heading=_("Featured posts"), label=_("post"), max_num=12),
        FieldPanel("rows"),
    ]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["cms.SectionPage", "cms.CreatorIndexPage", "cms.StandardPage"]
    template = "cms/pages/home_page.html"
    page_description = _("The first page of the site.")
    admin_icon = "home"
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def page_below(self, path_components: list[str]) -> Page | None:
        """A live page below, by its whole path at once, where Wagtail asks the database level by level."""
        path = self.url_path + "/".join(path_components) + "/"
        page = remembered(("page", path), (SITE,), lambda: _live_page(path))
        return copy.copy(page)  # whoever serves it may write into it; what it refers to is shared


def _live_page(path: str) -> Page | None:
    found = Page.objects.filter(url_path=path, live=True).order_by("pk").values_list("pk", "content_type").first()
    page_type = ContentType.objects.get_for_id(found[1]).model_class() if found else None
    if found is None or page_type is None:
        return None
    rows = page_type._default_manager.select_related("content_type", *getattr(page_type, "served_with", ()))
    return rows.filter(pk=found[0]).first()


class FeaturedPost(Orderable):
    """A post chosen for the first page."""

    home = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="featured_posts")
    post = models.ForeignKey("cms.PostPage", verbose_name=_("post"), on_delete=models.CASCADE, related_name="+")

    panels = ["post"]

    class Meta(Orderable.Meta):
        verbose_name = _("featured post")
