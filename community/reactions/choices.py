"""The types of reactions every installation begins with."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

CODE_MAX, EMOJI_MAX, LABEL_MAX, WEIGHT_MAX = 20, 16, 40, 100
#: A code as it stands in addresses and answers; it never changes.
CODE_PATTERN = r"^[A-Z][A-Z0-9_]{0,19}$"
#: Code, emoji, label, weight in the score; in their order.
TYPES = (
    ("LIKE", "👍", _("Like"), 1),
    ("LOVE", "❤️", _("Love"), 2),
    ("SPARKLE", "✨", _("Sparkle"), 3),
    ("LAUGH", "😂", _("Funny"), 1),
    ("WOW", "😮", _("Wow"), 1),
    ("SAD", "😢", _("Sad"), 1),
    ("FIRE", "🔥", _("Fire"), 2),
    ("CLAP", "👏", _("Applause"), 2),
)
#: The sign of the site's sheet for each of them; other types show their emoji.
ICONS = {code: f"react-{code.lower()}" for code, *_rest in TYPES}
