"""What titles and tags must look like; messages are for people."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cms.choices import TAG_MAX, TAGS_MAX, TITLE_MAX
from community.core.errors import Text
from community.core.text import has_visible, one_line

TAG_MISSING = _("A tag cannot be empty.")


def clean_title(title: str, *, missing: Text) -> str:
    """The title in one line; raises ValidationError, with the message `missing` when nothing is seen of it."""
    cleaned = one_line(title)
    if not cleaned:
        raise ValidationError(str(missing))
    if len(cleaned) > TITLE_MAX:
        raise ValidationError(_("A title has at most 255 characters."))
    return cleaned


def clean_tags(tags: Iterable[str]) -> list[str]:
    """The names of tags, each in one line and once, in whatever letter case; raises ValidationError."""
    names: dict[str, str] = {}
    for tag in tags:
        name = one_line(tag).strip(",\"'# ")
        if not has_visible(name):
            raise ValidationError(TAG_MISSING)
        if len(name) > TAG_MAX:
            raise ValidationError(_("A tag has at most 100 characters."))
        names.setdefault(name.casefold(), name)
    if len(names) > TAGS_MAX:
        raise ValidationError(_("A post has at most 40 tags."))
    return list(names.values())
