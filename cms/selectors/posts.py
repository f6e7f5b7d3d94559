"""Posts: one or NotFound, and lists of what the viewer may see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import (
    Count,
    Exists,
    F,
    FloatField,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone
from taggit.models import Tag
from wagtail.models import Page
from wagtail.permissions import policy_registry

from cms import permissions
from cms.choices import POST
from cms.models import Category, CreatorIndexPage, PostPage
from cms.rules import address
from cms.selectors.restrictions import behind_password
from community.accounts.choices import Role
from community.accounts.models import User
from community.accounts.permissions import Actor, has_role, is_moderator
from community.accounts.selectors import list_everybody
from community.core import sight
from community.core.counts import beside as counts_beside
from community.core.errors import NotFound
from community.core.postgres import prepared
from community.core.targets import Discussion

ORDERS = ("recent", "popular", "trending")
#: How long ago a post may have been published to be popular: by days, None for all times.
WINDOWS: dict[str, timedelta | None] = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
    "all": None,
}
POPULAR_WINDOW = WINDOWS["year"]


def get_post(post_id: int, *, viewer: Actor) -> PostPage:
    """The post, with author, profile and category; NotFound when there is none or `viewer` may not see it."""
    post = (
        PostPage.objects.select_related("author__profile", "category", "cover_image", "content_type")
        .filter(pk=post_id)
        .first()
        if 0 < post_id < 2**63
        else None
    )
    if post is None or not permissions.can_view_post(viewer, post):
        raise NotFound()
    return post


#: What somebody else needs to know of a post they point to: a dozen columns of a hundred, of one row instead of six,
#: and whether it lies behind a password. By hand, as every act on a post asks it.
_POINTED_COLUMNS = (
    "id", "path", "depth", "title", "slug", "live", "url_path", "owner_id", "first_published_at",
    "page_ptr_id", "author_id", "video", "language", "comments_enabled", "deleted_at", "hidden_at",
)  # fmt: skip
_POINTED_TO = f"""
    SELECT {", ".join(_POINTED_COLUMNS)},
           EXISTS (SELECT FROM wagtailcore_pageviewrestriction restriction
                   JOIN wagtailcore_page above ON above.id = restriction.page_id
                   WHERE starts_with(page.path, above.path))
    FROM cms_postpage JOIN wagtailcore_page page ON page.id = page_ptr_id
    WHERE page_ptr_id = ANY(%s)
"""  # noqa: S608 - our own words


def get_post_to_point_to(post_id: int, *, viewer: Actor) -> PostPage:
    """As get_post, in little time: other columns are read when somebody asks for them."""
    for post in list_posts_discussed([post_id], viewer=viewer):
        return post
    raise NotFound()


def list_posts_discussed(ids: Iterable[int], *, viewer: Actor) -> list[PostPage]:
    """Those of the posts that `viewer` may see, with what is to be known for talking about them; two queries.

    Drafts and what lies behind a password cost some more.
    """
    wanted = [post_id for post_id in ids if 0 < post_id < 2**63]
    found = prepared.instances(PostPage, _POINTED_COLUMNS, prepared.rows(_POINTED_TO, [wanted]))
    parted = sight.parted_from(viewer, [post.author_id for post, _behind in found if post.author_id is not None])
    return [
        post
        for post, (behind,) in found
        if (post.author_id not in parted and post.live and post.deleted_at is None and not behind)
        or permissions.can_view_post(viewer, post)
    ]


def discussion_of(post: PostPage) -> Discussion:
    """What is to be known for talking about a loaded post; no query."""
    return Discussion(
        kind=POST,
        id=post.pk,
        title=post.title,
        url=address(post.url_path),
        author_id=post.author_id,
        is_open=post.live and post.comments_enabled,
        video_id=post.video_id,
    )


def get_deleted_post(post_id: int, *, viewer: Actor) -> PostPage:
    """A post in the bin that `viewer` may bring back; else NotFound."""
    post = PostPage.objects.filter(pk=post_id, deleted_at__isnull=False).first() if 0 < post_id < 2**63 else None
    if post is None or not permissions.can_restore_post(viewer, post):
        raise NotFound()
    return post


def get_post_to_hide(post_id: int, *, viewer: Actor) -> PostPage:
    """A post that is on the site, or that moderators have hidden, for those who decide about it; else NotFound."""
    post = PostPage.objects.existing().filter(pk=post_id).first() if 0 < post_id < 2**63 else None
    if post is None or not permissions.can_hide_post(viewer) or not (post.live or post.hidden_at):
        raise NotFound()
    return post


def list_posts(
    *,
    viewer: Actor,
    author: str | None = None,
    category: str | None = None,
    tag: str | None = None,
    drafts: bool = False,
    with_muted: bool = False,
) -> QuerySet[PostPage]:
    """Posts that `viewer` may see, newest first; filters by user name and slugs combine.

    Live ones; with `drafts` also the viewer's own drafts, for moderators everybody's. Never the bin. What people
    write whom `viewer` has muted is there `with_muted`, and where their name is asked for; those of a person whose
    profile `viewer` may not see are not found by the name.
    """
    posts = PostPage.objects.existing()
    visible = Q(live=True)
    if drafts and is_moderator(viewer):
        visible |= Q(live=False)
    elif drafts and isinstance(viewer, User):
        visible |= Q(author_id=viewer.pk)
    posts = posts.filter(visible)
    if not is_moderator(viewer):
        # What lies behind a password is in no list; its author finds it all the same.
        own = Q(author_id=viewer.pk) if isinstance(viewer, User) else Q(pk__in=[])
        posts = posts.filter(own | ~Exists(behind_password("path")))
    if author is not None:
        seen = list_everybody(viewer=viewer).values("pk")
        posts = posts.filter(author__in=User.objects.known().named(author).filter(pk__in=seen))
    if category is not None:
        posts = posts.filter(category__slug=category)
    if tag is not None:
        posts = posts.filter(pk__in=PostPage.tags.through.objects.filter(tag__slug=tag).values("content_object_id"))
    posts = sight.in_sight(posts, viewer, by="author_id", muted=not with_muted and author is None)
    return order_posts(posts, "recent")


def order_posts(
    posts: QuerySet[PostPage], order: str, *, window: timedelta | None = POPULAR_WINDOW
) -> QuerySet[PostPage]:
    """`posts` in one of ORDERS; ties are broken by id, so that pages of a list never overlap.

    What is popular are posts of `window`, of all times without one.
    """
    if order == "recent":
        return posts.order_by(F("first_published_at").desc(nulls_first=True), "-pk")
    counts = counts_beside(POST)
    if order == "trending":
        score = Subquery(counts.values("score")[:1])
        return posts.annotate(_score=Coalesce(score, Value(0.0), output_field=FloatField())).order_by("-_score", "-pk")
    weight = Subquery(counts.values(weight=F("reactions") + 2 * F("comments") + F("bookmarks"))[:1])
    if window is not None:
        posts = posts.filter(first_published_at__gte=timezone.now() - window)
    return posts.annotate(_weight=Coalesce(weight, Value(0))).order_by("-_weight", "-pk")


def list_related(post: PostPage, *, viewer: Actor, limit: int = 3) -> list[int]:
    """Ids of other posts with the same tags or category, most in common first; one query."""
    tags = PostPage.tags.through.objects.filter(content_object_id=post.pk).values("tag_id")
    rows = (
        list_posts(viewer=viewer)
        .exclude(pk=post.pk)
        .filter(Q(tagged_items__tag__in=tags) | Q(category_id=post.category_id, category_id__isnull=False))
        .annotate(common=Count("tagged_items", filter=Q(tagged_items__tag__in=tags)))
        .order_by("-common", F("first_published_at").desc(nulls_last=True), "-pk")
    )
    return list(rows.values_list("pk", flat=True)[:limit])


def list_related_categories(category: Category, *, limit: int = 8) -> list[Category]:
    """The category it is part of and its own parts, then those beside it; one query."""
    above = category.parent_id
    beside = Q(parent__isnull=True) if above is None else Q(parent_id=above) | Q(pk=above)
    rows = Category.objects.exclude(pk=category.pk).filter(beside | Q(parent=category))
    near = sorted(rows, key=lambda row: row.pk != above and row.parent_id != category.pk)
    return near[:limit]


def list_bin(*, viewer: Actor) -> QuerySet[PostPage]:
    """What lies in the bin and `viewer` may bring back, newest first; the same rule as can_restore_post, for lists."""
    binned = PostPage.objects.filter(deleted_at__isnull=False).select_related("author__profile", "deleted_by")
    if not is_moderator(viewer):
        allowed = Q(author_id=getattr(viewer, "pk", None), deleted_by_id=F("author_id"))
        edited = Q(pk__in=[])
        for path in paths_edited_by(viewer):
            edited |= Q(path__startswith=path)
        for path in CreatorIndexPage.objects.values_list("path", flat=True):
            edited &= ~Q(path__startswith=path)
        allowed |= edited
        binned = binned.filter(allowed)
    return binned.order_by("-deleted_at", "-pk")


def paths_edited_by(viewer: Actor) -> list[str]:
    """The paths below which `viewer` may change pages by a right of Wagtail's."""
    policy = policy_registry.get_by_type(Page)
    granted = policy.get_cached_permissions_for_user(viewer) if isinstance(viewer, User) else []
    return [right.page.path for right in granted if right.permission.codename == "change_page"]


def list_hidden_from_explorer(*, viewer: Actor) -> QuerySet[PostPage]:
    """Posts the admin's explorer leaves out for `viewer`: the bin, and drafts of others on authors' own pages."""
    hidden = Q(deleted_at__isnull=False)
    if not has_role(viewer, Role.ADMIN) and not getattr(viewer, "is_superuser", False):
        directories = CreatorIndexPage.objects.values_list("path", flat=True)
        for path in directories:
            hidden |= Q(path__startswith=path, live=False) & ~Q(author_id=getattr(viewer, "pk", None))
    return PostPage.objects.filter(hidden)


def get_category(slug: str) -> Category:
    """The category, or NotFound."""
    category = Category.objects.filter(slug=slug).first()
    if category is None:
        raise NotFound()
    return category


def get_tag(slug: str) -> Tag:
    """The tag, if a live post carries it or it was made by an import; else NotFound."""
    tag = Tag.objects.filter(slug=slug).first()
    if tag is None:
        raise NotFound()
    return tag
