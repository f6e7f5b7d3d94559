"""The part of the site on which a creator works in the admin."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection as Several

from django.core.cache import cache
from django.db.models import Q, QuerySet
from taggit.models import Tag
from wagtail.models import Page
from wagtail.models.media import UploadedFile
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import policy_registry

from cms.models import CreatorGround, CreatorPage, CustomDocument, CustomImage, PostPage
from cms.selectors.posts import list_hidden_from_explorer
from community.accounts.models import User
from community.accounts.permissions import Actor

REMEMBERED_SECONDS = 60


@dataclasses.dataclass(frozen=True)
class OwnGround:
    """The ground of one creator; it answers whether something lies on it."""

    person: User
    page: CreatorPage

    def pages(self) -> QuerySet[Page]:
        """The author page and what is below it, without the bin and without drafts of other people."""
        hidden = list_hidden_from_explorer(viewer=self.person).values("pk")
        return Page.objects.filter(path__startswith=self.page.path).exclude(pk__in=hidden)

    def has_pages(self, numbers: Several[int]) -> bool:
        """Do all these lie here?"""
        return self.pages().filter(pk__in=numbers).count() == len(set(numbers))

    def has_files(self, model: type[CustomImage] | type[CustomDocument], numbers: Several[int]) -> bool:
        """May the person change all these pictures or documents?"""
        policy = policy_registry.get_by_type(model)
        own = policy.instances_user_has_permission_for(self.person, "change")
        return bool(own.filter(pk__in=numbers).count() == len(set(numbers)))

    def has_upload(self, number: int) -> bool:
        """Is this unfinished upload the person's?"""
        return UploadedFile.objects.filter(pk=number, uploaded_by_user=self.person).exists()


def find_ground(person: User) -> OwnGround | None:
    """The ground of `person`; None for who has none, or none any more."""
    if not CreatorGround.objects.filter(person=person, group__isnull=False).exists():
        return None
    page = CreatorPage.objects.filter(person=person).first()
    return OwnGround(person, page) if page is not None else None


def may_add_pages(viewer: Actor) -> bool:
    """Has `viewer` a place in the admin to write at? Only for showing a link: remembered for some seconds."""
    if not isinstance(viewer, User):
        return False
    key = f"cms.writes.{viewer.pk}"
    known = cache.get(key)
    if known is None:
        known = PagePermissionPolicy().user_has_permission(viewer, "add")
        cache.set(key, known, REMEMBERED_SECONDS)
    return bool(known)


def may_change_all_of(numbers: Several[int], *, viewer: User) -> bool:
    """Has `viewer` a right at every one of these pages, and is there at least one?"""
    pages = list(Page.objects.filter(pk__in=numbers).specific())
    return bool(pages) and all(page.permissions_for_user(viewer).can_edit() for page in pages)


def list_tags_beginning(words: str, *, viewer: User, limit: int = 10) -> list[str]:
    """Names of tags that begin so, as far as `viewer` may know them: on posts that are out, or on their own."""
    known = Q(live=True, deleted_at__isnull=True) | Q(author=viewer)
    used = PostPage.tags.through.objects.filter(content_object__in=PostPage.objects.filter(known)).values("tag_id")
    tags = Tag.objects.filter(name__istartswith=words, pk__in=used) if words else Tag.objects.none()
    return list(tags.order_by("name").values_list("name", flat=True)[:limit])
