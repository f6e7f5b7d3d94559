"""The blocks a body is made of. Whatever door HTML comes through, it is stored cleaned by the one policy."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import structlog
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.embeds.embeds import get_embed
from wagtail.embeds.exceptions import EmbedException
from wagtail.embeds.finders import get_finders
from wagtail.images.blocks import ImageChooserBlock
from wagtail.rich_text import RichText

from cms.choices import CODE_LANGUAGES, RICH_TEXT_FEATURES
from community.core.text import clean_html, plain_text, youtube_id

log = structlog.get_logger(__name__)


class CleanRichTextBlock(blocks.RichTextBlock):
    """Rich text, cleaned when it is stored."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("features", RICH_TEXT_FEATURES)
        super().__init__(**kwargs)

    def get_prep_value(self, value: RichText) -> str:
        """The stored form, by the policy."""
        return clean_html(super().get_prep_value(value) or "")

    def clean(self, value: RichText) -> RichText:
        """What a form sends, by the policy at once: a preview shows it before it is stored."""
        cleaned = super().clean(value)
        return RichText(clean_html(cleaned.source or ""))

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "cms/blocks/rich_text.html"


class CleanHTMLBlock(blocks.TextBlock):
    """HTML that the editor's toolbar has no buttons for (tables, definition lists, imported texts), cleaned."""

    def get_prep_value(self, value: str) -> str:
        """The stored form, by the policy."""
        return clean_html(value or "")

    def clean(self, value: str) -> str:
        """What a form sends, by the policy at once: a preview shows it before it is stored."""
        return clean_html(super().clean(value) or "")

    def get_searchable_content(self, value: str) -> list[str]:
        """The words."""
        return [plain_text(value)]

    def to_python(self, value: Any) -> str:
        """The stored text; it was cleaned when it was stored."""
        return str(super().to_python(value) or "")

    class Meta:
        icon = "code"
        label = _("HTML")
        template = "cms/blocks/html.html"


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


class VideoBlock(blocks.StructBlock):
    """A YouTube video; it loads after a click."""

    video = blocks.CharBlock(
        label=_("video"), max_length=200, help_text=_("The address of the video on YouTube, or its 11 characters.")
    )
    title = blocks.CharBlock(label=_("title"), required=False, max_length=255)
    start = blocks.IntegerBlock(label=_("start at second"), required=False, min_value=0, max_value=86400)

    def clean(self, value: Any) -> Any:
        """Refuses what does not name a video of YouTube."""
        cleaned = super().clean(value)
        if not youtube_id(cleaned.get("video") or ""):
            raise blocks.StructBlockValidationError(
                block_errors={"video": ValidationError(_("This is not the address of a YouTube video."))}
            )
        return cleaned

    class Meta:
        icon = "media"
        label = _("YouTube video")
        template = "cms/blocks/video.html"
        value_class = VideoValue


class QuoteBlock(blocks.StructBlock):
    """Somebody's words."""

    text = blocks.TextBlock(label=_("quote"), max_length=2000)
    attribution = blocks.CharBlock(label=_("who said it"), required=False, max_length=255)

    class Meta:
        icon = "openquote"
        label = _("Quote")
        template = "cms/blocks/quote.html"


class CodeValue(blocks.StructValue):
    """Code with its colours."""

    @cached_property
    def highlighted(self) -> SafeString:
        """The code as spans with classes, by Pygments (https://pygments.org/)."""
        from pygments import highlight
        from pygments.formatters import HtmlFormatter
        from pygments.lexers import get_lexer_by_name

        lexer = get_lexer_by_name(self.get("language") or "text", stripnl=False)
        return mark_safe(highlight(self.get("code") or "", lexer, HtmlFormatter(nowrap=True)))  # noqa: S308


class CodeBlock(blocks.StructBlock):
    """A piece of a program."""

    language = blocks.ChoiceBlock(label=_("language"), choices=CODE_LANGUAGES, default="text")
    code = blocks.TextBlock(label=_("code"), max_length=50_000)

    class Meta:
        icon = "code"
        label = _("Code")
        template = "cms/blocks/code.html"
        value_class = CodeValue


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


class BodyBlock(blocks.StreamBlock):
    """The body of a post or page."""

    rich_text = CleanRichTextBlock()
    image = ImageBlock()
    video = VideoBlock()
    quote = QuoteBlock()
    code = CodeBlock()
    embed = EmbedBlock()
    html = CleanHTMLBlock()

    def get_prep_value(self, value: Any) -> Any:
        """The stored form of every block: Wagtail would hand on unread ones raw, past the cleaning."""
        for _child in value or ():
            pass
        return super().get_prep_value(value)

    class Meta:
        required = False
