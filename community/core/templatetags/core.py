"""What every template may ask: addresses in the reader's language, short numbers, parts that are rendered once."""

from __future__ import annotations

from typing import Any

from babel.numbers import format_compact_decimal
from django import template
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from community.core import caching, languages
from community.core.generations import SITE
from community.core.remembered import remembered

register = template.Library()
#: So many parts are remembered in a process; then all are forgotten.
REMEMBERED_MAX = 4000
_remembered: dict[Any, SafeString] = {}
_icons: dict[tuple[str, str], SafeString] = {}


@receiver(setting_changed, dispatch_uid="core.remembered_parts")
def _forget(**_changed: Any) -> None:
    """Under other settings a part may look different: where files lie, which languages there are."""
    _remembered.clear()
    _icons.clear()


@register.filter
def localized(path: str) -> str:
    """A path of this site in the reader's language: `{{ "/search/"|localized }}`."""
    return languages.localized(path)


@register.filter
def compact(number: int | None) -> str:
    """A number in short, as the Unicode CLDR has it for the reader's language: 1.2K, 3.4M, „1,2 Mio.“."""
    return format_compact_decimal(number or 0, format_type="short", locale=get_language() or "en", fraction_digits=1)


@register.simple_tag
def icon(name: str, kind: str = "") -> SafeString:
    """A sign of the site's sheet of signs, with further classes: `{% icon "arrow" "icon--small" %}`."""
    found = _icons.get((name, kind))
    if found is None:
        found = render_to_string("icons/icon.html", {"name": name, "class": kind})
        if len(_icons) < REMEMBERED_MAX:
            _icons[name, kind] = found
    return found


@register.tag
def remember(parser: Parser, token: Token) -> Remembered:
    """`{% remember post level %}…{% endremember %}`: a part that shows these values and nothing else.

    It is rendered once for equal values, language, time zone and day. Inside only the named values are there.
    """
    names = token.split_contents()[1:]
    nodes = parser.parse(("endremember",))
    parser.delete_first_token()
    return Remembered(nodes, names)


class Remembered(template.Node):
    """The node of `remember`. Values that cannot be compared by hash are rendered each time."""

    def __init__(self, nodelist: NodeList, names: list[str]) -> None:
        self.nodelist, self.names = nodelist, names

    def render(self, context: Context) -> SafeString:
        """The part, without names whose value is None."""
        values = tuple(context.get(name) for name in self.names)
        # A text that is marked as safe equals the same text that has to be escaped.
        kinds = tuple(map(type, values))
        key = (self, get_language(), timezone.get_current_timezone(), timezone.localdate(), kinds, values)
        try:
            known = _remembered.get(key)
        except TypeError:
            return self._fresh(context, values)
        if known is None:
            known = self._fresh(context, values)
            if len(_remembered) >= REMEMBERED_MAX:
                _remembered.clear()
            _remembered[key] = known
        return known

    def _fresh(self, context: Context, values: tuple[Any, ...]) -> SafeString:
        named = zip(self.names, values, strict=True)
        return self.nodelist.render(context.new({name: value for name, value in named if value is not None}))


@register.tag
def fragment(parser: Parser, token: Token) -> Fragment:
    """`{% fragment %}…{% endfragment %}`: a part that is the same for every guest at an address.

    It is rendered once for the pages whose view has asked `caching.for_guests`, until what they show changes; for
    others each time. Nothing inside may depend on the theme, on cookies, or on messages. With names, as in
    `{% fragment page.pk %}`, the part depends on their values only and is the same for everybody, whoever reads.
    """
    names = [parser.compile_filter(name) for name in token.split_contents()[1:]]
    nodes = parser.parse(("endfragment",))
    parser.delete_first_token()
    return Fragment(nodes, names)


class Fragment(template.Node):
    """The node of `fragment`."""

    def __init__(self, nodelist: NodeList, names: list[FilterExpression]) -> None:
        self.nodelist, self.names = nodelist, names

    def render(self, context: Context) -> SafeString:
        """The part."""
        request = context.get("request")
        if request is None or getattr(request, "is_preview", False):
            return self.nodelist.render(context)
        if self.names:
            depends, tags = (*(name.resolve(context) for name in self.names), *caching.surroundings(request)), (SITE,)
        elif hasattr(request, "_remembered"):
            depends, tags = request._remembered
        else:
            return self.nodelist.render(context)
        return remembered((self, timezone.localdate(), *depends), tags, lambda: self.nodelist.render(context))
