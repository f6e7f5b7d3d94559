"""Posts: made, changed, published, put into the bin and brought back, by author, editor or moderator."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Page

from cms import permissions, rules
from cms.choices import CONTENT_MAX, EXCERPT_MAX
from cms.models import Category, CustomImage, PostPage, SeriesPage
from cms.models.posts import HiddenByModerators
from cms.services.parts import lock_places, lock_posts, move_part, put_at
from cms.services.saving import checked, indexed_once, store
from cms.services.tree import add_page, ensure_author_page
from cms.validators import clean_tags, clean_title
from community.accounts.models import User
from community.accounts.permissions import Actor, require_writer
from community.accounts.services import count_act
from community.core import outbox, text
from community.core.errors import Conflict, Invalid, NotAllowed, NotFound, Text
from community.core.transactions import retried
from community.facts.posts import PostDeleted, PostRestored, PostUpdated

BIN_KEPT = timedelta(days=30)


class StaleVersion(Conflict):
    """The post was changed after the version that this change was made from."""

    def __init__(self, current: int) -> None:
        super().__init__(details={"currentVersion": current})


class CategoryUnknown(Invalid):
    """There is no such category."""


@retried
def create_post(
    *,
    actor: Actor,
    title: str,
    content: str | None = None,
    body: Sequence[tuple[str, Any]] | None = None,
    excerpt: str = "",
    cover_image: CustomImage | None = None,
    video: str = "",
    tags: Iterable[str] = (),
    category: Category | int | None = None,
    published: bool = False,
    parent: Page | None = None,
    series_position: int | None = None,
) -> PostPage:
    """Makes a post below the actor's own author page (or `parent`) and returns it.

    The body is `content` (HTML, cleaned) or `body` (blocks). In a series the post comes last, or at
    `series_position` among the parts that `actor` sees there. Raises Invalid with a message per field,
    NotAllowed, or TooMany.
    """
    author = require_writer(actor)
    count_act(bucket="write", person=author)
    values = _checked(
        title=title, content=content, body=body, excerpt=excerpt, cover_image=cover_image, video=video,
        tags=tags, category=category,
    )  # fmt: skip
    place = parent or ensure_author_page(person=author)
    if not permissions.can_create_post_in(author, place):
        raise NotAllowed()
    if parent is not None:
        ensure_author_page(person=author)
    series = _series_for(parent, series_position)
    tag_names = values.pop("tags")
    post = PostPage(author=author, owner=author, live=False, has_unpublished_changes=True, **values)
    with indexed_once(post):
        add_page(parent=place, page=post, slug_source=post.title)
        post.tags.set(tag_names, clear=True)
        store(post, author=author, publish=published)
    if series is not None:
        put_at(series, post, series_position, actor=author)
        post.refresh_from_db()
    return post


def _series_for(parent: Page | None, position: int | None) -> SeriesPage | None:
    """The series in which a new post gets a place, locked; None without one to give."""
    if position is None:
        return None
    series = parent.specific_deferred if parent is not None else None
    if not isinstance(series, SeriesPage):
        raise Invalid(fields={"series_position": _("This post is in no series.")})
    lock_places(series)
    return series


@retried
def update_post(*, actor: Actor, post: PostPage, version: int | None = None, **changes: Any) -> PostPage:
    """Changes the named fields of a post, as create_post takes them; `published` publishes or takes off the site.

    `series` and `series_position` move it, as move_part takes them. `version` is the one the change was made from.
    Raises StaleVersion, Conflict, Invalid, NotAllowed, NotFound or TooMany.
    """
    editor = require_writer(actor)
    published = changes.pop("published", None)
    where = {name: changes.pop(name) for name in ("series", "series_position") if name in changes}
    count_act(bucket="write", person=editor)
    if where:
        lock_places(post, *filter(None, [where.get("series")]))
    post = _locked(post)
    if not permissions.can_edit_post(editor, post):
        raise NotAllowed()
    if published and post.hidden_at is not None:
        raise HiddenByModerators()
    if version is not None and version != post.version:
        raise StaleVersion(post.version)
    if where:
        move_part(actor=editor, post=post, **where)
        post = PostPage.objects.get(pk=post.pk)
    draft = post.get_latest_revision_as_object() if post.latest_revision_id else post
    if not changes and published is None:
        return post
    values = _checked(**changes)
    if "content" in changes and "body" not in changes and _has_other_blocks(draft):
        raise Conflict(_("This post has more than text. Please send its blocks in body."))
    with indexed_once(draft):
        if "tags" in values:
            draft.tags.set(values.pop("tags"), clear=True)
        for name, value in values.items():
            setattr(draft, name, value)
        store(draft, author=editor, publish=post.live if published is None else published)
    if published is False and post.live:
        post.refresh_from_db()
        _take_off(post, editor)
    outbox.record(PostUpdated(post_id=post.pk), actor_id=editor.pk)
    return PostPage.objects.get(pk=post.pk)


def _has_other_blocks(post: PostPage) -> bool:
    return any(child.block_type not in {"rich_text", "html"} for child in post.body) or len(post.body) > 1


def _locked(post: PostPage) -> PostPage:
    """The row, locked; NotFound when it is gone or in the bin meanwhile."""
    locked = lock_posts([post.pk]).get(post.pk)
    if locked is None or locked.deleted_at is not None:
        raise NotFound()
    return locked


def _checked(**values: Any) -> dict[str, Any]:
    """The given values as fields of the page; raises Invalid with every finding at once."""
    problems: dict[str, Text] = {}
    fields: dict[str, Any] = {}
    if "title" in values:
        title = checked("title", problems, lambda: clean_title(values["title"], missing=PostPage.title_missing))
        fields["title"] = fields["draft_title"] = title
    if values.get("excerpt") is not None:
        excerpt = text.one_line(values["excerpt"])
        if len(excerpt) > EXCERPT_MAX:
            problems["excerpt"] = _("An excerpt has at most 500 characters.")
        fields["excerpt"] = excerpt
    if values.get("body") is not None:
        fields["body"] = list(values["body"])
        polls = [place for place, (kind, _value) in enumerate(fields["body"]) if kind == "poll"]
        if len(polls) > 1:
            problems[f"body.{polls[1]}"] = _("A post has one poll at most.")
    elif values.get("content") is not None:
        if len(values["content"]) > CONTENT_MAX:
            problems["content"] = _("This text is too long.")
        else:
            fields["body"] = rules.content_blocks(values["content"])
    for name in ("cover_image", "video"):
        if name in values:
            fields[name] = values[name]
    if "tags" in values:
        fields["tags"] = checked("tags", problems, lambda: clean_tags(values["tags"]))
    if "category" in values:
        fields["category"] = _checked_category(values["category"], problems)
    if problems:
        raise Invalid(fields=problems)
    return fields


def _checked_category(category: Category | int | None, problems: dict[str, Text]) -> Category | None:
    if category is None or isinstance(category, Category):
        return category
    found = Category.objects.filter(pk=category).first() if 0 < category < 2**63 else None
    if found is None:
        problems["category"] = _("There is no such category.")
    return found


def _take_off(post: PostPage, editor: User) -> None:
    """Wagtail's own action; our permission has been asked already."""
    UnpublishPageAction(post, user=editor).execute(skip_permission_checks=True)


@retried
def unpublish_post(*, actor: Actor, post: PostPage) -> PostPage:
    """Takes a post off the site; it stays as a draft. Raises NotAllowed or NotFound."""
    editor = require_writer(actor)
    post = _locked(post)
    if not permissions.can_unpublish_post(editor, post):
        raise NotAllowed()
    if post.live:
        _take_off(post, editor)
    return post


@retried
def delete_post(*, actor: Actor, post: PostPage) -> None:
    """Puts a post into the bin: off the site, out of every list, kept for 30 days. Raises NotAllowed or NotFound."""
    editor = require_writer(actor)
    post = _locked(post)
    if not permissions.can_delete_post(editor, post):
        raise NotAllowed()
    if post.live:
        _take_off(post, editor)
    post.revisions.update(approved_go_live_at=None)
    PostPage.objects.filter(pk=post.pk).update(deleted_at=timezone.now(), deleted_by=editor)
    outbox.record(PostDeleted(post_id=post.pk), actor_id=editor.pk)


@retried
def restore_post(*, actor: Actor, post: PostPage) -> PostPage:
    """Brings a post back out of the bin, as a draft. Raises NotAllowed or NotFound."""
    editor = require_writer(actor)
    locked = lock_posts([post.pk]).get(post.pk)
    if locked is None or locked.deleted_at is None:
        raise NotFound()
    if not permissions.can_restore_post(editor, locked):
        raise NotAllowed()
    PostPage.objects.filter(pk=post.pk).update(deleted_at=None, deleted_by=None)
    outbox.record(PostRestored(post_id=post.pk), actor_id=editor.pk)
    return PostPage.objects.get(pk=post.pk)


def purge_bin(*, limit: int = 500) -> int:
    """Deletes for good what has lain in the bin for 30 days; returns how many posts went."""
    gone = 0
    old = PostPage.objects.filter(deleted_at__lt=timezone.now() - BIN_KEPT).order_by("deleted_at")
    for post in old[:limit]:
        with transaction.atomic():
            outbox.record(PostDeleted(post_id=post.pk, for_good=True))
            post.delete()
            gone += 1
    return gone


def clean_again(*, limit: int = 500) -> int:
    """Stores posts anew whose text has passed an older cleaning policy only; returns how many.

    The newest revision is cleaned as well, so that the next edit brings nothing back.
    """
    ids = PostPage.objects.filter(policy_version__lt=text.POLICY_VERSION).order_by("pk").values_list("pk", flat=True)
    done = 0
    for pk in list(ids[:limit]):
        with transaction.atomic():
            post = lock_posts([pk])[pk]
            # What is stored may be older than a rule of today; that is no reason to leave its text as it is.
            post.save(clean=False)
            if post.latest_revision is not None:
                revision = post.latest_revision
                revision.content = revision.as_object().serializable_data()
                revision.save(update_fields=["content"])
        done += 1
    return done
