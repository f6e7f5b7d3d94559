"""Posts made ready for answers: everything a list or a post shows, in a fixed number of queries."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Least
from django.utils.html import format_html
from taggit.models import Tag
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import Filter, SourceImageIOError
from wagtail.models import Page, Revision
from wagtail.rich_text import RichText, expand_db_html

from cms.choices import POST
from cms.models import Category, CustomImage, CustomRendition, PostPage
from cms.rules import address
from cms.selectors.pictures import specs
from community.accounts.selectors import AuthorCard, author_card
from community.core.api.links import absolute
from community.core.models import TargetCounts

COVER = specs("cover")[0]
#: What lists do not show need not be read.
UNREAD = (
    "body",
    "search_description",
    "seo_title",
    "draft_title",
    "author__password",
    "author__profile__bio",
)


@dataclasses.dataclass(frozen=True)
class PostAnswer:
    """A post with what stands beside it."""

    post: PostPage
    author: AuthorCard | None
    views: int
    comments: int
    reactions: int
    cover: str | None
    created_at: datetime | None

    @property
    def url(self) -> str:
        """The page on the site."""
        return absolute(address(self.post.url_path))

    @property
    def updated_at(self) -> datetime | None:
        """When the newest version was stored."""
        return self.post.latest_revision_created_at or self.post.last_published_at or self.created_at


@dataclasses.dataclass(frozen=True)
class PostDetail(PostAnswer):
    """A post with its text."""

    content: str = ""
    body: Sequence[dict[str, Any]] = ()
    tags: Sequence[Tag] = ()


def with_authors(posts: QuerySet[PostPage]) -> QuerySet[PostPage]:
    """The rows with all that stands in other tables of single things, and the moment each was made."""
    first_revision = (
        Revision.objects.filter(
            base_content_type=ContentType.objects.get_for_model(Page),
            object_id=Cast(OuterRef("pk"), CharField()),
        )
        .order_by("pk")
        .values("created_at")[:1]
    )
    return posts.select_related("author__profile", "cover_image", "category").annotate(
        # An imported post is older than its first revision here.
        _created_at=Least(Subquery(first_revision), "first_published_at")
    )


def list_answers(posts: Sequence[PostPage]) -> list[PostAnswer]:
    """The rows of `with_authors` as answers; two queries for any number."""
    counts = _counts(post.pk for post in posts)
    covers = cover_addresses([post.cover_image for post in posts if post.cover_image])
    return [PostAnswer(**_beside(post, counts, covers)) for post in posts]


def post_answer(post: PostPage) -> PostDetail:
    """One post with its text: the live version, or the newest draft of a post that is not live."""
    row = with_authors(PostPage.objects.filter(pk=post.pk)).first() or post
    shown = row.get_latest_revision_as_object() if not row.live and row.latest_revision_id else row
    covers = cover_addresses([shown.cover_image] if shown.cover_image else [])
    beside = _beside(row, _counts([row.pk]), {})
    tag_ids = [item.tag_id for item in shown.tagged_items.all()]
    tags = Tag.objects.in_bulk(tag_ids)
    return PostDetail(
        **{**beside, "post": shown, "cover": covers.get(shown.cover_image_id)},
        content=content_of(shown),
        body=list(shown.body.get_prep_value()),
        tags=[tags[tag_id] for tag_id in dict.fromkeys(tag_ids) if tag_id in tags],
    )


def _counts(ids: Iterable[int]) -> dict[int, TargetCounts]:
    rows = TargetCounts.objects.filter(target_kind=POST, target_id__in=list(ids))
    return {row.target_id: row for row in rows}


def _beside(post: Any, counts: dict[int, TargetCounts], covers: dict[int, str]) -> dict[str, Any]:
    count = counts.get(post.pk)
    return {
        "post": post,
        "author": author_card(post.author) if post.author else None,
        "views": count.views if count else 0,
        "comments": count.comments if count else 0,
        "reactions": count.reactions if count else 0,
        "cover": covers.get(post.cover_image_id),
        "created_at": getattr(post, "_created_at", None) or post.latest_revision_created_at,
    }


def cover_addresses(images: Sequence[CustomImage]) -> dict[int, str]:
    """The absolute address of the large cover of each picture, by its id; one query when all are rendered.

    A picture whose file cannot be read keeps the address of its original.
    """
    if not images:
        return {}
    wanted = Filter(spec=COVER)
    rendered = {
        (rendition.image_id, rendition.focal_point_key): rendition.url
        for rendition in CustomRendition.objects.filter(image__in=images, filter_spec=COVER)
    }
    found = {}
    for image in images:
        url = rendered.get((image.pk, wanted.get_cache_key(image)))
        if url is None:
            try:
                url = image.get_rendition(COVER).url
            except (SourceImageIOError, InvalidFilterSpecError, OSError):
                url = image.file.url
        found[image.pk] = absolute(url)
    return found


def content_of(post: PostPage) -> str:
    """The text as HTML for any frontend: what the author sent with links of this site resolved, other blocks plain."""
    return "".join(_html(child.block_type, child.value) for child in post.body)


def _html(kind: str, value: Any) -> str:
    if isinstance(value, RichText):
        return str(expand_db_html(value.source))
    if kind == "html":
        return str(value)
    if kind == "quote":
        source = format_html("<footer>{}</footer>", value["attribution"]) if value["attribution"] else ""
        return format_html("<blockquote><p>{}</p>{}</blockquote>", value["text"], source)
    if kind == "code":
        return format_html("<pre><code>{}</code></pre>", value["code"])
    if kind == "image":
        return _figure(value)
    address = f"https://www.youtube.com/watch?v={value.video_id}" if kind == "video" else value.url
    title = value["title"] if kind == "video" else ""
    return format_html('<p><a href="{}">{}</a></p>', address, title or address)


def _figure(value: Any) -> str:
    image = value["image"]
    if image is None:
        return ""
    caption = format_html("<figcaption>{}</figcaption>", value["caption"]) if value["caption"] else ""
    address = cover_addresses([image])[image.pk]
    return format_html('<figure><img src="{}" alt="{}">{}</figure>', address, value["alt"] or "", caption)


def image_at(text: str) -> CustomImage | None:
    """The picture of this site whose original or rendition has the address `text`; None when there is none."""
    try:
        path = unquote(urlsplit(text).path)
    except ValueError:
        return None
    name = "/".join(path.split("/")[-2:])
    if "\x00" in name:
        return None
    rendition = CustomRendition.objects.select_related("image").filter(file=name).first()
    original = CustomImage.objects.filter(file=name).first()
    for found, image in ((rendition, rendition and rendition.image), (original, original)):
        if found is not None and text in (found.file.url, absolute(found.file.url)):
            return image
    return None


def images_in(post: PostPage) -> set[int]:
    """The ids of the pictures in the text of the newest version of `post`."""
    newest = post.get_latest_revision_as_object() if post.latest_revision_id else post
    return {child.value["image"].pk for child in newest.body if child.block_type == "image" and child.value["image"]}


def list_categories() -> QuerySet[Category]:
    """All categories in their order, each with the number of its live posts."""
    live = Q(posts__live=True, posts__deleted_at__isnull=True)
    return Category.objects.annotate(live_posts=Count("posts", filter=live)).order_by("order", "name", "pk")


def list_tags() -> QuerySet[Tag]:
    """Tags that live posts carry, the most used first, each with their number."""
    post = "cms_posttag_items__content_object"
    live = Tag.objects.filter(**{f"{post}__live": True, f"{post}__deleted_at__isnull": True})
    return live.annotate(live_posts=Count("cms_posttag_items")).order_by("-live_posts", "name", "pk")
