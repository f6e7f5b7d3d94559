"""Blocks of words. Whatever door HTML comes through, it is stored cleaned by the one policy."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.rich_text import RichText

from cms.choices import CALLOUT_KINDS, RICH_TEXT_FEATURES
from community.core.text import clean_html, plain_text


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


class QuoteBlock(blocks.StructBlock):
    """Somebody's words."""

    text = blocks.TextBlock(label=_("quote"), max_length=2000)
    attribution = blocks.CharBlock(label=_("who said it"), required=False, max_length=255)

    class Meta:
        icon = "openquote"
        label = _("Quote")
        template = "cms/blocks/quote.html"


class CalloutValue(blocks.StructValue):
    """A remark with the words and the sign of its kind."""

    @property
    def kind_label(self) -> str:
        """What the kind is called."""
        return str(dict(CALLOUT_KINDS).get(self.get("kind") or "", ""))

    @property
    def icon(self) -> str:
        """The sign of the kind, in the sprite."""
        return {"tip": "spark", "warning": "alert"}.get(self.get("kind") or "", "info")


class CalloutBlock(blocks.StructBlock):
    """A remark that stands out: a note, a tip, a warning."""

    kind = blocks.ChoiceBlock(label=_("kind"), choices=CALLOUT_KINDS, default="note")
    title = blocks.CharBlock(label=_("title"), required=False, max_length=120)
    text = CleanRichTextBlock(label=_("text"), features=["bold", "italic", "link", "ul", "ol", "code"])

    class Meta:
        icon = "info-circle"
        label = _("Call-out")
        template = "cms/blocks/callout.html"
        value_class = CalloutValue


class SpoilerBlock(blocks.StructBlock):
    """Something that only those see who want to."""

    summary = blocks.CharBlock(
        label=_("what one clicks on"), max_length=160, help_text=_("Say what it is about without giving it away.")
    )
    text = CleanRichTextBlock(label=_("hidden text"))

    class Meta:
        icon = "view"
        label = _("Spoiler")
        template = "cms/blocks/spoiler.html"


class DividerBlock(blocks.StaticBlock):
    """A pause between two parts of a text."""

    class Meta:
        icon = "horizontalrule"
        label = _("Divider")
        template = "cms/blocks/divider.html"
        admin_text = _("A pause between two parts of the text.")
