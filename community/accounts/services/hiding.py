"""What somebody says of themselves is taken out of sight by moderators, and brought back as it was."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts import permissions
from community.accounts.models import Profile, User
from community.accounts.permissions import Actor, require_writer
from community.core import audit, generations, outbox, reasons
from community.core.errors import NotAllowed, NotFound
from community.core.transactions import retried
from community.facts.accounts import ProfileHidden, ProfileRestored

HIDDEN = audit.declare("profile.hidden", _("Profile hidden"))
RESTORED = audit.declare("profile.restored", _("Profile brought back"))


@retried
def hide_profile(*, actor: Actor, person: User, reason: str) -> Profile:
    """Takes a profile out of everybody's sight but its owner's, and keeps why; nothing of it is lost.

    Beside what the person writes only the user name is left. Raises Invalid, NotAllowed, or NotFound for what is
    hidden already.
    """
    moderator = require_writer(actor)
    if not permissions.can_hide_profile(moderator, person):
        raise NotAllowed()
    said = reasons.stated(reason)
    profile = _locked(person)
    if profile.hidden_at is not None:
        raise NotFound()
    profile.hidden_at, profile.hidden_by, profile.hidden_reason = timezone.now(), moderator, said
    _store(profile)
    outbox.record(ProfileHidden(user_id=person.pk), actor_id=moderator.pk)
    audit.record(actor=moderator, act=HIDDEN, target_kind="user", target_id=person.pk, reason=said)
    return profile


@retried
def restore_profile(*, actor: Actor, person: User) -> Profile:
    """Shows a hidden profile as it was. Raises NotAllowed, or NotFound where nothing is hidden."""
    moderator = require_writer(actor)
    if not permissions.can_hide_profile(moderator, person):
        raise NotAllowed()
    profile = _locked(person)
    if profile.hidden_at is None:
        raise NotFound()
    profile.hidden_at, profile.hidden_by, profile.hidden_reason = None, None, ""
    _store(profile)
    outbox.record(ProfileRestored(user_id=person.pk), actor_id=moderator.pk)
    audit.record(actor=moderator, act=RESTORED, target_kind="user", target_id=person.pk)
    return profile


def _locked(person: User) -> Profile:
    return Profile.objects.select_for_update().get(user=person)


def _store(profile: Profile) -> None:
    profile.save(update_fields=["hidden_at", "hidden_by", "hidden_reason", "updated_at"])
    generations.bump(generations.SITE)
