"""Blocks of the first page: rows of posts, people, words."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from cms.blocks.text import CleanRichTextBlock
from cms.choices import ROW_RHYTHMS


class PostRowBlock(blocks.StructBlock):
    """The newest posts of a category, section, series or author."""

    title = blocks.CharBlock(label=_("title"), required=False, max_length=120, help_text=_("Empty: the source's name."))
    category = SnippetChooserBlock("cms.Category", label=_("category"), required=False)
    page = blocks.PageChooserBlock(
        page_type=["cms.SectionPage", "cms.SeriesPage", "cms.CreatorPage"],
        label=_("or section, series, author"),
        required=False,
    )
    rhythm = blocks.ChoiceBlock(label=_("rhythm"), choices=ROW_RHYTHMS, default="trio")
    count = blocks.IntegerBlock(label=_("how many"), default=3, min_value=1, max_value=12)

    def clean(self, value: Any) -> Any:
        """Refuses a row with no source or with two."""
        cleaned = super().clean(value)
        if bool(cleaned.get("category")) == bool(cleaned.get("page")):
            raise blocks.StructBlockValidationError(
                block_errors={"category": ValidationError(_("Choose a category or a page, one of them."))}
            )
        return cleaned

    class Meta:
        icon = "list-ul"
        label = _("Posts")


class PeopleRowBlock(blocks.StructBlock):
    """Authors somebody chose to show."""

    title = blocks.CharBlock(label=_("title"), max_length=120)
    people = blocks.ListBlock(
        blocks.PageChooserBlock(page_type="cms.CreatorPage", label=_("author page")),
        label=_("people"),
        min_num=1,
        max_num=8,
    )

    class Meta:
        icon = "group"
        label = _("People")


class HomeBlock(blocks.StreamBlock):
    """The rows below the latest posts of the first page."""

    posts = PostRowBlock()
    people = PeopleRowBlock()
    text = CleanRichTextBlock()

    class Meta:
        required = False
