"""Posts made ready for answers: everything a list or a post shows, in a fixed number of queries."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Least
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from taggit.models import Tag
from wagtail.models import Page, Revision
from wagtail.rich_text import RichText, expand_db_html

from cms import permissions
from cms.api.blocks import pictures_of
from cms.choices import POST
from cms.models import Category, CustomImage, CustomRendition, PostPage
from cms.rules import address
from cms.selectors.pictures import picture
from cms.selectors.series import SeriesPlace, find_place
from cms.selectors.videos import previews_of
from community.accounts.permissions import Actor, is_person
from community.accounts.selectors import AuthorCard, author_card
from community.core import marks
from community.core.api.links import absolute
from community.core.counts import numbers
from community.core.errors import Invalid
from community.core.models import TargetCounts
from community.core.pictures import Picture
from community.core.text import youtube_id
from community.youtube.selectors import Preview

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
    by_type: Mapping[str, int]
    cover: str | None
    created_at: datetime | None
    #: The viewer's marks; None for guests.
    viewer: Mapping[str, Any] | None

    @property
    def url(self) -> str:
        """The page on the site."""
        return absolute(address(self.post.url_path))

    @property
    def updated_at(self) -> datetime | None:
        """When the newest version was stored."""
        return self.post.latest_revision_created_at or self.post.last_published_at or self.created_at


@dataclasses.dataclass(frozen=True)
class VideoAnswer:
    """A video with what is known of it."""

    id: str
    title: str
    thumbnail: Picture | None


@dataclasses.dataclass(frozen=True)
class PostDetail(PostAnswer):
    """A post with its text."""

    content: str = ""
    body: Sequence[dict[str, Any]] = ()
    video: VideoAnswer | None = None
    tags: Sequence[Tag] = ()
    place: SeriesPlace | None = None


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


def list_answers(posts: Sequence[PostPage], *, viewer: Actor) -> list[PostAnswer]:
    """The rows of `with_authors` as answers; one query for any number, and those of the viewer's marks."""
    counts = numbers(POST, (post.pk for post in posts))
    covers = cover_addresses([post.cover_image for post in posts if post.cover_image])
    seen = _marks(posts, viewer)
    return [PostAnswer(**_beside(post, counts, covers, seen)) for post in posts]


def post_answer(post: PostPage, *, viewer: Actor) -> PostDetail:
    """One post with its text: the live version, or the newest draft of a post that is not live."""
    row = with_authors(PostPage.objects.filter(pk=post.pk)).first() or post
    shown = row.get_latest_revision_as_object() if not row.live and row.latest_revision_id else row
    covers = cover_addresses([shown.cover_image] if shown.cover_image else [])
    beside = _beside(row, numbers(POST, [row.pk]), {}, _marks([row], viewer))
    tag_ids = [item.tag_id for item in shown.tagged_items.all()]
    tags = Tag.objects.in_bulk(tag_ids)
    stored = previews_of(shown)
    return PostDetail(
        **{**beside, "post": shown, "cover": covers.get(shown.cover_image_id)},
        content=content_of(shown),
        body=[_with_video(block, stored) for block in shown.body.get_prep_value()],
        video=_video_answer(shown.video_id, "", stored) if shown.video_id else None,
        tags=[tags[tag_id] for tag_id in dict.fromkeys(tag_ids) if tag_id in tags],
        place=find_place(row, viewer=viewer),
    )


def _with_video(block: dict[str, Any], stored: Mapping[str, Preview]) -> dict[str, Any]:
    """A stored block; beside that of a video what is known of the video."""
    value = block["value"]
    video_id = youtube_id(value.get("video") or "") if block["type"] == "video" else None
    return {**block, "video": _video_answer(video_id, value.get("title") or "", stored)} if video_id else block


def _video_answer(video_id: str, title: str, stored: Mapping[str, Preview]) -> VideoAnswer:
    found = stored.get(video_id)
    return VideoAnswer(video_id, title or (found.title if found else ""), found.picture if found else None)


def _marks(posts: Sequence[PostPage], viewer: Actor) -> dict[int, dict[str, Any]]:
    """What somebody who is signed in did to the posts, by id; nothing for guests."""
    return marks.of(viewer, POST, [post.pk for post in posts]) if is_person(viewer) else {}


def _beside(
    post: Any, counts: dict[int, TargetCounts], covers: dict[int, str], seen: dict[int, dict[str, Any]]
) -> dict[str, Any]:
    count = counts.get(post.pk)
    return {
        "post": post,
        "author": author_card(post.author) if post.author else None,
        "views": count.views if count else 0,
        "comments": count.comments if count else 0,
        "reactions": count.reactions if count else 0,
        "by_type": count.reactions_by_type if count else {},
        "viewer": seen.get(post.pk),
        "cover": covers.get(post.cover_image_id),
        "created_at": getattr(post, "_created_at", None) or post.latest_revision_created_at,
    }


def cover_addresses(images: Sequence[CustomImage]) -> dict[int, str]:
    """The absolute address of the large cover of each picture, by its id; no query when they were made before."""
    return {image.pk: absolute(picture(image, "cover").src) for image in images}


def content_of(post: PostPage) -> str:
    """The text as HTML for any frontend: what the author sent with links of this site resolved, other blocks plain."""
    with translation.override(settings.LANGUAGE_CODE):
        return "".join(_html(child.block_type, child.value) for child in post.body)


def _html(kind: str, value: Any) -> str:
    if isinstance(value, RichText):
        return str(expand_db_html(value.source))
    if kind == "reusable" and value is None:
        return ""
    if kind == "reusable":
        return "".join(_html(child.block_type, child.value) for child in value.body)
    return str(_AS_HTML[kind](value))


def _quote(value: Any) -> str:
    source = format_html("<footer>{}</footer>", value["attribution"]) if value["attribution"] else ""
    return format_html("<blockquote><p>{}</p>{}</blockquote>", value["text"], source)


def _link(address: str, title: str) -> str:
    return format_html('<p><a href="{}">{}</a></p>', address, title or address)


def _video(value: Any) -> str:
    address = f"https://www.youtube.com/watch?v={value.video_id}"
    chapters = format_html_join(
        "", '<li><a href="{}&amp;t={}s">{} {}</a></li>',
        ((address, part.seconds, part.time, part.title) for part in value.chapter_list),
    )  # fmt: skip
    return _link(address, value["title"]) + (format_html("<ol>{}</ol>", chapters) if chapters else "")


def _gallery(value: Any) -> str:
    figures = mark_safe("".join(_figure(item) for item in value["pictures"]))  # noqa: S308 - made by format_html
    caption = format_html("<figcaption>{}</figcaption>", value["caption"]) if value["caption"] else ""
    return format_html("<figure>{}{}</figure>", figures, caption)


def _callout(value: Any) -> str:
    text = mark_safe(expand_db_html(value["text"].source))  # noqa: S308 - stored by the cleaning policy
    return format_html("<aside><p><strong>{}</strong></p>{}</aside>", value["title"] or value.kind_label, text)


def _spoiler(value: Any) -> str:
    text = mark_safe(expand_db_html(value["text"].source))  # noqa: S308 - stored by the cleaning policy
    return format_html("<details><summary>{}</summary>{}</details>", value["summary"], text)


def _table(value: Any) -> str:
    rows = list((value or {}).get("data") or [])
    caption = format_html("<caption>{}</caption>", value["table_caption"]) if value.get("table_caption") else ""
    head = ""
    if rows and value.get("first_row_is_table_header"):
        cells = format_html_join("", '<th scope="col">{}</th>', ((cell or "",) for cell in rows.pop(0)))
        head = format_html("<thead><tr>{}</tr></thead>", cells)
    first = '<th scope="row">{}</th>' if value.get("first_col_is_header") else "<td>{}</td>"
    lines = format_html_join(
        "", "<tr>{}{}</tr>",
        (
            (
                format_html(first, row[0] or "") if row else "",
                format_html_join("", "<td>{}</td>", ((cell or "",) for cell in row[1:])),
            )
            for row in rows
        ),
    )  # fmt: skip
    return format_html("<table>{}{}<tbody>{}</tbody></table>", caption, head, lines)


def _poll(value: Any) -> str:
    options = format_html_join("", "<li>{}</li>", ((option,) for option in value["options"]))
    return format_html("<p>{}</p><ul>{}</ul>", value["question"], options)


def _file(value: Any) -> str:
    document = value["document"]
    return _link(absolute(document.url), value["title"] or document.title) if document else ""


def _figure(value: Any) -> str:
    image = value["image"]
    if image is None:
        return ""
    caption = format_html("<figcaption>{}</figcaption>", value["caption"]) if value["caption"] else ""
    address = absolute(picture(image, "article").src)
    return format_html('<figure><img src="{}" alt="{}">{}</figure>', address, value["alt"] or "", caption)


#: kind of block → how a frontend without our templates gets it.
_AS_HTML: dict[str, Callable[[Any], str]] = {
    "html": str,
    "quote": _quote,
    "code": lambda value: format_html("<pre><code>{}</code></pre>", value["code"]),
    "image": _figure,
    "gallery": _gallery,
    "video": _video,
    "embed": lambda value: _link(value["url"], value["title"]),
    "callout": _callout,
    "spoiler": _spoiler,
    "table": _table,
    "poll": _poll,
    "file": _file,
    "divider": lambda value: "<hr>",
}


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


def check_cover(image: CustomImage | None, *, actor: Actor, kept: set[int | None]) -> None:
    """Raises Invalid for a picture that is not the actor's to use; one of `kept`, which is there already, may stay."""
    if image is not None and image.pk not in kept and not permissions.can_use_image(actor, image):
        raise Invalid(fields={"cover_image": _("Only pictures of this site that you may use.")})


def images_in(post: PostPage) -> set[int]:
    """The ids of the pictures in the text of the newest version of `post`."""
    newest = post.get_latest_revision_as_object() if post.latest_revision_id else post
    return {
        image.pk
        for child in newest.body
        for _place, image in pictures_of(child.block_type, child.value)
        if image is not None
    }


def list_categories() -> QuerySet[Category]:
    """All categories in their order, each with the number of its live posts."""
    live = Q(posts__live=True, posts__deleted_at__isnull=True)
    return Category.objects.annotate(live_posts=Count("posts", filter=live)).order_by("order", "name", "pk")


def list_tags() -> QuerySet[Tag]:
    """Tags that live posts carry, the most used first, each with their number."""
    post = "cms_posttag_items__content_object"
    live = Tag.objects.filter(**{f"{post}__live": True, f"{post}__deleted_at__isnull": True})
    return live.annotate(live_posts=Count("cms_posttag_items")).order_by("-live_posts", "name", "pk")
