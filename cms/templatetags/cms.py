"""What templates ask of the content: pictures by preset, headings with anchors."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from wagtail.rich_text import RichText, expand_db_html

from cms import rules
from cms.models import CustomImage
from cms.selectors.pictures import picture as make_picture
from community.core.pictures import Picture

register = template.Library()


@register.simple_tag
def picture(image: CustomImage | None, preset: str, alt: str = "") -> Picture | None:
    """The picture of an image in a preset: `{% picture value.image "article" alt=value.alt as pic %}`."""
    return make_picture(image, preset, alt=alt) if image else None


@register.simple_tag(takes_context=True)
def prose(context: Any, value: Any) -> SafeString:
    """Cleaned HTML with links resolved and anchors at its headings, unique on the page."""
    source = value.source if isinstance(value, RichText) else str(value or "")
    request = context.get("request")
    taken = request.__dict__.setdefault("_anchors", {}) if request is not None else {}
    html = expand_db_html(source)
    return mark_safe(rules.anchored(html, taken))  # noqa: S308 - stored by the cleaning policy
