"""The API of content: posts, categories, tags."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from cms import permissions, selectors, services
from cms.api import listings
from cms.api.blocks import pictures_of
from cms.api.serializers import (
    CategoryShape,
    PostChanges,
    PostDetailShape,
    PostInput,
    PostListQuery,
    PostShape,
    TagShape,
)
from cms.models import PostPage
from community.accounts.selectors import get_person
from community.core.api import pagination
from community.core.api.authentication import SignedIn
from community.core.api.fields import identity
from community.core.api.operations import PATH_ID, PATH_USERNAME, operation
from community.core.api.versions import expected_version
from community.core.api.views import ApiView
from community.core.errors import Invalid, NotFound
from community.core.generations import SITE

ORDERINGS: dict[str, tuple[str, str]] = {
    "recent": ("-first_published_at", "-pk"),
    "popular": ("-_weight", "-pk"),
    "trending": ("-_score", "-pk"),
}


class PostListView(ApiView):
    """The posts everybody sees, and a way to add one."""

    page_tags = (SITE,)

    @operation(
        "listPosts",
        tag="Posts",
        access="all",
        query=PostListQuery,
        answer=PostShape,
        wraps=pagination.growing_pages_of,
        select=True,
    )
    def get(self, request: Request, query: dict[str, Any]) -> pagination.Page:
        """List posts

        `recent` by time of publication; `popular` by reactions, twice the comments and bookmarks, of posts published
        within `window`; `trending` by a score that fades with time. Filters combine. Beyond the first 10,000 the list
        goes on by `cursor`.
        """
        filters: dict[str, Any] = {name: query.get(name) for name in ("author", "category", "tag")}
        posts = selectors.list_posts(viewer=request.user, **filters).filter(first_published_at__isnull=False)
        if "series" in query:
            filters["series"] = query["series"]
            posts = posts.filter(selectors.parts_of_series(query["series"], viewer=request.user))
        ordered = selectors.order_posts(posts, query["sort"], window=selectors.WINDOWS[query["window"]])
        rows = listings.with_authors(ordered).defer(*listings.UNREAD)
        page = pagination.growing_page(
            rows,
            ordering=ORDERINGS[query["sort"]],
            page=query["page"],
            limit=query["limit"],
            cursor=query.get("cursor"),
            scope=f"posts:{query['sort']}:{query['window']}:{filters}",
        )
        return page.with_items(listings.list_answers(page.items, viewer=request.user))

    @operation(
        "createPost",
        tag="Posts",
        access="signed-in",
        body=PostInput,
        answer=PostDetailShape,
        status=201,
        errors=[404, 409],
    )
    def post(self, request: Request, body: dict[str, Any]) -> listings.PostDetail:
        """Create a post

        The post goes below one's own author page, or into the series `seriesId`, as a draft unless `published`
        is true. `content` becomes one block of rich text, cleaned by the site's policy.
        """
        _check_images(request, body, None)
        _find_series(request, body)
        parent = body.pop("series", None)
        return _answer(request, services.create_post(actor=request.user, parent=parent, **body))


class PersonPostsView(ApiView):
    """What somebody published."""

    @operation(
        "listPostsOfPerson",
        tag="Posts",
        access="optional",
        query=pagination.CursorQuery,
        answer=PostShape,
        wraps=pagination.cursor_pages_of,
        parameters=[PATH_USERNAME],
    )
    def get(self, request: Request, username: str, query: dict[str, Any]) -> pagination.CursorPage:
        """List the posts of a person

        The newest first, as far as the caller may see them; 404 for a profile that the caller does not see.
        """
        person = get_person(username, viewer=request.user)
        posts = selectors.list_posts(viewer=request.user, author=person.username)
        page = pagination.rows_after(
            listings.with_authors(posts.filter(first_published_at__isnull=False)).defer(*listings.UNREAD),
            ordering=ORDERINGS["recent"],
            cursor=query.get("cursor"),
            limit=query["limit"],
            scope=f"posts-by:{person.pk}",
        )
        return pagination.CursorPage(listings.list_answers(page.items, viewer=request.user), page.next_cursor)


class PostView(ApiView):
    """One post."""

    page_tags = (SITE, "post:{id}")

    @operation("getPost", tag="Posts", access="optional", answer=PostDetailShape, select=True, parameters=[PATH_ID])
    def get(self, request: Request, id: str) -> listings.PostDetail:
        """Get a post

        Drafts are there for their authors, moderators and editors; for others they are 404, as is what lies
        in the bin.
        """
        return _answer(request, _find(request, id))

    @operation(
        "updatePost",
        tag="Posts",
        access="signed-in",
        body=PostChanges,
        answer=PostDetailShape,
        parameters=[PATH_ID],
    )
    def put(self, request: Request, id: str, body: dict[str, Any]) -> listings.PostDetail:
        """Change a post

        Fields that are left out stay as they are. With `version` (or the header If-Match) a change made from
        an older version is refused with 409 and `currentVersion`. `seriesId` moves the post into a series or,
        with null, out of it, `seriesPosition` inside it; its address changes, and the old one leads to the new one.
        """
        post = _find(request, id)
        version = expected_version(request, body.pop("version", None))
        _check_images(request, body, post)
        _find_series(request, body)
        return _answer(request, services.update_post(actor=request.user, post=post, version=version, **body))

    @operation("deletePost", tag="Posts", access="signed-in", status=204, parameters=[PATH_ID])
    def delete(self, request: Request, id: str) -> None:
        """Delete a post

        It goes to the bin (`/api/me/bin`): nobody sees it any more, and for 30 days it can be brought back.
        """
        services.delete_post(actor=request.user, post=_find(request, id))


class RestorationView(ApiView):
    """Bringing a post back out of the bin."""

    permission_classes = [SignedIn]

    @operation("restorePost", tag="Posts", access="signed-in", answer=PostDetailShape, parameters=[PATH_ID])
    def post(self, request: Request, id: str) -> listings.PostDetail:
        """Bring a post back

        Out of the bin, as a draft: by its author, who deleted it, by editors of its section, by moderators.
        For others, and for posts that are not in the bin, the answer is 404.
        """
        post = selectors.get_deleted_post(identity(id) or 0, viewer=request.user)
        return _answer(request, services.restore_post(actor=request.user, post=post))


class BinView(ApiView):
    """The bin."""

    permission_classes = [SignedIn]

    @operation(
        "listBin",
        tag="Me",
        access="signed-in",
        query=pagination.PageQuery,
        answer=PostShape,
        wraps=pagination.pages_of,
    )
    def get(self, request: Request, query: dict[str, Any]) -> pagination.Page:
        """List the bin

        Deleted posts that one may bring back, the last deleted first.
        """
        rows = listings.with_authors(selectors.list_bin(viewer=request.user)).defer(*listings.UNREAD)
        page = pagination.page_of_rows(rows, **query)
        return page.with_items(listings.list_answers(page.items, viewer=request.user))


def _find(request: Request, text: str) -> PostPage:
    return selectors.get_post(identity(text) or 0, viewer=request.user)


def _answer(request: Request, post: PostPage) -> listings.PostDetail:
    return listings.post_answer(post, viewer=request.user)


def _find_series(request: Request, body: dict[str, Any]) -> None:
    """Puts the series in the place of its id; raises Invalid when there is none that the actor may write into."""
    if "series_id" not in body:
        return
    number = body.pop("series_id")
    try:
        body["series"] = None if number is None else selectors.get_series_to_fill(number, actor=request.user)
    except NotFound as error:
        raise Invalid(fields={"series_id": _("There is no such series that you may write into.")}) from error


def _check_images(request: Request, body: dict[str, Any], post: PostPage | None) -> None:
    """Raises Invalid for pictures that are not the actor's to use; those the post has may stay."""
    kept = {post.cover_image_id} if post is not None else set()
    listings.check_cover(body.get("cover_image"), actor=request.user, kept=kept)
    blocks = body.get("body") or []
    shown = [
        (f"body.{index}.value{place}.image", picture)
        for index, (kind, value) in enumerate(blocks)
        for place, picture in pictures_of(kind, value)
    ]
    there = listings.images_in(post) if post is not None and shown else set()
    for place, picture in shown:
        if picture is None or not (picture.pk in there or permissions.can_use_image(request.user, picture)):
            raise Invalid(fields={place: _("Only pictures of this site that you may use.")})


class CategoryListView(ApiView):
    """The categories."""

    page_tags = (SITE,)

    @operation(
        "listCategories",
        tag="Categories and tags",
        access="all",
        query=pagination.PageQuery,
        answer=CategoryShape,
        wraps=pagination.pages_of,
    )
    def get(self, request: Request, query: dict[str, Any]) -> pagination.Page:
        """List categories

        In the order the editors gave them.
        """
        return pagination.page_of_rows(listings.list_categories(), **query)


class TagListView(ApiView):
    """The tags in use."""

    page_tags = (SITE,)

    @operation(
        "listTags",
        tag="Categories and tags",
        access="all",
        query=pagination.PageQuery,
        answer=TagShape,
        wraps=pagination.pages_of,
    )
    def get(self, request: Request, query: dict[str, Any]) -> pagination.Page:
        """List tags

        Tags of live posts, the most used first.
        """
        return pagination.page_of_rows(listings.list_tags(), **query)
