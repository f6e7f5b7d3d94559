"""What others point to: a post as ("post", id), and what can be followed: a series, a category, a tag."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from taggit.models import Tag

from cms import selectors, services
from cms.choices import POST
from cms.models import Category, PostPage, SeriesPage
from cms.rules import address
from community.accounts.permissions import Actor
from community.core import counts, targets
from community.core.errors import NotAllowed, NotFound

CATEGORY, SERIES, TAG = "category", "series", "tag"
#: What is entered as the reason where moderation decides without one.
HIDDEN = _("Hidden by moderation.")
IN_THE_ADMIN = _("Editors change this in the admin.")


class PostTarget:
    """The content's answers about posts."""

    def get(self, target_id: int, viewer: Actor) -> PostPage:
        """The post, or NotFound."""
        return selectors.get_post_to_point_to(target_id, viewer=viewer)

    def cards(self, ids: Iterable[int], viewer: Actor) -> dict[int, targets.TargetCard]:
        """Title and address of each post that `viewer` may see."""
        rows = (
            selectors.list_posts(viewer=viewer, with_muted=True)
            .filter(pk__in=list(ids))
            .values_list("pk", "title", "url_path")
        )
        return {pk: targets.TargetCard(POST, pk, title, address(url_path)) for pk, title, url_path in rows}

    def discussions(self, ids: Iterable[int], viewer: Actor) -> dict[int, targets.Discussion]:
        """What is to be known of each post that `viewer` may see, for talking about it."""
        posts = selectors.list_posts_discussed(ids, viewer=viewer)
        return {post.pk: selectors.discussion_of(post) for post in posts}

    def hide(self, target_id: int, *, actor: Actor, reason: str = "") -> None:
        """Takes the post off the site."""
        post = selectors.get_post_to_hide(target_id, viewer=actor)
        services.hide_post(actor=actor, post=post, reason=reason or str(HIDDEN))

    def restore(self, target_id: int, *, actor: Actor) -> None:
        """Shows a hidden post as it was; one that lies in the bin comes back as a draft."""
        try:
            hidden = selectors.get_post_to_hide(target_id, viewer=actor)
        except NotFound:
            services.restore_post(actor=actor, post=selectors.get_deleted_post(target_id, viewer=actor))
        else:
            services.bring_post_back(actor=actor, post=hidden)

    def hiding(self, target_id: int, viewer: Actor) -> targets.Hiding:
        """The post for those who may hide it, and why it is hidden."""
        post = selectors.get_post_to_hide(target_id, viewer=viewer)
        return targets.Hiding(post.title, address(post.url_path), post.hidden_at, post.hidden_reason)


class _Followed:
    """What editors look after in the admin; nothing hides it from here."""

    def hide(self, target_id: int, *, actor: Actor, reason: str = "") -> None:
        """Raises NotAllowed."""
        raise NotAllowed(IN_THE_ADMIN)

    def restore(self, target_id: int, *, actor: Actor) -> None:
        """Raises NotAllowed."""
        raise NotAllowed(IN_THE_ADMIN)


class SeriesTarget(_Followed):
    """The content's answers about series."""

    def get(self, target_id: int, viewer: Actor) -> SeriesPage:
        """The series, or NotFound."""
        return selectors.get_series(target_id, viewer=viewer)

    def cards(self, ids: Iterable[int], viewer: Actor) -> dict[int, targets.TargetCard]:
        """Title and address of each series that `viewer` may see, also while nothing is in it."""
        rows = selectors.list_series_to_follow(list(ids), viewer=viewer).values_list("pk", "title", "url_path")
        return {pk: targets.TargetCard(SERIES, pk, title, address(url_path)) for pk, title, url_path in rows}


class CategoryTarget(_Followed):
    """The content's answers about categories."""

    def get(self, target_id: int, viewer: Actor) -> Category:
        """The category, or NotFound."""
        found = Category.objects.filter(pk=target_id).first()
        if found is None:
            raise NotFound()
        return found

    def cards(self, ids: Iterable[int], viewer: Actor) -> dict[int, targets.TargetCard]:
        """Name and address of each category."""
        rows = Category.objects.filter(pk__in=list(ids))
        return {row.pk: targets.TargetCard(CATEGORY, row.pk, row.name, row.get_absolute_url()) for row in rows}


class TagTarget(_Followed):
    """The content's answers about tags."""

    def get(self, target_id: int, viewer: Actor) -> Tag:
        """The tag, or NotFound."""
        found = Tag.objects.filter(pk=target_id).first()
        if found is None:
            raise NotFound()
        return found

    def cards(self, ids: Iterable[int], viewer: Actor) -> dict[int, targets.TargetCard]:
        """Name and address of each tag."""
        rows = Tag.objects.filter(pk__in=list(ids))
        return {row.pk: targets.TargetCard(TAG, row.pk, row.name, f"/tags/{row.slug}/") for row in rows}


def first_published(ids: list[int]) -> dict[int, float]:
    """The moment each of these posts was first published, as Unix time; one query."""
    rows = PostPage.objects.filter(pk__in=ids, first_published_at__isnull=False)
    return {pk: at.timestamp() for pk, at in rows.values_list("pk", "first_published_at")}


def register() -> None:
    """Called when the app is ready."""
    targets.register(POST, PostTarget())
    targets.register(SERIES, SeriesTarget())
    targets.register(CATEGORY, CategoryTarget())
    targets.register(TAG, TagTarget())
    counts.register_kind(POST, PostPage.objects.all)
    counts.register(POST, "began", first_published)
