"""Why something is hidden or brought back: what moderators say, in one line that is kept."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from community.core import text
from community.core.errors import Invalid

REASON_MAX = 500


def stated(reason: str, *, field: str = "reason", needed: bool = True) -> str:
    """The reason as it is kept, of at most REASON_MAX characters. Raises Invalid with a message for `field`."""
    said = text.one_line(reason)
    if needed and not said:
        raise Invalid(fields={field: _("Please say why.")})
    if len(said) > REASON_MAX:
        raise Invalid(fields={field: _("A reason has at most 500 characters.")})
    return said
