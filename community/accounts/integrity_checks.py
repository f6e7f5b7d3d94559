"""What must be true of accounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from community.accounts.choices import GROUP_OF_ROLE, SEVERITIES
from community.accounts.models import DeletionRequest, Invitation, Profile, SecurityAlert, TermsAgreement, User
from community.accounts.services.alerts import ONCE_IN
from community.core.integrity import integrity_check
from community.core.text import has_visible


@integrity_check("accounts-complete")
def accounts_complete() -> Iterator[str]:
    """Every user has a profile and preferences."""
    for user_id in User.objects.filter(profile=None).values_list("pk", flat=True):
        yield f"user {user_id} has no profile"
    for user_id in User.objects.filter(preferences=None).values_list("pk", flat=True):
        yield f"user {user_id} has no preferences"


@integrity_check("accounts-names")
def accounts_names() -> Iterator[str]:
    """Something is seen of every name."""
    for user_id, name in Profile.objects.values_list("user", "display_name").order_by("user"):
        if not has_visible(name):
            yield f"nothing is seen of the name of user {user_id}"


@integrity_check("accounts-groups")
def accounts_groups() -> Iterator[str]:
    """Every user is in the group of the role, and in no other role's group."""
    names = set(GROUP_OF_ROLE.values())
    for user in User.objects.prefetch_related("groups"):
        wanted = {GROUP_OF_ROLE[user.role]} if user.role in GROUP_OF_ROLE else set()
        found = {group.name for group in user.groups.all()} & names
        if found != wanted:
            yield f"user {user.pk} has role {user.role} and the groups {sorted(found)}"


@integrity_check("accounts-addresses")
def accounts_addresses() -> Iterator[str]:
    """An account that is no longer waiting for its code has a confirmed address, or cannot sign in by itself."""
    confirmed = EmailAddress.objects.filter(verified=True).values("user")
    for user in User.objects.filter(status="ACTIVE", is_superuser=False).exclude(pk__in=confirmed):
        if user.has_usable_password():
            yield f"user {user.pk} is active with an unconfirmed address"


@integrity_check("accounts-alerts")
def accounts_alerts() -> Iterator[str]:
    """No alert was raised twice for one cause within an hour, and each has the weight of its kind."""
    before = SecurityAlert.objects.filter(
        user=OuterRef("user"),
        kind=OuterRef("kind"),
        cause=OuterRef("cause"),
        pk__lt=OuterRef("pk"),
        created_at__gt=OuterRef("created_at") - ONCE_IN,
    )
    for pk, kind in SecurityAlert.objects.filter(Exists(before)).values_list("pk", "kind"):
        yield f"alert {pk} ({kind}) repeats one of the hour before it"
    for pk, kind, severity in SecurityAlert.objects.values_list("pk", "kind", "severity"):
        if severity != SEVERITIES[kind]:
            yield f"alert {pk} ({kind}) has the weight {severity}"


@integrity_check("accounts-identities")
def accounts_identities() -> Iterator[str]:
    """Nobody signs in by an identity elsewhere to an account that is deleted."""
    for user_id in SocialAccount.objects.filter(user__status="DELETED").values_list("user", flat=True):
        yield f"user {user_id} is deleted and has an identity elsewhere"


@integrity_check("accounts-terms")
def accounts_terms() -> Iterator[str]:
    """What is noted with a person as agreed to, they have agreed to."""
    agreed = TermsAgreement.objects.filter(user=OuterRef("pk"), version=OuterRef("terms_version"))
    for user_id in User.objects.exclude(terms_version="").exclude(Exists(agreed)).values_list("pk", flat=True):
        yield f"user {user_id} has not agreed to the terms that are noted"


@integrity_check("accounts-invitations")
def accounts_invitations() -> Iterator[str]:
    """Nobody joined by an invitation without being counted."""
    for found in Invitation.objects.annotate(people=Count("uses")).filter(people__gt=F("taken")):
        yield f"invitation {found.pk} counts {found.taken} and has brought more"


@integrity_check("accounts-gone")
def accounts_gone() -> Iterator[str]:
    """Whoever is to be deleted is gone within a day of the day they were told."""
    late = timezone.now() - timedelta(days=1)
    for person_id in DeletionRequest.objects.filter(Q(due_at__lt=late) | Q(begun_at__lt=late)).values_list(
        "user", flat=True
    ):
        yield f"user {person_id} should have been deleted by now"
