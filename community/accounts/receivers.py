"""Signals of Django and allauth, translated into our services."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.password_reset_by_code import PASSWORD_RESET_VERIFICATION_SESSION_KEY
from allauth.account.internal.userkit import user_id_to_str
from allauth.account.signals import (
    email_changed,
    email_confirmed,
    password_changed,
    password_reset,
    password_set,
)
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.models import Group
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver
from django.utils.translation import gettext as _
from wagtail.contrib.settings.models import AbstractSetting
from wagtail.models import GroupCollectionPermission, GroupPagePermission

from community.accounts import rules, services
from community.accounts.choices import Door
from community.accounts.models import DataExport, Profile, StaffSafety, User
from community.accounts.permissions import SECOND_FACTOR_KEY
from community.core import audit, generations
from community.core.addresses import client_address

#: Of a person, and seen by nobody else.
UNSEEN = {"last_login", "password", "updated_at", "version"}


@receiver(post_save, sender=User, dispatch_uid="accounts.complete_new_user")
def complete_new_user(instance: User, created: bool, raw: bool, update_fields: Any, **_kwargs: Any) -> None:
    """Whatever door a user comes through, profile and preferences come with it; groups follow the role."""
    if raw:
        return
    if created:
        services.complete_new_user(user=instance)
    if created or update_fields is None or "role" in update_fields:
        services.keep_groups_in_step(user=instance)


@receiver(email_confirmed, dispatch_uid="accounts.confirm_email")
def confirm_email(request: Any, email_address: Any, **_kwargs: Any) -> None:
    """allauth has taken the right code; one for a new password may have been asked for by the owner of the address."""
    reset = getattr(request, "session", {}).get(PASSWORD_RESET_VERIFICATION_SESSION_KEY) or {}
    if reset.get("code_confirmed") and reset.get("user_id") == user_id_to_str(email_address.user):
        services.drop_unconfirmed_identities(person=email_address.user)
    services.confirm_email(user=email_address.user)


def visit_of(request: Any) -> services.Visit:
    """Where a request comes from."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    return services.Visit(client_address(request), agent, rules.door_of(request.path_info))


@receiver(user_logged_in, dispatch_uid="accounts.signed_in")
def signed_in(user: Any, request: Any, **_kwargs: Any) -> None:
    """Somebody finished signing in, by whichever door."""
    services.record_sign_in(user=user)
    visit = visit_of(request)
    # The last step may be a code on a page of its own: the first one says by what somebody came.
    steps = [step["method"] for step in get_authentication_records(request, user) if step["method"] != "mfa"]
    if steps and steps[-1] == "socialaccount":
        visit = dataclasses.replace(visit, door=Door.SOCIAL)
    services.record_success(user=user, visit=visit, before=getattr(user, "signed_in_before", None))
    if services.undo_deletion(person=user) and visit.door in (Door.PAGE, Door.SOCIAL):
        messages.success(
            request, _("Welcome back! Your account stays: it is not deleted any more."), fail_silently=True
        )


@receiver(user_logged_out, dispatch_uid="accounts.signed_out")
def signed_out(user: Any, **_kwargs: Any) -> None:
    """Somebody signed out; Django also tells of guests who sign out."""
    if isinstance(user, User):
        services.record_sign_out(user=user)


@receiver([password_changed, password_set], dispatch_uid="accounts.password_changed")
def password_was_changed(request: Any, user: User, **_kwargs: Any) -> None:
    """A new password ends everything but the session in which it was chosen."""
    services.close_sessions(person=user, except_key=request.session.session_key, tokens=True)


@receiver([post_save, post_delete], sender=User, dispatch_uid="accounts.person_shown")
@receiver([post_save, post_delete], sender=Profile, dispatch_uid="accounts.profile_shown")
def person_changed(created: bool = False, raw: bool = False, update_fields: Any = None, **_kwargs: Any) -> None:
    """Kept pages for guests may show the person. Of a new one there is no page yet."""
    if not created and not raw and not (update_fields and set(update_fields) <= UNSEEN):
        generations.bump(generations.SITE)


@receiver([post_save, post_delete], sender=StaffSafety, dispatch_uid="accounts.staff_safety_changed")
def staff_safety_changed(**_kwargs: Any) -> None:
    """Whether staff need a second factor is remembered: it is read anew, after the commit."""
    transaction.on_commit(functools.partial(cache.delete, SECOND_FACTOR_KEY), robust=True)
    generations.bump(generations.SITE)


@receiver(password_reset, dispatch_uid="accounts.password_reset")
def password_was_reset(user: Any, **_kwargs: Any) -> None:
    """Somebody chose a new password by a code from the mail, by whichever door."""
    services.end_everything_after_reset(person=user)


@receiver(post_save, sender=User, dispatch_uid="accounts.other_password")
def other_password(instance: User, created: bool, raw: bool, **_kwargs: Any) -> None:
    """A password was set by whichever door: form, API, link, admin or command. A new hash of the same is no other."""
    # What Django keeps until it has told the validators; it is None after a hash was only made stronger.
    if not created and not raw and instance._password is not None:  # type: ignore[attr-defined]
        services.note_password_change(person=instance)


@receiver(email_changed, dispatch_uid="accounts.email_changed")
def main_address_changed(user: User, from_email_address: Any, to_email_address: Any, **_kwargs: Any) -> None:
    """Another confirmed address is the main one; only a confirmed one before it is told and may take it back."""
    if from_email_address is not None and from_email_address.verified and to_email_address.verified:
        services.alert_of_address(person=user, old=from_email_address.email, new=to_email_address.email)


@receiver(post_save, sender=Authenticator, dispatch_uid="accounts.second_factor_on")
def second_factor_on(instance: Authenticator, created: bool, raw: bool, **_kwargs: Any) -> None:
    """An app or a passkey came."""
    if created and not raw:
        services.alert_of_second_factor(user_id=instance.user_id, on=True, kind=instance.type, row_id=instance.pk)


@receiver(post_delete, sender=Authenticator, dispatch_uid="accounts.second_factor_off")
def second_factor_off(instance: Authenticator, origin: Any = None, **_kwargs: Any) -> None:
    """An app or a passkey went, but not because its person did."""
    went_itself = origin.model if isinstance(origin, QuerySet) else type(origin)
    if went_itself is Authenticator:
        services.alert_of_second_factor(user_id=instance.user_id, on=False, kind=instance.type, row_id=instance.pk)


@receiver(post_delete, sender=DataExport, dispatch_uid="accounts.export_deleted")
def export_deleted(instance: DataExport, **_kwargs: Any) -> None:
    """An account that nobody confirmed goes as a whole, and its file with it."""
    services.remove_export_file(row=instance)


@receiver(pre_save, dispatch_uid="accounts.setting_before")
def setting_before(instance: Any, raw: bool = False, **_kwargs: Any) -> None:
    """What a setting of the site was before somebody changes it in the admin."""
    if isinstance(instance, AbstractSetting) and not raw and audit.origin() is not None:
        instance._before = services.stored_values(thing=instance)


@receiver(post_save, dispatch_uid="accounts.setting_changed")
def setting_changed(instance: Any, **_kwargs: Any) -> None:
    """What it is now goes into the audit log."""
    if isinstance(instance, AbstractSetting) and hasattr(instance, "_before"):
        services.note_setting(thing=instance, before=instance._before)
        del instance._before


@receiver(m2m_changed, sender=Group.permissions.through, dispatch_uid="accounts.group_rights")
def group_rights_changed(instance: Any, action: str, pk_set: Any, reverse: bool, **_kwargs: Any) -> None:
    """A group's rights were changed in the admin. (Commands and migrations are no acts of staff.)"""
    if reverse or audit.origin() is None or not pk_set or action not in ("post_add", "post_remove"):
        return
    names = services.names_of_rights(ids=pk_set)
    if action == "post_add":
        services.note_group(group=instance, added=names)
    else:
        services.note_group(group=instance, removed=names)


@receiver([post_save, post_delete], sender=GroupPagePermission, dispatch_uid="accounts.group_pages")
@receiver([post_save, post_delete], sender=GroupCollectionPermission, dispatch_uid="accounts.group_collections")
def group_places_changed(instance: Any, signal: Any, **_kwargs: Any) -> None:
    """A group may do more or less with pages, images or documents in a place."""
    if audit.origin() is None or not Group.objects.filter(pk=instance.group_id).exists():
        return
    place = getattr(instance, "page_id", None) or getattr(instance, "collection_id", None)
    name = f"{services.names_of_rights(ids=[instance.permission_id])[0]} @ {type(instance).__name__} {place}"
    if signal is post_save:
        services.note_group(group=instance.group, added=[name])
    else:
        services.note_group(group=instance.group, removed=[name])


@receiver([post_save, pre_delete], sender=Group, dispatch_uid="accounts.group_made")
def group_made_or_deleted(instance: Group, signal: Any, created: bool = False, **_kwargs: Any) -> None:
    """There is a group more, or one less."""
    if audit.origin() is None or not (created or signal is pre_delete):
        return
    services.note_group(group=instance, **({"added": ["group"]} if created else {"removed": ["group"]}))
