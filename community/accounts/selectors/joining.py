"""Reading who may join, who was invited and who was brought."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from community.accounts import permissions
from community.accounts.choices import JoiningMode, ReferralState, Status
from community.accounts.models import Invitation, InvitationUse, JoiningRule, Referral, TermsAgreement, User
from community.accounts.permissions import Actor
from community.accounts.selectors.people import list_everybody
from community.core.errors import NotAllowed


def get_joining_mode() -> JoiningMode:
    """Who may join this site."""
    mode = JoiningRule.objects.values_list("mode", flat=True).first()
    return JoiningMode(mode) if mode else JoiningMode.OPEN


def is_invitation_good(code: str) -> bool:
    """Could somebody join with this code now?"""
    found = Invitation.objects.filter(code=tidy_code(code)).first()
    return found is not None and found.is_open


def tidy_code(code: str) -> str:
    """A code as it is kept: people type it in small letters, and with spaces around it."""
    return code.strip().upper()[:16]


def registration_allowed(code: str = "") -> bool:
    """May somebody join now, who shows this invitation or none? For doors without a form of their own."""
    mode = get_joining_mode()
    return mode == JoiningMode.OPEN or (mode == JoiningMode.INVITED and is_invitation_good(code))


def list_invitations(*, viewer: Actor) -> QuerySet[Invitation]:
    """All invitations with who made and used them, the newest first; three queries. Raises NotAllowed."""
    if not permissions.can_manage_joining(viewer):
        raise NotAllowed()
    uses = InvitationUse.objects.select_related("user").order_by("-used_at")
    return (
        Invitation.objects.select_related("made_by")
        .prefetch_related(Prefetch("uses", queryset=uses))
        .order_by("-made_at", "-pk")
    )


def list_referrals(*, viewer: Actor) -> QuerySet[Referral]:
    """Whom `viewer` brought, with profiles and whether `viewer` may see them, the latest first."""
    seen = Exists(list_everybody(viewer=viewer).filter(pk=OuterRef("referred")))
    brought = Referral.objects.select_related("referred__profile").annotate(_seen=seen).order_by("-created_at", "-pk")
    return brought.filter(referrer=viewer) if isinstance(viewer, User) else brought.none()


@dataclasses.dataclass(frozen=True)
class BroughtCard:
    """Somebody who was brought: the name where the one who brought them may see it, else nothing."""

    id: int
    username: str
    display_name: str
    state: ReferralState
    joined_at: datetime


def brought_card(referral: Any) -> BroughtCard:
    """What is shown of a row of `list_referrals`; no query."""
    person, seen = referral.referred, referral._seen
    if referral.confirmed_at is not None:
        state = ReferralState.COUNTS
    else:
        waits = person.status == Status.PENDING_VERIFICATION
        state = ReferralState.WAITS if waits else ReferralState.COUNTS_NOT
    return BroughtCard(
        id=referral.pk,
        username=person.username if seen else "",
        display_name=person.profile.display_name if seen else "",
        state=state,
        joined_at=referral.created_at,
    )


@dataclasses.dataclass(frozen=True)
class Terms:
    """The version of the terms that holds, and whether somebody has agreed to it."""

    version: str
    agreed: bool
    agreed_at: datetime | None


def get_terms(*, viewer: Actor) -> Terms:
    """The terms that hold now, and since when `viewer` has agreed to them."""
    version: str = settings.TERMS_VERSION
    found = TermsAgreement.objects.filter(user=viewer, version=version).first() if isinstance(viewer, User) else None
    return Terms(version, not permissions.lacks_agreement(viewer), found.agreed_at if found else None)
