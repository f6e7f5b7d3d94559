"""Blocks of pictures, videos, files and things elsewhere."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import structlog
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.embeds.embeds import get_embed
from wagtail.embeds.exceptions import EmbedException
from wagtail.embeds.finders import get_finders
from wagtail.images.blocks import ImageChooserBlock

from community.core.text import Chapter, parse_chapters, youtube_id

log = structlog.get_logger(__name__)


class ImageBlock(blocks.StructBlock):
    """A picture with its words."""

    image = ImageChooserBlock(label=_("picture"))
    alt = blocks.CharBlock(
        label=_("alternative text"),
        required=False,
        max_length=255,
        help_text=_("What a person who cannot see the picture should know. Empty: it only decorates."),
    )
    caption = blocks.CharBlock(label=_("caption"), required=False, max_length=255)

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "cms/blocks/image.html"


class VideoValue(blocks.StructValue):
    """A video with its id."""

    @property
    def video_id(self) -> str:
        """The 11 characters of YouTube, or an empty text."""
        return youtube_id(self.get("video") or "") or ""

    @property
    def chapter_list(self) -> list[Chapter]:
        """Its chapters in their order; lines that are none are left out."""
        try:
            return parse_chapters(self.get("chapters") or "")
        except ValueError:
            return []


class VideoBlock(blocks.StructBlock):
    """A YouTube video; it loads after a click."""

    video = blocks.CharBlock(
        label=_("video"), max_length=200, help_text=_("The address of the video on YouTube, or its 11 characters.")
    )
    title = blocks.CharBlock(label=_("title"), required=False, max_length=255)
    start = blocks.IntegerBlock(label=_("start at second"), required=False, min_value=0, max_value=86400)
    chapters = blocks.TextBlock(
        label=_("chapters"),
        required=False,
        max_length=5000,
        help_text=_("One on a line: the time and its title, such as “1:23 The curtain”."),
    )

    def clean(self, value: Any) -> Any:
        """Refuses what does not name a video of YouTube, and lines that are no chapters."""
        cleaned = super().clean(value)
        errors = {}
        if not youtube_id(cleaned.get("video") or ""):
            errors["video"] = ValidationError(_("This is not the address of a YouTube video."))
        try:
            parse_chapters(cleaned.get("chapters") or "")
        except ValueError as error:
            errors["chapters"] = ValidationError(_("This line is no chapter: %(line)s") % {"line": error.args[0]})
        if errors:
            raise blocks.StructBlockValidationError(block_errors=errors)
        return cleaned

    class Meta:
        icon = "media"
        label = _("YouTube video")
        template = "cms/blocks/video.html"
        value_class = VideoValue


class EmbedCardValue(blocks.StructValue):
    """A card's words."""

    @property
    def host(self) -> str:
        """The provider, as its host name."""
        return (urlsplit(self.get("url") or "").hostname or "").removeprefix("www.")


def embed_title(url: str) -> str:
    """What the provider calls the thing at `url`; empty when it does not say or does not answer."""
    try:
        return str(get_embed(url).title or "")[:255]
    except EmbedException as error:
        log.warning("embed_without_title", error=type(error).__name__)
        return ""


class EmbedBlock(blocks.StructBlock):
    """Something elsewhere, of a provider that speaks oEmbed: shown as a card that leads there.

    Foreign frames and scripts are not let into the page (Content-Security-Policy), and nothing is asked of the
    provider when somebody reads; the title is asked once, when the block is stored without one.
    """

    url = blocks.URLBlock(label=_("address"), max_length=500)
    title = blocks.CharBlock(
        label=_("title"), required=False, max_length=255, help_text=_("Empty: the provider is asked.")
    )

    def clean(self, value: Any) -> Any:
        """Refuses providers that are not on Wagtail's list; fills the title."""
        cleaned = super().clean(value)
        url = cleaned.get("url") or ""
        if not any(finder.accept(url) for finder in get_finders()):
            raise blocks.StructBlockValidationError(
                block_errors={"url": ValidationError(_("Pages of this provider cannot be embedded."))}
            )
        if not cleaned.get("title"):
            cleaned["title"] = embed_title(url)
        return cleaned

    class Meta:
        icon = "media"
        label = _("Embed")
        template = "cms/blocks/embed.html"
        value_class = EmbedCardValue


class GalleryBlock(blocks.StructBlock):
    """Several pictures side by side."""

    pictures = blocks.ListBlock(ImageBlock(), label=_("pictures"), min_num=2, max_num=24)
    caption = blocks.CharBlock(label=_("caption of all"), required=False, max_length=255)

    class Meta:
        icon = "image"
        label = _("Gallery")
        template = "cms/blocks/gallery.html"


class FileBlock(blocks.StructBlock):
    """A document to read or keep."""

    document = DocumentChooserBlock(label=_("document"))
    title = blocks.CharBlock(
        label=_("title"), required=False, max_length=255, help_text=_("Empty: the document's own.")
    )
    description = blocks.CharBlock(label=_("description"), required=False, max_length=300)

    class Meta:
        icon = "doc-full"
        label = _("File")
        template = "cms/blocks/file.html"
