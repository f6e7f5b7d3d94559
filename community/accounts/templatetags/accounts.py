"""What templates ask of accounts: what a new password must be like."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.auth.password_validation import get_default_password_validators

register = template.Library()

#: What js/password.js can check as well, and the attribute of the validator with the limit of the rule.
_CHECKED = {
    "MinimumLengthValidator": ("short", "min_length"),
    "MaximumLengthValidator": ("long", "max_length"),
    "UserAttributeSimilarityValidator": ("similar", "max_similarity"),
    "CharacterClassValidator": ("characters", ""),
}


@register.simple_tag
def password_rules() -> list[dict[str, Any]]:
    """Each rule that the site has for passwords: its `text`; `name` and `limit` if a browser can check it."""
    rules = []
    for validator in get_default_password_validators():
        name, limit = _CHECKED.get(type(validator).__name__, ("", ""))
        rules.append({"text": validator.get_help_text(), "name": name, "limit": getattr(validator, limit, "")})
    return rules


#: What a browser calls itself, the more particular name first: most of them name others as well.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("Vivaldi", "Vivaldi"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


@register.filter
def device(user_agent: str) -> str:
    """Browser and system in a few words, "Firefox, Linux"; the beginning of what it says where it is none of these."""
    found = [next((name for sign, name in names if sign in user_agent), "") for names in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, found)) or user_agent.partition("/")[0][:40] or "?"
