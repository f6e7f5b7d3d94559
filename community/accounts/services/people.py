"""Changing accounts. Every change is one transaction and records its fact."""

from __future__ import annotations

import functools
import secrets
from typing import IO, Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from community.accounts import permissions, selectors
from community.accounts.choices import GROUP_OF_ROLE, Role, Status
from community.accounts.models import Preferences, Profile, User
from community.accounts.permissions import Actor
from community.accounts.rules import COMPLETE_FROM, generated_username
from community.accounts.services.status import change_status
from community.accounts.services.trust import count_act
from community.accounts.validators import username_validators
from community.core import images, outbox
from community.core.errors import Conflict, Invalid, NotAllowed
from community.core.text import one_line, tidy
from community.core.transactions import retried
from community.facts.accounts import (
    EmailVerified,
    ProfileCompleted,
    SignedIn,
    SignedOut,
    UserCreated,
    UserUpdated,
)

GENERATED_NAME_TRIES = 5
PROFILE_FIELDS = frozenset(
    {"display_name", "bio", "location", "website", "twitter", "instagram", "tiktok", "discord", "youtube",
     "interests", "skills", "birthday", "time_zone", "language", "visibility"}
)  # fmt: skip


class NameTaken(Conflict):
    """Somebody has this user name."""

    message = _("This name is taken.")


class AddressTaken(Conflict):
    """Somebody has this e-mail address."""

    message = _("This address is taken.")


@retried
def create_user(
    *,
    email: str,
    username: str = "",
    password: str | None = None,
    role: Role = Role.USER,
    verified_email: bool = False,
    allow_reserved: bool = False,
    **profile: Any,
) -> User:
    """Makes a person with profile and preferences; without `password` they cannot sign in.

    A missing `username` is made from the address. Raises Invalid, NameTaken or AddressTaken.
    """
    email = email.strip().lower()
    user = User(
        email=email,
        role=role,
        status=Status.ACTIVE if verified_email else Status.PENDING_VERIFICATION,
    )
    user.set_password(password) if password else user.set_unusable_password()
    if username:
        check_username(username, allow_reserved=allow_reserved)
        user.username = username
        _insert(user)
    else:
        _insert_with_generated_name(user)
    if profile:
        _set_profile(user, profile)
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=verified_email)
    return user


def check_username(username: str, *, allow_reserved: bool = False) -> None:
    """Raises Invalid for a name against the rules; whether somebody has it shows when it is written."""
    validators = username_validators[:-1] if allow_reserved else username_validators
    for validate in validators:
        try:
            validate(username)
        except ValidationError as error:
            raise Invalid(fields={"username": error.messages[0]}) from error


def _insert(user: User) -> None:
    try:
        with transaction.atomic():
            user.save()
            # Asked after the write: whoever gives the name up at this moment has been waited for.
            if selectors.is_former_username(user.username):
                raise NameTaken(fields={"username": NameTaken.message})
    except IntegrityError as error:
        if "email" in str(error):
            raise AddressTaken(fields={"email": AddressTaken.message}) from error
        raise NameTaken(fields={"username": NameTaken.message}) from error


def _insert_with_generated_name(user: User) -> None:
    for attempt in range(1, GENERATED_NAME_TRIES + 1):
        user.username = generated_username(user.email)
        try:
            _insert(user)
            return
        except NameTaken:
            if attempt == GENERATED_NAME_TRIES:
                raise


def complete_new_user(*, user: User) -> None:
    """Gives a just inserted user profile and preferences and tells of it; within the insert's transaction."""
    Profile.objects.create(user=user, display_name=user.username)
    Preferences.objects.create(user=user)
    outbox.record(UserCreated(user_id=user.pk), actor_id=user.pk)


def _set_profile(user: User, values: dict[str, Any]) -> list[str]:
    unknown = set(values) - PROFILE_FIELDS
    if unknown:
        raise Invalid(fields=dict.fromkeys(sorted(unknown), _("There is no such field.")))
    profile = user.profile
    values = {name: tidy(value) if isinstance(value, str) else value for name, value in values.items()}
    if "display_name" in values:
        values["display_name"] = one_line(values["display_name"])
    changed = [name for name, value in values.items() if getattr(profile, name) != value]
    for name in changed:
        setattr(profile, name, values[name])
    try:
        profile.full_clean(exclude=["user"])
    except ValidationError as error:
        raise Invalid(fields={name: messages[0] for name, messages in error.message_dict.items()}) from error
    if changed:
        profile.save()
    return changed


@retried
def update_profile(*, actor: Actor, person: User, version: int | None = None, **values: Any) -> Profile:
    """Changes fields of the profile; `version` is the one the change was made from.

    Raises NotAllowed or Invalid, or Conflict for an old version.
    """
    permissions.require_writer(actor)
    if not permissions.can_change_profile(actor, person):
        raise NotAllowed()
    return store_profile(person=person, version=version, **values)


@retried
def store_profile(*, person: User, version: int | None = None, **values: Any) -> Profile:
    """What `update_profile` does once it may be done; raises Invalid or Conflict."""
    person = User.objects.select_for_update().get(pk=person.pk)
    if version is not None and version != person.version:
        raise Conflict(details={"currentVersion": person.version})
    changed = _set_profile(person, values)
    if changed:
        person.version += 1
        person.save(update_fields=["version", "updated_at"])
        outbox.record(UserUpdated(user_id=person.pk, changed=sorted(changed)), actor_id=person.pk)
        note_completeness(user_id=person.pk)
    return person.profile


def note_completeness(*, user_id: int) -> None:
    """Tells once that a profile is complete, by what is stored; within the transaction of the change."""
    profile = Profile.objects.select_related("user").get(user_id=user_id)
    if profile.completed_at is not None or selectors.completeness_of(profile.user) < COMPLETE_FROM:
        return
    if Profile.objects.filter(pk=profile.pk, completed_at=None).update(completed_at=timezone.now()):
        outbox.record(ProfileCompleted(user_id=user_id), actor_id=user_id)


def set_avatar(*, actor: Actor, person: User, file: IO[bytes]) -> User:
    """Gives a person another picture, cut to a square.

    Raises NotAllowed, TooMany, or core.images.Refused (with the field `file`) for what is no picture.
    """
    permissions.require_writer(actor)
    if not permissions.can_change_profile(actor, person):
        raise NotAllowed()
    count_act(bucket="upload", person=person)
    return store_avatar(person=person, file=file)


def store_avatar(*, person: User, file: IO[bytes]) -> User:
    """What `set_avatar` does once it may be done; raises core.images.Refused."""
    try:
        clean = images.normalise(file)
    except images.Refused as error:
        raise images.Refused(error.message, fields={"file": error.message}) from error
    blurhash, colour = images.placeholders(clean.data)
    portrait = next(images.encode(clean.data, images.PRESETS["portrait"]))
    return _replace_avatar(
        person,
        avatar_variants={"avatar": _store_sizes(person, clean.data)},
        avatar_blurhash=blurhash,
        avatar_colour=colour,
        avatar=ContentFile(portrait.data, f"{secrets.token_hex(8)}.jpg"),
    )


def remove_avatar(*, actor: Actor, person: User) -> User:
    """Takes a person's picture away; initials stand in its place. Raises NotAllowed."""
    permissions.require_writer(actor)
    if not permissions.can_change_profile(actor, person):
        raise NotAllowed()
    return _replace_avatar(person, avatar_variants={}, avatar_blurhash="", avatar_colour="", avatar="")


def _store_sizes(person: User, data: bytes) -> dict[str, Any]:
    """Stores all sizes of a picture of a person and says where they are, as core.images.picture_of reads it."""
    field = Profile._meta.get_field("avatar")
    token = secrets.token_hex(8)
    sources: dict[str, list[list[Any]]] = {}
    largest = (0, 0)
    for made in images.encode(data, images.PRESETS["avatar"]):
        wanted = field.generate_filename(person.profile, f"{token}-{made.width}.{made.kind}")
        name = field.storage.save(wanted, ContentFile(made.data))
        sources.setdefault(made.kind, []).append([name, made.width])
        largest = max(largest, (made.width, made.height))
    return {"width": largest[0], "height": largest[1], "sources": sources}


@transaction.atomic
def _replace_avatar(person: User, **values: Any) -> User:
    """Writes the new picture, and deletes the files of the old one once that is certain."""
    person = User.objects.select_for_update(of=("self",)).select_related("profile").get(pk=person.pk)
    profile = person.profile
    sources = profile.avatar_variants.get("avatar", {}).get("sources", {})
    old = [name for made in sources.values() for name, _width in made]
    old += [profile.avatar.name] if profile.avatar else []
    for name, value in values.items():
        setattr(profile, name, value)
    profile.save()
    person.version += 1
    person.save(update_fields=["version", "updated_at"])
    outbox.record(UserUpdated(user_id=person.pk, changed=["avatar"]), actor_id=person.pk)
    note_completeness(user_id=person.pk)
    storage = profile.avatar.storage
    for name in old:
        transaction.on_commit(functools.partial(storage.delete, name), robust=True)
    return person


def keep_groups_in_step(*, user: User) -> None:
    """Puts the user into the group of the role, and out of the groups of other roles; Editors stay as they are."""
    wanted = GROUP_OF_ROLE.get(user.role)
    user.groups.remove(*Group.objects.filter(name__in=set(GROUP_OF_ROLE.values()) - {wanted}))
    if wanted:
        user.groups.add(Group.objects.get_or_create(name=wanted)[0])


@retried
def confirm_email(*, user: User) -> None:
    """The address was confirmed: a waiting account becomes active; a banned or suspended one stays as it is."""
    user = User.objects.select_for_update().get(pk=user.pk)
    outbox.record(EmailVerified(user_id=user.pk), actor_id=user.pk)
    if user.status == Status.PENDING_VERIFICATION:
        change_status(actor=None, person=user, status=Status.ACTIVE, system=True)


@transaction.atomic
def record_sign_in(*, user: User) -> None:
    """Tells that somebody finished signing in."""
    outbox.record(SignedIn(user_id=user.pk), actor_id=user.pk)


@transaction.atomic
def record_sign_out(*, user: User) -> None:
    """Tells that somebody signed out."""
    outbox.record(SignedOut(user_id=user.pk), actor_id=user.pk)


def one_time_password_link(*, user: User) -> str:
    """An address at which `user` chooses a password: valid once, for settings.PASSWORD_RESET_TIMEOUT seconds."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("account_choose_password", args=[uid, default_token_generator.make_token(user)])
    return f"{settings.PUBLIC_URL}{path}"
