"""People as targets: others point to a person as ("user", id)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from community.accounts import selectors, services
from community.accounts.choices import Status
from community.accounts.models import User
from community.accounts.permissions import Actor
from community.core import targets

#: What is entered as the reason where moderation decides.
HIDDEN, RESTORED = _("Hidden by moderation."), _("Restored by moderation.")


class UserTarget:
    """Accounts' answers about people."""

    def get(self, target_id: int, viewer: Actor) -> User:
        """The person, or NotFound."""
        return selectors.get_person_by_id(target_id, viewer=viewer)

    def cards(self, ids: Iterable[int], viewer: Actor) -> dict[int, targets.TargetCard]:
        """Name and address of each person that `viewer` may see."""
        return {
            user.pk: targets.TargetCard("user", user.pk, user.profile.display_name, user.get_absolute_url())
            for user in selectors.list_people(ids, viewer=viewer)
        }

    def hide(self, target_id: int, *, actor: Actor, reason: str = "") -> None:
        """Suspends the account."""
        person = selectors.get_person_by_id(target_id, viewer=actor)
        services.change_status(actor=actor, person=person, status=Status.SUSPENDED, reason=reason or str(HIDDEN))

    def restore(self, target_id: int, *, actor: Actor) -> None:
        """Makes the account active again."""
        person = selectors.get_person_by_id(target_id, viewer=actor)
        services.change_status(actor=actor, person=person, status=Status.ACTIVE, reason=str(RESTORED))


def register() -> None:
    """Called when the app is ready."""
    targets.register("user", UserTarget())
