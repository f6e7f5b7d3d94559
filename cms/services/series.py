"""Series: made, changed, ordered and dissolved, by their author or editors; no part is ever lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.actions.delete_page import DeletePageAction
from wagtail.actions.unpublish_page import UnpublishPageAction

from cms import permissions
from cms.choices import INTRODUCTION_MAX, PARTS_MAX
from cms.models import CustomImage, PostPage, SeriesPage
from cms.services.parts import list_children, lock_places, lock_posts, move_below, store_order
from cms.services.posts import StaleVersion
from cms.services.saving import checked, store
from cms.services.tree import add_page, ensure_author_page
from cms.validators import clean_title
from community.accounts.models import User
from community.accounts.permissions import Actor, require_writer
from community.accounts.services import count_act
from community.core import text
from community.core.errors import Invalid, NotAllowed, Text
from community.core.transactions import retried


@retried
def create_series(
    *,
    actor: Actor,
    title: str,
    introduction: str = "",
    cover_image: CustomImage | None = None,
    complete: bool = False,
    published: bool = True,
) -> SeriesPage:
    """Makes a series below the actor's own author page and returns it.

    Raises Invalid with a message per field, NotAllowed, or TooMany.
    """
    author = require_writer(actor)
    count_act(bucket="write", person=author)
    values = _checked(title=title, introduction=introduction, cover_image=cover_image, complete=complete)
    if not permissions.can_create_series(author):
        raise NotAllowed(_("Only verified creators make series."))
    place = ensure_author_page(person=author)
    series = SeriesPage(owner=author, live=False, has_unpublished_changes=True, **values)
    add_page(parent=place, page=series, slug_source=series.title)
    store(series, author=author, publish=published)
    return series


@retried
def update_series(*, actor: Actor, series: SeriesPage, version: int | None = None, **changes: Any) -> SeriesPage:
    """Changes the named fields of a series, as create_series takes them; `published` publishes it or takes it off.

    `version` is the one the change was made from. Raises StaleVersion, Conflict, Invalid, NotAllowed, NotFound or
    TooMany.
    """
    editor = require_writer(actor)
    published = changes.pop("published", None)
    count_act(bucket="write", person=editor)
    series = _locked(series)
    if not permissions.can_edit_series(editor, series):
        raise NotAllowed()
    if version is not None and version != series.version:
        raise StaleVersion(series.version)
    if not changes and published is None:
        return series
    draft = series.get_latest_revision_as_object() if series.latest_revision_id else series
    for name, value in _checked(**changes).items():
        setattr(draft, name, value)
    store(draft, author=editor, publish=series.live if published is None else published)
    if published is False and series.live:
        series.refresh_from_db()
        UnpublishPageAction(series, user=editor).execute(skip_permission_checks=True)
    return SeriesPage.objects.get(pk=series.pk)


@retried
def order_parts(*, actor: Actor, series: SeriesPage, posts: Sequence[int]) -> SeriesPage:
    """Puts the named posts first in a series, in this order; what was no part becomes one, other parts follow.

    Raises Invalid with a message for each post that is named twice or is not the actor's to put there,
    Conflict, NotAllowed, NotFound or TooMany.
    """
    editor = require_writer(actor)
    count_act(bucket="write", person=editor)
    if len(posts) > PARTS_MAX:
        raise Invalid(fields={"posts": _("At most 200 posts can be put in order at once.")})
    series = _locked(series, *PostPage.objects.filter(pk__in=posts))
    if not permissions.can_edit_series(editor, series):
        raise NotAllowed()
    parts = list_children(series)
    found = lock_posts({*parts, *posts})
    _require_parts(editor, series, posts, found, parts=set(parts))
    for pk in posts:
        if pk not in parts:
            move_below(series, found[pk], actor=editor)
    chosen = set(posts)
    series = SeriesPage.objects.get(pk=series.pk)
    store_order(series, [*posts, *(pk for pk in parts if pk not in chosen)])
    return series


def _require_parts(
    editor: User, series: SeriesPage, posts: Sequence[int], found: dict[int, PostPage], *, parts: set[int]
) -> None:
    """Raises Invalid with a message for each of `posts` that cannot stand in the order; unknown and foreign alike."""
    problems: dict[str, Text] = {}
    for number, pk in enumerate(posts):
        post = found.get(pk)
        if pk in posts[:number]:
            problems[f"posts.{number}"] = _("This post is named twice.")
        elif (
            post is None
            or post.deleted_at is not None
            or (pk not in parts and not permissions.can_move_post(editor, post, series))
        ):
            problems[f"posts.{number}"] = _("There is no such post of yours.")
    if problems:
        raise Invalid(fields=problems)


@retried
def delete_series(*, actor: Actor, series: SeriesPage) -> None:
    """Dissolves a series: its parts, drafts too, go to the page above it, in their order; old addresses lead there.

    Raises Conflict, NotAllowed or NotFound.
    """
    editor = require_writer(actor)
    series = _locked(series)
    if not permissions.can_delete_series(editor, series):
        raise NotAllowed()
    place, parts = series.get_parent(), list_children(series)
    posts = lock_posts(parts)
    for pk in parts:
        move_below(place, posts[pk], actor=editor)
    DeletePageAction(SeriesPage.objects.get(pk=series.pk), user=editor).execute(skip_permission_checks=True)


def _locked(series: SeriesPage, *posts: PostPage) -> SeriesPage:
    """The series as it is now, locked with all places that it and `posts` lie in. Raises Conflict or NotFound."""
    lock_places(series, *posts)
    return SeriesPage.objects.get(pk=series.pk)


def _checked(**values: Any) -> dict[str, Any]:
    """The given values as fields of the page; raises Invalid with every finding at once."""
    problems: dict[str, Text] = {}
    fields = dict(values)
    if "title" in values:
        title = checked("title", problems, lambda: clean_title(values["title"], missing=SeriesPage.title_missing))
        fields["title"] = fields["draft_title"] = title
    if "introduction" in values:
        fields["introduction"] = text.tidy(values["introduction"]).strip()
        if len(fields["introduction"]) > INTRODUCTION_MAX:
            problems["introduction"] = _("An introduction has at most 500 characters.")
    if problems:
        raise Invalid(fields=problems)
    return fields
