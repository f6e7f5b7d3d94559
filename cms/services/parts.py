"""Parts of series: how posts come into one, leave it, and stand in their order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Value, When
from django.utils.translation import gettext_lazy as _
from wagtail.actions.move_page import MovePageAction
from wagtail.models import Page

from cms import permissions, selectors
from cms.models import PostPage, SeriesPage
from cms.services.tree import unique_slug
from community.accounts.models import User
from community.core import generations
from community.core.errors import Conflict, Invalid, NotAllowed, NotFound

STEP: int = Page.steplen


def lock_places(*pages: Page) -> None:
    """Locks the series that `pages` are or lie in, and what lies above these, from the root downwards.

    Whoever moves or orders parts comes through here first and locks posts afterwards. Raises NotFound for a page
    that is gone, Conflict for one that was moved while others held the locks.
    """
    paths = _paths_of(pages)
    near = {path[:-STEP] for path in paths.values()}
    series = set(SeriesPage.objects.filter(path__in=near | set(paths.values())).values_list("path", flat=True))
    wanted = near | series | {path[:-STEP] for path in series}
    list(Page.objects.select_for_update().filter(path__in=wanted).order_by("path").values_list("pk"))
    if _paths_of(pages) != paths:
        raise Conflict()


def _paths_of(pages: Iterable[Page]) -> dict[int, str]:
    wanted = {page.pk for page in pages}
    paths = dict(Page.objects.filter(pk__in=wanted).values_list("pk", "path"))
    if len(paths) != len(wanted):
        raise NotFound()
    return paths


def lock_posts(ids: Iterable[int]) -> dict[int, PostPage]:
    """The posts with these ids, locked, so that nobody stores one with the place it had before."""
    rows = PostPage.objects.select_for_update(of=("self", "page_ptr")).filter(pk__in=list(ids)).order_by("pk")
    return {post.pk: post for post in rows}


def series_of(post: PostPage) -> SeriesPage | None:
    """The series a post lies in."""
    return SeriesPage.objects.filter(path=post.path[:-STEP]).first()


def move_part(*, actor: User, post: PostPage, **where: Any) -> None:
    """Puts a post into `series` (None: out of the one it is in), at `series_position` among what `actor` sees there.

    Without a position a newcomer comes last and a part stays where it is; None is the end. The places and the
    post must be locked. Raises Invalid or NotAllowed.
    """
    here = series_of(post)
    series = where.get("series", here)
    position = where.get("series_position")
    if series is None:
        if position is not None:
            raise Invalid(fields={"series_position": _("This post is in no series.")})
        if here is not None:
            _require_move(actor, post, here.get_parent())
            move_below(here.get_parent(), post, actor=actor)
        return
    is_new = here is None or here.pk != series.pk
    _require_move(actor, post, series)
    if is_new:
        move_below(series, post, actor=actor)
    if position is not None or (not is_new and "series_position" in where):
        put_at(series, post, position, actor=actor)


def _require_move(actor: User, post: PostPage, place: Page) -> None:
    if not permissions.can_move_post(actor, post, place):
        raise NotAllowed()


def move_below(place: Page, post: Page, *, actor: User) -> None:
    """Makes a post the last child of `place`; its address changes, and the old one leads to the new one."""
    if place.get_children().filter(slug=post.slug).exists():
        _rename(post, unique_slug(parent=place, source=post.slug))
    page, target = Page.objects.get(pk=post.pk), Page.objects.get(pk=place.pk)
    MovePageAction(page, target, pos="last-child", user=actor).execute(skip_permission_checks=True)


def _rename(post: Page, slug: str) -> None:
    """Gives the row and its newest revision another slug, so that the next edit does not bring the old one back."""
    Page.objects.filter(pk=post.pk).update(slug=slug)
    revision = post.latest_revision
    if revision is not None and revision.content.get("slug") == post.slug:
        revision.content["slug"] = slug
        revision.save(update_fields=["content"])


def put_at(series: SeriesPage, post: PostPage, position: int | None, *, actor: User) -> None:
    """Puts a part at `position`, counted from 1 in the parts that `actor` sees; None, or beyond the end, is the end."""
    series = SeriesPage.objects.get(pk=series.pk)
    seen = [pk for pk in selectors.list_parts(series, viewer=actor).values_list("pk", flat=True) if pk != post.pk]
    order = [pk for pk in list_children(series) if pk != post.pk]
    place = order.index(seen[position - 1]) if position is not None and position <= len(seen) else len(order)
    store_order(series, [*order[:place], post.pk, *order[place:]])


def list_children(series: SeriesPage) -> list[int]:
    """The ids of all that lies in a series, drafts and what is in the bin too, in their order."""
    return list(Page.objects.child_of(series).order_by("path").values_list("pk", flat=True))


def store_order(series: SeriesPage, ids: list[int]) -> None:
    """Gives the children of a locked series the order of `ids`, which are all of them.

    The database holds each path once, so those that change go to free paths first.
    """
    there = dict(Page.objects.child_of(series).order_by("path").values_list("pk", "path"))
    paths = list(there.values())
    changed = {pk: path for pk, path in zip(ids, paths, strict=True) if there[pk] != path}
    if not changed:
        return
    free = Page._str2int(paths[-1][-STEP:]) + 1
    parked = {pk: Page._get_path(series.path, series.depth + 1, free + place) for place, pk in enumerate(changed)}
    for places in (parked, changed):
        cases = [When(pk=pk, then=Value(path)) for pk, path in places.items()]
        Page.objects.filter(pk__in=list(places)).update(path=Case(*cases))
    generations.bump(generations.SITE)
