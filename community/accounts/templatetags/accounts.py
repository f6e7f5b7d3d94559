"""What templates ask of accounts: what a new password must be like."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.auth.password_validation import get_default_password_validators
from django.utils.translation import gettext_lazy as _

from community.accounts.rules import device_of

register = template.Library()

#: What js/password.js can check as well, and the attribute of the validator with the limit of the rule.
_CHECKED = {
    "MinimumLengthValidator": ("short", "min_length"),
    "MaximumLengthValidator": ("long", "max_length"),
    "UserAttributeSimilarityValidator": ("similar", "max_similarity"),
    "CharacterClassValidator": ("characters", ""),
}
#: Rules of Django in the words of this site.
_WORDS = {
    "MinimumLengthValidator": _("At least %(limit)s characters."),
    "UserAttributeSimilarityValidator": _("Not like your name or your address."),
    "CommonPasswordValidator": _("None that many others use."),
}
#: What decides most comes first, what hardly anybody meets last; the others stand between.
_ORDER = {"short": 0, "characters": 1, "long": 3}


@register.simple_tag
def password_rules() -> list[dict[str, Any]]:
    """Each rule that the site has for passwords: its `text`; `name` and `limit` if a browser can check it."""
    rules = []
    for validator in get_default_password_validators():
        name, limit = _CHECKED.get(type(validator).__name__, ("", ""))
        value = getattr(validator, limit, "")
        words = _WORDS.get(type(validator).__name__)
        text = words % {"limit": value} if words else validator.get_help_text()
        rules.append({"text": text, "name": name, "limit": value})
    return sorted(rules, key=lambda rule: _ORDER.get(rule["name"], 2))


@register.filter
def device(user_agent: str) -> str:
    """Browser and system in a few words, "Firefox, Linux"; the beginning of what it says where it is none of these."""
    return device_of(user_agent)
