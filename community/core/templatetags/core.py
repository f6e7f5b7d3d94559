"""What every template may ask: addresses in the reader's language, short numbers."""

from __future__ import annotations

from babel.numbers import format_compact_decimal
from django import template
from django.utils.translation import get_language

from community.core import languages

register = template.Library()


@register.filter
def localized(path: str) -> str:
    """A path of this site in the reader's language: `{{ "/search/"|localized }}`."""
    return languages.localized(path)


@register.filter
def compact(number: int | None) -> str:
    """A number in short, as the Unicode CLDR has it for the reader's language: 1.2K, 3.4M, „1,2 Mio.“."""
    return format_compact_decimal(number or 0, format_type="short", locale=get_language() or "en", fraction_digits=1)
