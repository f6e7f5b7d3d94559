"""What creators work on in the admin: a group and a collection of their own, in step with their role."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from cms.models import CreatorGround, CreatorIndexPage, CreatorPage
from cms.models.confined import GROUND_ROLES
from cms.services.tree import ensure_author_page
from community.accounts.models import User

PAGE_RIGHTS = ("add_page", "change_page", "publish_page")
COLLECTION_RIGHTS = Q(
    content_type__app_label="wagtailimages", codename__in=["add_image", "change_image", "choose_image"]
) | Q(content_type__app_label="wagtaildocs", codename__in=["add_document", "change_document", "choose_document"])


def keep_ground_in_step(*, person: User) -> None:
    """Gives a creator the ground of their own and takes it from everybody else; twice changes nothing."""
    if person.role in GROUND_ROLES:
        give_ground(person=person)
    else:
        take_ground(person=person)


@transaction.atomic
def give_ground(*, person: User) -> CreatorGround | None:
    """Group, collection and author page of `person`, with exactly the rights that belong to them.

    None on an installation that has no directory of creators yet: there it comes with the directory.
    """
    if not CreatorIndexPage.objects.exists():
        return None
    page = ensure_author_page(person=person)
    CreatorPage.objects.select_for_update(of=("self",)).get(pk=page.pk)
    ground, _made = CreatorGround.objects.get_or_create(person=person)
    if ground.collection is None:
        ground.collection = _new_collection(f"Creator {person.pk}")
    if ground.group is None:
        ground.group, _made = Group.objects.get_or_create(name=f"Creator {person.pk}")
    ground.save()
    set_page_rights(group=ground.group, page=page, codenames=PAGE_RIGHTS)
    set_collection_rights(group=ground.group, collection=ground.collection, rights=COLLECTION_RIGHTS)
    ground.group.permissions.clear()
    ground.group.user_set.set([person])
    return ground


@transaction.atomic
def take_ground(*, person: User) -> None:
    """The group goes, and every right with it; the collection stays for the posts that show what is in it."""
    ground = CreatorGround.objects.filter(person=person, group__isnull=False).first()
    if ground is not None and ground.group is not None:
        ground.group.delete()


def give_missing_grounds() -> None:
    """For creators from before there was ground to give, and for those whose group somebody has deleted."""
    people = User.objects.filter(role__in=GROUND_ROLES)
    for person in people.exclude(ground__group__isnull=False, ground__collection__isnull=False).iterator():
        give_ground(person=person)
    for ground in CreatorGround.objects.filter(group__isnull=False).exclude(person__role__in=GROUND_ROLES):
        take_ground(person=ground.person)


def set_page_rights(*, group: Group, page: Page | None, codenames: tuple[str, ...]) -> None:
    """Exactly these rights at this page, and none at any other; with no page none at all."""
    rights = Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=codenames)
    held = GroupPagePermission.objects.filter(group=group)
    held.exclude(page=page, permission__in=rights).delete()
    if page is not None:
        missing = rights.exclude(pk__in=held.values("permission")).values_list("pk", flat=True)
        GroupPagePermission.objects.bulk_create(
            [GroupPagePermission(group=group, page_id=page.pk, permission_id=pk) for pk in missing],
            ignore_conflicts=True,
        )


def set_collection_rights(*, group: Group, collection: Collection, rights: Q) -> None:
    """Exactly these rights at this collection, and none at any other."""
    granted = Permission.objects.filter(rights)
    held = GroupCollectionPermission.objects.filter(group=group)
    held.exclude(collection=collection, permission__in=granted).delete()
    missing = granted.exclude(pk__in=held.values("permission")).values_list("pk", flat=True)
    GroupCollectionPermission.objects.bulk_create(
        [GroupCollectionPermission(group=group, collection=collection, permission_id=pk) for pk in missing],
        ignore_conflicts=True,
    )


def _new_collection(name: str) -> Collection:
    """One more below the root, whose row is locked meanwhile: the tree stands many at once."""
    root = Collection.get_first_root_node() or Collection.add_root(name="Root")
    root = Collection.objects.select_for_update().get(pk=root.pk)
    return root.add_child(name=name)
