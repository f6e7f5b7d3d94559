"""What stands around every page: menus and footer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField

from cms.blocks import LinkColumnBlock, MenuLinkBlock


@register_setting(icon="list-ul")
class SiteFrame(BaseSiteSetting):
    """Menus and footer of the site. What is empty fills itself from the pages that want to be in menus."""

    tagline = models.CharField(
        _("line in the footer"), max_length=160, blank=True, help_text=_("Empty: the site's own line.")
    )
    main_menu = StreamField(
        [("link", MenuLinkBlock())],
        verbose_name=_("main menu"),
        blank=True,
        max_num=9,
        help_text=_("Empty: the sections and pages that want to be in menus."),
    )
    footer = StreamField([("column", LinkColumnBlock())], verbose_name=_("footer"), blank=True, max_num=4)

    panels = ["main_menu", "footer", "tagline"]

    class Meta:
        verbose_name = _("menus and footer")
        verbose_name_plural = _("menus and footers")
