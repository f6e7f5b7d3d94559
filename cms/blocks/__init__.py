"""The blocks that bodies, menus and the first page are made of."""

from cms.blocks.body import BodyBlock, PlainBodyBlock
from cms.blocks.data import CodeBlock, CodeValue, PollBlock, TableBlock
from cms.blocks.home import HomeBlock, PeopleRowBlock, PostRowBlock
from cms.blocks.links import LinkBlock, LinkColumnBlock, MenuLinkBlock
from cms.blocks.media import (
    EmbedBlock,
    EmbedCardValue,
    FileBlock,
    GalleryBlock,
    ImageBlock,
    VideoBlock,
    VideoValue,
    embed_title,
)
from cms.blocks.text import (
    CalloutBlock,
    CleanHTMLBlock,
    CleanRichTextBlock,
    DividerBlock,
    QuoteBlock,
    SpoilerBlock,
)

__all__ = [
    "BodyBlock",
    "CalloutBlock",
    "CleanHTMLBlock",
    "CleanRichTextBlock",
    "CodeBlock",
    "CodeValue",
    "DividerBlock",
    "EmbedBlock",
    "EmbedCardValue",
    "FileBlock",
    "GalleryBlock",
    "HomeBlock",
    "ImageBlock",
    "LinkBlock",
    "LinkColumnBlock",
    "MenuLinkBlock",
    "PeopleRowBlock",
    "PlainBodyBlock",
    "PollBlock",
    "PostRowBlock",
    "QuoteBlock",
    "SpoilerBlock",
    "TableBlock",
    "VideoBlock",
    "VideoValue",
    "embed_title",
]
