"""What the admin shows beside its lists: numbers of posts, and what waits for somebody."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import BigIntegerField, CharField, Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce
from wagtail.models import Page, Revision

from cms.choices import POST
from cms.models import PostPage
from cms.selectors.posts import list_hidden_from_explorer
from community.accounts.models import User
from community.core.counts import beside as counts_beside


class Waiting(NamedTuple):
    """A post that goes out by itself, and when."""

    post: PostPage
    at: datetime


class Week(NamedTuple):
    """Numbers of some days, of the whole site."""

    posts: int
    authors: int
    members: int


def annotate_numbers(pages: QuerySet[Page]) -> QuerySet[Page]:
    """`pages` with `shown_views`, `shown_reactions` and `shown_comments`; 0 where nothing was counted."""
    counts = counts_beside(POST)
    return pages.annotate(
        shown_views=Coalesce(Subquery(counts.values("views")[:1]), 0),
        shown_reactions=Coalesce(Subquery(counts.values("reactions")[:1]), 0),
        shown_comments=Coalesce(Subquery(counts.values("comments")[:1]), 0),
    )


def posts_by(posts: QuerySet[PostPage], username: str) -> QuerySet[PostPage]:
    """Those of `posts` by the person with this user name, in any spelling of capitals."""
    return posts.filter(author__in=User.objects.known().named(username))


def list_unfinished(person: User, *, limit: int = 5) -> list[PostPage]:
    """Posts of `person` that are drafts or have changes nobody sees yet, the last touched first; one query."""
    posts = PostPage.objects.existing().filter(author=person).filter(Q(live=False) | Q(has_unpublished_changes=True))
    return list(posts.filter(go_live_at__isnull=True).order_by("-latest_revision_created_at", "-pk")[:limit])


def list_scheduled(*, viewer: User, limit: int = 5) -> list[Waiting]:
    """Posts that go out by themselves, the next first, as far as `viewer` may find them in the admin."""
    approved = Revision.page_revisions.filter(approved_go_live_at__isnull=False)
    of_post = approved.filter(object_id=Cast(OuterRef("pk"), CharField())).order_by("approved_go_live_at")
    posts = (
        PostPage.objects.filter(pk__in=approved.values(number=Cast("object_id", BigIntegerField())))
        .exclude(pk__in=list_hidden_from_explorer(viewer=viewer).values("pk"))
        .annotate(goes_live_at=Subquery(of_post.values("approved_go_live_at")[:1]))
        .select_related("author__profile")
        .order_by("goes_live_at", "pk")
    )
    return [Waiting(post, post.goes_live_at) for post in posts[:limit]]


def week_in_numbers(*, since: datetime) -> Week:
    """What happened since then: posts that came out, their authors, people who joined; two queries."""
    posts = PostPage.objects.published().filter(first_published_at__gte=since)
    out = posts.aggregate(posts=Count("pk"), authors=Count("author", distinct=True))
    members = User.objects.known().filter(date_joined__gte=since).count()
    return Week(out["posts"], out["authors"], members)
