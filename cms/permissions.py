"""Who may do what with posts and series. Every face asks here."""

from __future__ import annotations

from wagtail.models import Page
from wagtail.permissions import policy_registry

from cms.models import CreatorIndexPage, CreatorPage, CustomImage, PostPage, SeriesPage
from community.accounts.choices import Role
from community.accounts.models import User
from community.accounts.permissions import Actor, can_write, has_role, is_moderator, is_person
from community.core import sight


def can_create_post(actor: Actor) -> bool:
    """Everybody who may write."""
    return can_write(actor)


def can_create_post_in(actor: Actor, parent: Page) -> bool:
    """Below the own author page and in its series by being its owner, elsewhere by the page permissions of Wagtail."""
    if not can_write(actor) or not isinstance(actor, User):
        return False
    parent = parent.specific_deferred
    if isinstance(parent, SeriesPage):
        return owns_series(actor, parent) or parent.permissions_for_user(actor).can_add_subpage()
    person_id = getattr(parent, "person_id", None)
    return person_id == actor.pk or parent.permissions_for_user(actor).can_add_subpage()


def can_move_post(actor: Actor, post: PostPage, place: Page) -> bool:
    """Who may edit it, and make posts both where it is and where it goes."""
    return (
        can_edit_post(actor, post) and can_create_post_in(actor, post.get_parent()) and can_create_post_in(actor, place)
    )


def owns_series(actor: Actor, series: SeriesPage) -> bool:
    """Does it lie below the author page of `actor`?"""
    above = CreatorPage.objects.filter(path=series.path[: -series.steplen])
    return isinstance(actor, User) and above.filter(person_id=actor.pk).exists()


def can_create_series(actor: Actor) -> bool:
    """Below the own author page: VERIFIED_CREATOR and above. In sections editors make them, in the admin."""
    return can_write(actor) and has_role(actor, Role.VERIFIED_CREATOR)


def can_view_series(viewer: Actor, series: SeriesPage) -> bool:
    """Live ones without a password: everybody but whom a block parts. Others: who may change it, and moderators."""
    if is_parted_from_owner(viewer, series):
        return False
    if series.live and not series.get_view_restrictions().exists():
        return True
    return is_moderator(viewer) or can_edit_series(viewer, series)


def is_parted_from_owner(viewer: Actor, series: SeriesPage) -> bool:
    """Has one of the two, `viewer` and whose series it is, blocked the other? One query; none for guests."""
    above = CreatorPage.objects.filter(path=series.path[: -series.steplen])
    return is_person(viewer) and above.filter(person__in=sight.parted(viewer)).exists()


def can_edit_series(actor: Actor, series: SeriesPage) -> bool:
    """Whose it is, ADMIN, and the editors of the place; also the order of its parts."""
    if not can_write(actor):
        return False
    return owns_series(actor, series) or has_role(actor, Role.ADMIN) or _edits_here(actor, series)


def can_delete_series(actor: Actor, series: SeriesPage) -> bool:
    """Who may edit it, and moderators."""
    return can_edit_series(actor, series) or is_moderator(actor)


def is_author(actor: Actor, post: PostPage) -> bool:
    """Is `actor` the one who wrote it?"""
    return isinstance(actor, User) and post.author_id is not None and post.author_id == actor.pk


def can_view_post(viewer: Actor, post: PostPage) -> bool:
    """Live posts: everybody but whom a block parts from the author.

    Drafts and what lies behind a password: author, moderators, editors of the place.

    In the bin: nobody here. (A reader who knows the password gets it from Wagtail, on the page itself.)
    """
    if post.deleted_at is not None or is_parted_from_author(viewer, post):
        return False
    if post.live and not post.get_view_restrictions().exists():
        return True
    return is_author(viewer, post) or is_moderator(viewer) or _edits_here(viewer, post)


def is_parted_from_author(viewer: Actor, post: PostPage) -> bool:
    """Has one of the two, `viewer` and the author, blocked the other? One query; none for guests."""
    return post.author_id is not None and sight.are_parted(viewer, post.author_id)


def can_edit_post(actor: Actor, post: PostPage) -> bool:
    """The author, ADMIN, and the editors of the place."""
    if not can_write(actor) or post.deleted_at is not None:
        return False
    return is_author(actor, post) or has_role(actor, Role.ADMIN) or _edits_here(actor, post)


def can_unpublish_post(actor: Actor, post: PostPage) -> bool:
    """Who may edit it, and moderators."""
    return can_edit_post(actor, post) or (is_moderator(actor) and post.deleted_at is None)


def can_delete_post(actor: Actor, post: PostPage) -> bool:
    """Who may edit it, and moderators."""
    return can_unpublish_post(actor, post)


def can_hide_post(actor: Actor) -> bool:
    """Moderators, with a reason; they bring it back as well."""
    return can_write(actor) and is_moderator(actor)


def can_restore_post(actor: Actor, post: PostPage) -> bool:
    """Moderators bring anything back, editors what was in their sections, authors what they deleted themselves."""
    if post.deleted_at is None or not can_write(actor):
        return False
    if is_moderator(actor) or (is_author(actor, post) and post.deleted_by_id == post.author_id):
        return True
    return not _on_authors_ground(post) and _edits_place_of(actor, post)


def can_use_image(actor: Actor, image: CustomImage) -> bool:
    """May `actor` put this picture on a post: their own, or one they may choose as an editor?"""
    if not isinstance(actor, User):
        return False
    if image.uploaded_by_user_id == actor.pk:
        return True
    policy = policy_registry.get_by_type(CustomImage)
    return bool(policy.user_has_permission_for_instance(actor, "choose", image))


def can_pick_results(actor: Actor) -> bool:
    """Editors and administrators: whose group may put results before others in the search."""
    return (
        isinstance(actor, User) and can_write(actor) and actor.has_perm("wagtailsearchpromotions.add_searchpromotion")
    )


def _on_authors_ground(post: PostPage) -> bool:
    return any(post.path.startswith(path) for path in CreatorIndexPage.objects.values_list("path", flat=True))


def _edits_place_of(actor: Actor, post: PostPage) -> bool:
    """Nobody edits what lies in the bin, so the page above it is asked."""
    parent = post.get_parent()
    return isinstance(actor, User) and parent is not None and parent.specific.permissions_for_user(actor).can_edit()


def _edits_here(actor: Actor, page: PostPage | SeriesPage) -> bool:
    if not isinstance(actor, User) or not can_write(actor):
        return False
    return bool(page.permissions_for_user(actor).can_edit())
