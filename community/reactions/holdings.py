"""What the tables of reactions hold about people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from community.core import holdings
from community.core.holdings import owned
from community.reactions.services import forget_person


def register() -> None:
    """Called when the app is ready."""
    holdings.register(
        owned("reactions.Reaction", "user", also=["target_id"], title=_("Your reactions"), forget=forget_person)
    )
