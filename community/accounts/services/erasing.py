"""What is left of people who go: a row without a name. Done once, and again from the beginning after a crash."""

from __future__ import annotations

import structlog
from allauth.account.models import EmailAddress
from django.db.models import Q
from django.utils import timezone

from community.accounts.choices import DELETED_HOST, DELETED_NAME, DELETED_USERNAME, Role, Status
from community.accounts.models import (
    DeletionRequest,
    FormerUsername,
    Impersonation,
    Preferences,
    Profile,
    RetiredName,
    StatusChange,
    User,
)
from community.accounts.selectors import is_last_administrator, name_digest
from community.accounts.services.names import NAME_LEADS_ON
from community.accounts.services.people import change_status
from community.core import holdings, outbox
from community.core.holdings import Subject
from community.core.transactions import retried
from community.facts.accounts import UserDeleted

log = structlog.get_logger(__name__)


def subject_of(person: User, *, with_content: bool = False) -> Subject:
    """A person by all that rows may name them by."""
    others = EmailAddress.objects.filter(user_id=person.pk).values_list("email", flat=True)
    addresses = tuple(sorted({person.email, *others}))
    return Subject(id=person.pk, username=person.username, addresses=addresses, with_content=with_content)


def erase_due() -> int:
    """Erases everybody whose days of grace are over, and whom a crash left half gone; returns how many went.

    One who cannot be erased now holds up nobody else. Raises what went wrong last.
    """
    gone, problem = 0, None
    _take_on_closed()
    due = DeletionRequest.objects.filter(Q(due_at__lte=timezone.now()) | Q(begun_at__isnull=False))
    for person_id in due.order_by("due_at", "pk").values_list("user_id", flat=True):
        try:
            gone += erase(person_id=person_id)
        except Exception as error:
            log.exception("not_erased", person_id=person_id)
            problem = error
    RetiredName.objects.filter(free_at__lte=timezone.now()).delete()
    if problem is not None:
        raise problem
    return gone


@retried
def _take_on_closed() -> None:
    """Who is DELETED by another door, such as the admin, goes by the same way, and at once: nothing leads back."""
    named = User.objects.filter(status=Status.DELETED, deletion_request=None)
    for person in named.exclude(username__startswith=DELETED_USERNAME):
        DeletionRequest.objects.get_or_create(user=person, defaults={"due_at": timezone.now()})


def erase(*, person_id: int) -> bool:
    """Erases one person who is due; False for everybody else, and for the last administrator, who stays.

    From the first step on they are DELETED and nobody. The row of the request goes last, so that whatever ends this
    in the middle leaves something to go on from; each step bears to be done again.
    """
    subject = _begin(person_id)
    if subject is None:
        return False
    for holding in holdings.registered():
        if holding.forget is not None:
            holding.forget(subject=subject)
    return _end(subject)


@retried
def _begin(person_id: int) -> Subject | None:
    person = User.objects.select_for_update().filter(pk=person_id).first()
    wanted = DeletionRequest.objects.filter(user_id=person_id).first()
    if person is None or wanted is None:
        return None
    if wanted.begun_at is None:
        if wanted.due_at > timezone.now():
            return None
        if is_last_administrator(person):
            log.warning("last_administrator_stays", person_id=person_id)
            return None
        wanted.begun_at = timezone.now()
        wanted.save(update_fields=["begun_at"])
    if person.status != Status.DELETED:
        person = change_status(actor=None, person=person, status=Status.DELETED, system=True)
    return subject_of(person, with_content=wanted.with_content)


@retried
def _end(subject: Subject) -> bool:
    if not DeletionRequest.objects.filter(user_id=subject.id).delete()[0]:
        return False
    outbox.record(UserDeleted(user_id=subject.id, with_content=subject.with_content))
    return True


@retried
def forget_names(*, subject: Subject) -> None:
    """The account loses its name, address, password, role and rights; the names stay kept from others for a while."""
    person = User.objects.select_for_update().get(pk=subject.id)
    nobody = f"{DELETED_USERNAME}{person.pk}"
    _retire_names(person, nobody)
    person.username, person.email = nobody, f"{nobody}@{DELETED_HOST}"
    person.first_name = person.last_name = ""
    person.set_unusable_password()
    person.role, person.verified, person.is_staff, person.is_superuser = Role.USER, False, False, False
    person.last_login = person.last_seen_at = None
    person.terms_version = ""
    person.version += 1
    person.groups.clear()
    person.user_permissions.clear()
    person.save()


def _retire_names(person: User, nobody: str) -> None:
    now = timezone.now()
    names = dict(FormerUsername.objects.filter(user=person, free_at__gt=now).values_list("username", "free_at"))
    if person.username != nobody:
        names[person.username] = now + NAME_LEADS_ON
    for name, free_at in names.items():
        RetiredName.objects.update_or_create(digest=name_digest(name), defaults={"free_at": free_at})
    FormerUsername.objects.filter(user=person).delete()


def forget_profile(*, subject: Subject) -> None:
    """The profile is emptied; its pictures go first, so that no file is left when this ends in the middle."""
    profile = Profile.objects.get(user_id=subject.id)
    for name in _avatar_files(profile):
        profile.avatar.storage.delete(name)
    _empty_profile(subject)


def _avatar_files(profile: Profile) -> list[str]:
    """The names of all files of a person's picture."""
    sources = profile.avatar_variants.get("avatar", {}).get("sources", {})
    names = [name for made in sources.values() for name, _width in made]
    return [*names, str(profile.avatar.name)] if profile.avatar else names


@retried
def _empty_profile(subject: Subject) -> None:
    profile = Profile.objects.select_for_update().get(user_id=subject.id)
    for field in Profile._meta.concrete_fields:
        if not field.primary_key and not field.is_relation and field.name != "updated_at":
            setattr(profile, field.attname, field.get_default())
    profile.avatar, profile.display_name, profile.hidden_by = "", DELETED_NAME, None
    profile.save()


@retried
def forget_preferences(*, subject: Subject) -> None:
    """Choices about the site are as in the beginning: every account has some."""
    preferences = Preferences.objects.select_for_update().get(user_id=subject.id)
    for field in Preferences._meta.concrete_fields:
        if not field.primary_key and not field.is_relation:
            setattr(preferences, field.attname, field.get_default())
    preferences.save()


@retried
def forget_reasons(*, subject: Subject) -> None:
    """When the status changed stays; why, in somebody's words, does not."""
    StatusChange.objects.filter(user_id=subject.id).exclude(reason="").update(reason="")


@retried
def forget_impersonations(*, subject: Subject) -> None:
    """When staff signed in as somebody else stays; why, in their words, does not."""
    mine = Q(actor_id=subject.id) | Q(person_id=subject.id)
    Impersonation.objects.filter(mine).exclude(reason="").update(reason="")
