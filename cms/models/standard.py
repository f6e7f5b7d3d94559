"""Plain pages: about, rules, legal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.blocks import BodyBlock
from cms.choices import SEARCHED_LENGTH
from cms.models.serving import ServedPage


class StandardPage(ServedPage, Page):
    """A text with a table of contents."""

    body = StreamField(BodyBlock(), verbose_name=_("text"), blank=True)

    content_panels = [*Page.content_panels, "body"]
    search_fields = [*Page.search_fields, index.SearchField("searchable_text")]
    parent_page_types = ["cms.HomePage", "cms.StandardPage"]
    subpage_types = ["cms.StandardPage"]
    template = "cms/pages/standard_page.html"
    page_description = _("A page for itself, such as About or the rules.")
    admin_icon = "doc-empty"

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")

    def searchable_text(self) -> str:
        """The beginning of the words: PostgreSQL's index takes at most a megabyte of a text."""
        words = (part for child in self.body for part in child.block.get_searchable_content(child.value))
        return " ".join(str(part) for part in words)[:SEARCHED_LENGTH]
