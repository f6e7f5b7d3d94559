"""What must be true of the content."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.models import Exists, F, OuterRef
from wagtail.models import GroupCollectionPermission, GroupPagePermission, Page

from cms.choices import POST
from cms.models import (
    CategoryRead,
    CreatorGround,
    CreatorIndexPage,
    CreatorPage,
    FeedPreference,
    PostPage,
    SectionPage,
    SeriesPage,
)
from cms.models.confined import GROUND_ROLES
from cms.selectors.series import ABOVE
from community.accounts.models import User
from community.core import text
from community.core.integrity import integrity_check
from community.polls.models import Poll


@integrity_check("page-tree")
def page_tree() -> Iterator[str]:
    """treebeard finds nothing to mend, and every url_path is made of the slugs above."""
    names = ("bad alphabet", "bad path", "orphan", "wrong depth", "wrong number of children")
    for name, ids in zip(names, Page.find_problems(), strict=True):
        for page_id in ids:
            yield f"page {page_id}: {name}"
    paths = dict(Page.objects.values_list("path", "url_path"))
    steplen = Page.steplen
    for page in Page.objects.filter(depth__gt=2).only("pk", "path", "slug", "url_path"):
        parent = paths.get(page.path[:-steplen], "")
        if page.url_path != f"{parent}{page.slug}/":
            yield f"page {page.pk}: its address {page.url_path} does not fit its place"


@integrity_check("page-slugs")
def page_slugs() -> Iterator[str]:
    """No two children of one page share a slug."""
    seen: set[tuple[str, str]] = set()
    for page_id, path, slug in Page.objects.values_list("pk", "path", "slug").order_by("path"):
        key = (path[: -Page.steplen], slug)
        if key in seen:
            yield f"page {page_id}: a sibling has the slug {slug} too"
        seen.add(key)


@integrity_check("page-titles")
def page_titles() -> Iterator[str]:
    """Something is seen of every title."""
    for page_id, title in Page.objects.values_list("pk", "title").order_by("pk"):
        if not text.has_visible(title):
            yield f"page {page_id}: nothing is seen of its title"


@integrity_check("post-bin")
def post_bin() -> Iterator[str]:
    """Nothing in the bin is live or will go live."""
    for post_id in PostPage.objects.filter(deleted_at__isnull=False, live=True).values_list("pk", flat=True):
        yield f"post {post_id} is in the bin and live"


@integrity_check("post-hidden")
def post_hidden() -> Iterator[str]:
    """Nothing that moderators have hidden is live."""
    for post_id in PostPage.objects.filter(hidden_at__isnull=False, live=True).values_list("pk", flat=True):
        yield f"post {post_id} is hidden by moderators and live"


@integrity_check("post-polls")
def post_polls() -> Iterator[str]:
    """A live post shows a poll if, and only if, its text has one."""
    live = PostPage.objects.published()
    asking = set(live.filter(body__contains=[{"type": "poll"}]).values_list("pk", flat=True))
    shown = Poll.objects.filter(target_kind=POST, shown=True, target_id__in=live.values("pk"))
    for post_id in sorted(asking ^ set(shown.values_list("target_id", flat=True))):
        yield f"post {post_id}: its text {'has a' if post_id in asking else 'has no'} poll, and people vote otherwise"


@integrity_check("post-policy")
def post_policy() -> Iterator[str]:
    """No stored text claims a cleaning policy that does not exist yet."""
    for post_id in PostPage.objects.filter(policy_version__gt=text.POLICY_VERSION).values_list("pk", flat=True):
        yield f"post {post_id} was cleaned by a policy of the future"


@integrity_check("author-pages")
def author_pages() -> Iterator[str]:
    """An author page lies at its person's name, and every author has one."""
    for page in CreatorPage.objects.select_related("person"):
        if page.slug != page.person.username.lower():
            yield f"author page {page.pk} has the slug {page.slug}, its person is {page.person.username}"
    for author_id in (
        PostPage.objects.filter(author__isnull=False, author__creator_page__isnull=True)
        .values_list("author_id", flat=True)
        .distinct()
    ):
        yield f"user {author_id} has posts but no author page"


@integrity_check("creator-grounds")
def creator_grounds() -> Iterator[str]:
    """Creators have a group with rights at their own page and collection only, and nobody else has one."""
    if not CreatorIndexPage.objects.exists():
        return
    grounds = CreatorGround.objects.filter(group__isnull=False)
    for user_id in User.objects.filter(role__in=GROUND_ROLES).exclude(pk__in=grounds.values("person")).values("pk"):
        yield f"user {user_id['pk']} is a creator without ground"
    for ground in grounds.select_related("person__creator_page"):
        person = ground.person
        if person.role not in GROUND_ROLES:
            yield f"user {person.pk} has the ground of a creator and the role {person.role}"
        if [member.pk for member in User.objects.filter(groups=ground.group_id)] != [person.pk]:
            yield f"the group of creator {person.pk} holds other people, or not its own"
        page = getattr(person, "creator_page", None)
        if GroupPagePermission.objects.filter(group=ground.group).exclude(page_id=page and page.pk).exists():
            yield f"the group of creator {person.pk} has rights at pages of others"
        if GroupCollectionPermission.objects.filter(group=ground.group).exclude(collection=ground.collection).exists():
            yield f"the group of creator {person.pk} has rights at collections of others"


@integrity_check("series")
def series() -> Iterator[str]:
    """A series lies on an author's page or in a section, and holds nothing but posts without pages below them.

    That two parts share a place is impossible: the database holds each path once.
    """
    rows = SeriesPage.objects.annotate(_above=ABOVE)
    places = [model.objects.filter(path=OuterRef("_above")) for model in (CreatorPage, SectionPage)]
    for page_id in rows.filter(*(~Exists(place) for place in places)).values_list("pk", flat=True):
        yield f"series {page_id} lies neither on an author's page nor in a section"
    inside = Page.objects.annotate(_above=ABOVE).filter(_above__in=SeriesPage.objects.values("path"))
    for page_id in inside.exclude(pk__in=PostPage.objects.filter(numchild=0).values("pk")).values_list("pk", flat=True):
        yield f"page {page_id} lies in a series and is no post, or has pages below it"


@integrity_check("page-revisions")
def page_revisions() -> Iterator[str]:
    """A page's newest and live revisions are its own."""
    for name in ("latest_revision", "live_revision"):
        wrong = Page.objects.exclude(**{name: None}).annotate(owner_id_text=F(f"{name}__object_id"))
        for page_id, object_id in wrong.values_list("pk", "owner_id_text"):
            if str(page_id) != object_id:
                yield f"page {page_id}: its {name} belongs to page {object_id}"


@integrity_check("post-listed")
def post_listed() -> Iterator[str]:
    """Each live post stands in the lists it belongs to, at its own moment, and nothing else does."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH there AS (SELECT kind, source_id, published_at, post_id, author_id FROM post_listed),
            right_ones AS (
              SELECT place.* FROM cms_postpage post CROSS JOIN LATERAL post_places(post.page_ptr_id) AS place)
            (SELECT kind, source_id, post_id, 'is missing' FROM (SELECT * FROM right_ones EXCEPT SELECT * FROM there) a)
            UNION ALL
            (SELECT kind, source_id, post_id, 'is wrong' FROM (SELECT * FROM there EXCEPT SELECT * FROM right_ones) b)
            ORDER BY 3, 1, 2
            """
        )
        for kind, source_id, post_id, what in cursor.fetchall():
            yield f"post {post_id} in the list of {kind} {source_id} {what}"


@integrity_check("feed-reads")
def feed_reads() -> Iterator[str]:
    """Nothing is noted of what somebody reads who does not want it."""
    refused = FeedPreference.objects.filter(for_you=False).values("user")
    for user_id in CategoryRead.objects.filter(user__in=refused).values_list("user", flat=True).distinct():
        yield f"it is noted what user {user_id} reads, who has turned that off"
