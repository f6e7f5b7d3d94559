"""Categories, announcements and reusable content in the menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms.models import Announcement, Category, ReusableContent


class CategoryViewSet(SnippetViewSet):
    """Categories, in the main menu, in their order."""

    model = Category
    icon = "folder-open-inverse"
    menu_label = _("Categories")
    menu_order = 250
    add_to_admin_menu = True
    list_display = ["name", "slug", "order"]
    search_fields = ["name"]
    ordering = ["order", "name"]


class ReusableContentViewSet(SnippetViewSet):
    """Words and pictures that several pages show."""

    model = ReusableContent
    icon = "snippet"
    menu_label = _("Reusable content")
    menu_order = 255
    add_to_admin_menu = True
    list_display = ["name", "slug", "updated_at"]
    search_fields = ["name"]


class AnnouncementViewSet(SnippetViewSet):
    """Banners above every page."""

    model = Announcement
    icon = "info-circle"
    menu_label = _("Announcements")
    menu_order = 260
    add_to_admin_menu = True
    list_display = ["text", "audience", "language", "starts_at", "ends_at"]
    list_filter = ["audience", "level", "language"]
    search_fields = ["text"]
    ordering = ["-pk"]


register_snippet(CategoryViewSet)
register_snippet(ReusableContentViewSet)
register_snippet(AnnouncementViewSet)
