"""Wagtail's signals, translated into facts; all of them come inside the transaction of the change."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_migrate, post_save
from django.dispatch import receiver
from django.utils import timezone
from taggit.models import Tag
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Locale, Page, PageViewRestriction, Site
from wagtail.search.index import insert_or_update_object, remove_object
from wagtail.signals import page_published, page_unpublished, post_page_move

from cms import selectors
from cms.choices import POST
from cms.models import (
    Announcement,
    Category,
    CustomDocument,
    CustomImage,
    CustomRendition,
    FeaturedPost,
    PostPage,
    PostTag,
    ReusableContent,
    SeriesPage,
    SiteFrame,
    StandardPage,
)
from cms.models.confined import GROUND_ROLES
from cms.rules import poll_in, videos_in
from cms.services.authors import move_author_page
from cms.services.grounds import keep_ground_in_step
from cms.services.pictures import forget_variants
from cms.services.saving import is_indexed_later
from cms.services.tree import ensure_author_page
from community.accounts.models import User
from community.comments import services as comments
from community.core import counts, generations, outbox
from community.facts.posts import PostCreated, PostPublished, PostUnpublished
from community.follows import services as follows
from community.polls import services as polls
from community.youtube.models import VideoPreview
from community.youtube.services import want_previews

EDIT_GRACE_SECONDS = 300
#: What people follow, by its kind as a target.
FOLLOWED: dict[type, str] = {Category: "category", SeriesPage: "series", Tag: "tag"}
#: What kept pages for guests show; a test tells when a new model is in none of the lists.
SHOWN = (Announcement, Category, CustomDocument, CustomImage, CustomRendition, FeaturedPost, Locale, Page,
         PageViewRestriction, PostTag, Redirect, ReusableContent, Site, SiteFrame, Tag, VideoPreview)  # fmt: skip
#: No page shows a new one before the page itself is changed. Renditions are made while a page is.
SHOWN_BY_OTHERS = (CustomDocument, CustomImage, CustomRendition, Tag, VideoPreview)
#: What Wagtail writes into the row of a page when its draft is stored.
DRAFT_FIELDS = {"draft_title", "has_unpublished_changes", "latest_revision", "latest_revision_created_at"}


@receiver(post_save, sender=User, dispatch_uid="cms.creators_ground")
def role_changed(instance: User, created: bool, raw: bool, update_fields: Any, **_kwargs: Any) -> None:
    """The ground of a creator comes and goes with the role, in the same transaction."""
    changed = instance.role in GROUND_ROLES if created else update_fields is None or "role" in update_fields
    if changed and not raw:
        keep_ground_in_step(person=instance)


@receiver(post_save, sender=User, dispatch_uid="cms.author_renamed")
def username_changed(instance: User, created: bool, raw: bool, update_fields: Any, **_kwargs: Any) -> None:
    """An author page has the user name in its address, from the same moment on."""
    if not created and not raw and (update_fields is None or "username" in update_fields):
        move_author_page(person=instance)


@receiver(post_save, sender=PostPage, dispatch_uid="cms.post_saved")
def post_saved(instance: PostPage, created: bool, raw: bool, **_kwargs: Any) -> None:
    """A new post gets its counters and its fact, whichever door made it."""
    if created and not raw:
        counts.begin(POST, instance.pk)
        if instance.author is not None:
            ensure_author_page(person=instance.author)
        if not getattr(instance, "imported", False):
            outbox.record(PostCreated(post_id=instance.pk, author_id=instance.author_id), actor_id=instance.owner_id)


@receiver(post_save, sender=PostPage, dispatch_uid="cms.post_came_to_light")
def post_came_to_light(instance: PostPage, raw: bool, update_fields: Any, **_kwargs: Any) -> None:
    """The score of a post begins with its first publication."""
    if not raw and instance.first_published_at and (update_fields is None or "first_published_at" in update_fields):
        counts.came_to_light(POST, instance.pk, instance.first_published_at)


@receiver(post_delete, sender=PostPage, dispatch_uid="cms.post_deleted")
def post_deleted(instance: PostPage, **_kwargs: Any) -> None:
    """What was said about the post goes with it, its counters, and its words out of the index."""
    comments.forget_target(kind=POST, target_id=instance.pk)
    counts.forget(POST, instance.pk)
    remove_object(instance)


@receiver(page_published, sender=PostPage, dispatch_uid="cms.post_published")
def post_published(instance: PostPage, revision: Any = None, **_kwargs: Any) -> None:
    """A version went live; later versions mark the post as edited after five minutes of grace."""
    first = instance.first_published_at == instance.last_published_at
    if not first and instance.first_published_at is not None:
        age = (timezone.now() - instance.first_published_at).total_seconds()
        if age > EDIT_GRACE_SECONDS:
            PostPage.objects.filter(pk=instance.pk).update(edited_at=timezone.now())
    poll = poll_in(instance.body)
    polls.publish_poll(kind=POST, target_id=instance.pk, wanted=poll[1] if poll else None)
    outbox.record(
        PostPublished(post_id=instance.pk, author_id=instance.author_id, first=first),
        actor_id=getattr(revision, "user_id", None),
    )


@receiver(post_save, sender=PostPage, dispatch_uid="cms.post_words")
@receiver(page_published, sender=PostPage, dispatch_uid="cms.post_indexed")
def post_indexed(instance: PostPage, raw: bool = False, **_kwargs: Any) -> None:
    """The index learns the words with each save, and once more the tags, which are stored after the page."""
    if not raw and not is_indexed_later():
        insert_or_update_object(instance)


@receiver(page_published, sender=StandardPage, dispatch_uid="cms.page_published")
def page_published_with_videos(instance: StandardPage, **_kwargs: Any) -> None:
    """The titles and pictures of its videos are fetched by a job."""
    want_previews(video_ids=videos_in(instance.body))


@receiver(post_save, sender=ReusableContent, dispatch_uid="cms.reusable_content_saved")
def reusable_content_saved(instance: ReusableContent, raw: bool = False, **_kwargs: Any) -> None:
    """Pages that show it show its videos: what belongs to them is fetched by a job."""
    if not raw:
        want_previews(video_ids=videos_in(instance.body))


@receiver(page_unpublished, sender=PostPage, dispatch_uid="cms.post_unpublished")
def post_unpublished(instance: PostPage, **_kwargs: Any) -> None:
    """The post was taken off the site."""
    outbox.record(PostUnpublished(post_id=instance.pk))


@receiver(post_delete, dispatch_uid="cms.followed_deleted")
def followed_deleted(sender: type, instance: Any, **_kwargs: Any) -> None:
    """Nobody follows any more what is gone."""
    if sender in FOLLOWED:
        follows.forget_target(kind=FOLLOWED[sender], target_id=instance.pk)


@receiver(post_delete, sender=CustomRendition, dispatch_uid="cms.rendition_deleted")
def rendition_deleted(instance: CustomRendition, **_kwargs: Any) -> None:
    """Pages may point to the file that goes."""
    forget_variants(image_id=instance.image_id)


@receiver([post_save, post_delete], dispatch_uid="cms.frame_changed")
def frame_changed(sender: type, instance: Any, **_kwargs: Any) -> None:
    """What menus and banners show changed: they are read anew, after the commit."""
    selectors.forget_frame_after(instance)


@receiver(post_page_move, dispatch_uid="cms.page_moved")
def page_moved(**_kwargs: Any) -> None:
    """A page has another address, and may stand in a menu: the menus are read anew, after the commit."""
    transaction.on_commit(selectors.forget_frame, robust=True)


# Registered after the frame is forgotten: a page made between the two would show the old frame as new.
@receiver([post_save, post_delete], dispatch_uid="cms.shown_changed")
def shown_changed(
    sender: type, instance: Any, created: bool = False, raw: bool = False, update_fields: Any = None, **_kwargs: Any
) -> None:
    """Kept pages for guests may show what changed: they are made anew."""
    if raw or not issubclass(sender, SHOWN):
        return
    if isinstance(instance, Page):
        seen = instance.live and not (update_fields and set(update_fields) <= DRAFT_FIELDS)
    else:
        seen = not (created and issubclass(sender, SHOWN_BY_OTHERS))
    if seen:
        generations.bump(generations.SITE)


@receiver([page_unpublished, post_page_move], dispatch_uid="cms.page_taken_away")
def page_taken_away(**_kwargs: Any) -> None:
    """Kept pages may show it, or lead where it was."""
    generations.bump(generations.SITE)


@receiver(post_migrate, dispatch_uid="cms.groups_in_step")
def groups_in_step(app_config: Any, **_kwargs: Any) -> None:
    """After the migrations (and their new permissions) the groups have the rights they should have."""
    from django.apps import apps

    from cms.services.bootstrap import ensure_groups

    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
    if app_config is last and Page.objects.exists():
        ensure_groups()
