"""People as targets: others point to a person as ("user", id)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from community.accounts import permissions, selectors, services
from community.accounts.models import User
from community.accounts.permissions import Actor
from community.core import targets
from community.core.errors import NotFound

#: What is entered as the reason where moderation decides without one.
HIDDEN = _("Hidden by moderation.")


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
        """Hides the profile; whether the account may act is another question (`services.change_status`)."""
        person = selectors.get_person_by_id(target_id, viewer=actor)
        services.hide_profile(actor=actor, person=person, reason=reason or str(HIDDEN))

    def restore(self, target_id: int, *, actor: Actor) -> None:
        """Shows the profile as it was."""
        services.restore_profile(actor=actor, person=selectors.get_person_by_id(target_id, viewer=actor))

    def hiding(self, target_id: int, viewer: Actor) -> targets.Hiding:
        """The profile for those who may hide it, and why it is hidden."""
        person = selectors.get_person_by_id(target_id, viewer=viewer)
        if not permissions.can_hide_profile(viewer, person):
            raise NotFound()
        profile = person.profile
        return targets.Hiding(profile.display_name, person.get_absolute_url(), profile.hidden_at, profile.hidden_reason)


def register() -> None:
    """Called when the app is ready."""
    targets.register("user", UserTarget())
