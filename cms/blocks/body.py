"""The stream of blocks a body is made of."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from cms.blocks.data import CodeBlock, PollBlock, TableBlock
from cms.blocks.media import EmbedBlock, FileBlock, GalleryBlock, ImageBlock, VideoBlock
from cms.blocks.text import (
    CalloutBlock,
    CleanHTMLBlock,
    CleanRichTextBlock,
    DividerBlock,
    QuoteBlock,
    SpoilerBlock,
)


class _CleanStreamBlock(blocks.StreamBlock):
    """A stream whose every block is stored cleaned."""

    def get_prep_value(self, value: Any) -> Any:
        """The stored form of every block: Wagtail would hand on unread ones raw, past the cleaning."""
        for _child in value or ():
            pass
        return super().get_prep_value(value)


class PlainBodyBlock(_CleanStreamBlock):
    """What can stand in reusable content: everything but reusable content and polls."""

    rich_text = CleanRichTextBlock()
    image = ImageBlock()
    gallery = GalleryBlock()
    video = VideoBlock()
    quote = QuoteBlock()
    callout = CalloutBlock()
    spoiler = SpoilerBlock()
    code = CodeBlock()
    table = TableBlock()
    file = FileBlock()
    embed = EmbedBlock()
    divider = DividerBlock()
    html = CleanHTMLBlock()

    class Meta:
        required = False


class BodyBlock(PlainBodyBlock):
    """The body of a post or page."""

    poll = PollBlock()
    reusable = SnippetChooserBlock(
        "cms.ReusableContent",
        label=_("Reusable content"),
        icon="snippet",
        template="cms/blocks/reusable.html",
    )

    class Meta:
        required = False
        #: Votes are those of the post: a second poll would have none of its own.
        block_counts: ClassVar[dict[str, dict[str, int]]] = {"poll": {"max_num": 1}}
