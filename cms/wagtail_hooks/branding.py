"""The site's colours, letters and mark."""

from __future__ import annotations

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks


@hooks.register("insert_global_admin_css")
def admin_colours() -> SafeString:
    """The site's violet and its typeface in the admin."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


@hooks.register("register_icons")
def admin_icons(icons: list[str]) -> list[str]:
    """The site's mark among Wagtail's icons."""
    return [*icons, "cms/admin/icons/spark.svg"]
