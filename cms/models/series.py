"""Series: posts that are read one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page
from wagtail.search import index

from cms.choices import INTRODUCTION_MAX
from cms.models.confined import GroundForm
from cms.models.creators import AuthorsGround
from cms.models.serving import ServedPage

if TYPE_CHECKING:
    from cms.models.posts import PostPage


class SeriesPage(AuthorsGround, ServedPage, Page):
    """An ordered series of posts, of an author or of a section; the order is that of the pages below it."""

    introduction = models.TextField(_("introduction"), max_length=INTRODUCTION_MAX, blank=True)
    cover_image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name=_("cover"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Empty: the cover of its first post."),
    )
    complete = models.BooleanField(_("complete"), default=False, help_text=_("No more parts will come."))

    content_panels = [*Page.content_panels, "introduction", "cover_image", "complete"]
    search_fields = [*Page.search_fields, index.SearchField("introduction")]
    base_form_class = GroundForm
    parent_page_types = ["cms.CreatorPage", "cms.SectionPage"]
    subpage_types = ["cms.PostPage"]
    #: what the page needs besides the row
    served_with = ("cover_image",)
    template = "cms/pages/series_page.html"
    page_description = _("Posts that belong together, read one after the other.")
    admin_icon = "list-ol"
    title_missing = _("A series needs a title.")

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")

    @property
    def version(self) -> int:
        """The number of the newest revision: what an optimistic save is compared with."""
        return self.latest_revision_id or 0

    def parts(self) -> models.QuerySet[PostPage]:
        """Its live posts in their order."""
        from cms.models.posts import PostPage

        return PostPage.objects.published().child_of(self).order_by("path")
