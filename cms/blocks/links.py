"""Blocks of menus: links to pages of the site or elsewhere."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.choices import MENU_ICONS
from community.core.text import has_visible, is_web_address


def is_own_path(address: str) -> bool:
    """Is this a path of this site (and not, as `//host`, an address elsewhere)?

    Browsers take spaces and control characters away first: `/<tab>/host` is an address elsewhere too.
    """
    plain = all(sign.isprintable() and not sign.isspace() for sign in address)
    return plain and address.startswith("/") and not address.startswith(("//", "/\\"))


class LinkBlock(blocks.StructBlock):
    """A link with its words, for readers of one language or of all."""

    label = blocks.CharBlock(label=_("words"), required=False, max_length=60, help_text=_("Empty: the page's title."))
    page = blocks.PageChooserBlock(label=_("page"), required=False)
    address = blocks.CharBlock(
        label=_("or address"), required=False, max_length=500, help_text=_("Such as /search/ or https://example.org/.")
    )
    language = blocks.ChoiceBlock(
        label=_("only for"), required=False, choices=settings.LANGUAGES, help_text=_("Empty: for everybody.")
    )

    def clean(self, value: Any) -> Any:
        """Refuses a link that leads nowhere, has no words, or is neither of this site nor of the web."""
        cleaned = super().clean(value)
        address, errors = (cleaned.get("address") or "").strip(), {}
        if bool(cleaned.get("page")) == bool(address):
            errors["page"] = ValidationError(_("Choose a page or write an address."))
        elif address and not (is_own_path(address) or is_web_address(address)):
            errors["address"] = ValidationError(_("Write a path of this site, or an address with https://."))
        elif not has_visible(cleaned.get("label") or ""):
            cleaned["label"] = ""
            if address:
                errors["label"] = ValidationError(_("An address needs words."))
        if errors:
            raise blocks.StructBlockValidationError(block_errors=errors)
        return cleaned

    class Meta:
        icon = "link"
        label = _("Link")


class MenuLinkBlock(LinkBlock):
    """A link of the main menu, with an icon."""

    icon = blocks.ChoiceBlock(label=_("icon"), choices=MENU_ICONS, default="page")


class LinkColumnBlock(blocks.StructBlock):
    """A column of the footer."""

    title = blocks.CharBlock(label=_("title"), max_length=60)
    language = blocks.ChoiceBlock(
        label=_("only for"), required=False, choices=settings.LANGUAGES, help_text=_("Empty: for everybody.")
    )
    links = blocks.ListBlock(LinkBlock(), label=_("links"), min_num=1, max_num=12)

    def clean(self, value: Any) -> Any:
        """Refuses a title of which nothing is seen."""
        cleaned = super().clean(value)
        if not has_visible(cleaned["title"]):
            raise blocks.StructBlockValidationError(
                block_errors={"title": ValidationError(_("A column needs a title."))}
            )
        return cleaned

    class Meta:
        icon = "list-ul"
        label = _("Column")
