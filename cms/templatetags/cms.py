"""What templates ask of the content: pictures by preset, headings with anchors."""

from __future__ import annotations

from typing import Any

from django import template
from django.apps import apps
from django.utils.safestring import SafeString, mark_safe
from wagtail.rich_text import RichText, expand_db_html

from cms import rules
from cms.models import CustomImage
from cms.selectors.pictures import picture as make_picture
from community.core.pictures import Picture
from community.youtube.selectors import UNKNOWN, Preview

register = template.Library()


@register.simple_tag
def picture(image: CustomImage | None, preset: str, alt: str = "") -> Picture | None:
    """The picture of an image in a preset: `{% picture value.image "article" alt=value.alt as pic %}`."""
    return make_picture(image, preset, alt=alt) if image else None


@register.simple_tag
def page_type_icon(app_label: str, model_name: str) -> str:
    """The icon of a type of page in the admin: `{% page_type_icon "cms" "postpage" as icon_name %}`."""
    return getattr(apps.get_model(app_label, model_name), "admin_icon", "doc-empty")


@register.simple_tag(takes_context=True)
def preview(context: Any, video_id: str) -> Preview:
    """What is stored of a video, where the page has looked it up: `{% preview value.video_id as stored %}`."""
    return (context.get("previews") or {}).get(video_id, UNKNOWN)


@register.simple_tag(takes_context=True)
def prose(context: Any, value: Any, *, aside: bool = False) -> SafeString:
    """Cleaned HTML with links resolved and anchors at its headings, unique on the page; none in what stands aside."""
    source = value.source if isinstance(value, RichText) else str(value or "")
    html = expand_db_html(source)
    if not aside:
        request = context.get("request")
        taken = rules.new_anchors()
        html = rules.anchored(html, taken if request is None else request.__dict__.setdefault("_anchors", taken))
    return mark_safe(html)  # noqa: S308 - stored by the cleaning policy
