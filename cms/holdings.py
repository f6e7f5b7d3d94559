"""What the tables of the content and of Wagtail hold about people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _

from cms.models import PostPage
from cms.services import leaving
from community.core import holdings
from community.core.holdings import (
    CHUNK,
    Holding,
    Leaves,
    Subject,
    find,
    goes_with,
    kept,
    owned,
    pointers,
    row_of,
    rows_of,
)

#: Posts first, then what they lie below, then what they show: a picture goes when nothing shows it any more.
POSTS, SERIES, MENTIONS, AUTHOR_PAGE, UPLOADS = 10, 15, 18, 20, 30
_COLUMNS = ("path", "depth", "numchild", "translation_key", "url_path", "page_ptr", "live_revision", "latest_revision")


def register() -> None:
    """Called when the app is ready."""
    holdings.register(*_pages(), *_uploads(), *_feeds(), *_desk(), *_traces())


def _pages() -> Iterable[Holding]:
    yield Holding(
        "cms.PostPage", ("author", "deleted_by", "hidden_by"), Leaves.ANONYMISED, title=_("Your posts, drafts too"),
        because=_("Drafts are deleted. What you published stays under “Deleted User”, or is deleted if you want."),
        rows=_posts, forget=leaving.forget_posts, order=POSTS,
    )  # fmt: skip
    yield Holding(
        "cms.SeriesPage", ("path",), Leaves.ANONYMISED, title=_("Your series"),
        because=_("A series stays with its posts."), rows=_series, forget=leaving.forget_series, order=SERIES,
    )  # fmt: skip
    yield Holding(
        "cms.CreatorPage", ("person",), Leaves.ANONYMISED, title=_("Your author page"),
        because=_("It is deleted; while posts stay there, it stays without name, address and text."),
        rows=lambda subject: rows_of(find("cms.CreatorPage", ["person"], subject), hide=_COLUMNS),
        forget=leaving.forget_author_page, order=AUTHOR_PAGE,
    )  # fmt: skip
    yield Holding(
        "wagtailcore.Page", ("owner", "locked_by"), Leaves.ANONYMISED,
        because="Who owns a page is an account without a name; locks are opened.", forget=leaving.forget_locks,
    )  # fmt: skip
    numbers = "Which collection was theirs, by numbers; the group goes with the role."
    yield kept("cms.CreatorGround", "person", because=numbers)
    yield goes_with("cms.ListedPost", "author", "post", "source_id", owner="cms.PostPage")
    yield goes_with("wagtailredirects.Redirect", "old_path", "redirect_link", owner="cms.CreatorPage")
    yield goes_with("wagtailsearch.IndexEntry", "object_id", "title", owner="cms.PostPage")
    yield goes_with("wagtailcore.ReferenceIndex", "object_id", "to_object_id", owner="cms.PostPage")
    yield goes_with("wagtail_headless_preview.PagePreview", "content_json", owner="cms.PostPage")
    yield kept("taggit.TaggedItem", "object_id", because="Of pages and pictures, not of people.")


def _posts(subject: Subject) -> Iterator[Mapping[str, Any]]:
    found = PostPage.objects.filter(author_id=subject.id).order_by("pk").select_related("latest_revision")
    for post in found.prefetch_related("tagged_items__tag").iterator(chunk_size=CHUNK):
        newest = post.latest_revision
        yield {
            **row_of(post, hide=(*_COLUMNS, "author", "owner", "policy_version", "hidden_by")),
            "address": post.full_url,
            "body": post.body.get_prep_value(),
            "tags": [tagged.tag.name for tagged in post.tagged_items.all()],
            "draft": newest.content.get("body") if newest is not None and post.has_unpublished_changes else None,
        }


def _series(subject: Subject) -> Iterator[Mapping[str, Any]]:
    page = find("cms.CreatorPage", ["person"], subject).first()
    if page is not None:
        yield from rows_of(apps.get_model("cms.SeriesPage").objects.descendant_of(page), hide=_COLUMNS)


def _uploads() -> Iterable[Holding]:
    whose = "uploaded_by_user"
    private = _("It is deleted, unless a published post shows it; then it no longer says whose it was.")
    hidden = (whose, "variants", "variants_version", "file_hash")
    for model, title, forget in (
        ("cms.CustomImage", _("Pictures you uploaded"), leaving.forget_images),
        ("cms.CustomDocument", _("Documents you uploaded"), leaving.forget_documents),
    ):
        yield Holding(
            model, (whose, "file"), Leaves.ANONYMISED, title=title, because=private, forget=forget, order=UPLOADS,
            rows=_rows_by(model, whose, hidden), files=_files_by(model, whose, "file"),
        )  # fmt: skip
    yield goes_with("cms.CustomRendition", "file", owner="cms.CustomImage")
    yield owned(
        "wagtailcore.UploadedFile", whose, also=["file"], title=_("Files you began to upload"),
        forget=leaving.forget_uploads, order=UPLOADS,
    )  # fmt: skip
    # Wagtail's own tables, in whose place the site has others: nothing is in them.
    for model in ("wagtailimages.Image", "wagtaildocs.Document"):
        yield pointers(model, whose, also=["file"])
    yield goes_with("wagtailimages.Rendition", "file", owner="wagtailimages.Image")


def _rows_by(model: str, link: str, hide: Iterable[str]) -> holdings.Rows:
    return lambda subject: rows_of(find(model, [link], subject), hide=hide)


def _files_by(model: str, link: str, column: str) -> holdings.Files:
    def files(subject: Subject) -> Iterator[FieldFile]:
        for row in find(model, [link], subject).order_by("pk").iterator(chunk_size=CHUNK):
            if getattr(row, column):
                yield getattr(row, column)

    return files


def _feeds() -> Iterable[Holding]:
    yield owned("cms.FeedPreference", "user", title=_("Whether you want “For you”"))
    yield owned(
        "cms.CategoryRead", "user", title=_("How much you read of which category"),
        lasts=_("it fades by half in 30 days; until you turn “For you” off"),
    )  # fmt: skip


def _desk() -> Iterable[Holding]:
    yield owned(
        "wagtailusers.UserProfile", "user", also=["avatar"], title=_("Your choices in the editing room"),
        files=_files_by("wagtailusers.UserProfile", "user", "avatar"), forget=leaving.forget_admin_picture,
    )  # fmt: skip
    yield owned("wagtailcore.Comment", "user", also=["resolved_by"], title=_("Your notes to other editors"),
                forget=_forget_notes)  # fmt: skip
    yield owned("wagtailcore.CommentReply", "user", title=_("Your answers to notes of editors"))
    yield owned("wagtailcore.PageSubscription", "user", title=_("Pages whose notes you follow"))
    yield owned("wagtailcore.APIToken", "user", title=_("Keys of the editing room"), hide=["key"])
    yield owned("wagtailadmin.EditingSession", "user", also=["object_id"], title=_("Pages you have open in the editor"))
    yield owned(
        "wagtailadmin.FormState", "user", also=["object_id", "parent_object_id"],
        title=_("What you typed into the editor and did not store"), lasts=_("a day"),
    )  # fmt: skip


def _forget_notes(*, subject: Subject) -> None:
    find("wagtailcore.Comment", ["resolved_by"], subject).update(resolved_by=None)
    find("wagtailcore.Comment", ["user"], subject).delete()


def _traces() -> Iterable[Holding]:
    yield Holding(
        "wagtailcore.PageLogEntry", ("user",), Leaves.ANONYMISED, title=_("What you did to pages"),
        because=_("What happened to pages of others stays, under “Deleted User”."),
        rows=_rows_by("wagtailcore.PageLogEntry", "user", ("user",)), forget=leaving.forget_mentions_in_log,
        order=MENTIONS,
    )  # fmt: skip
    yield kept(
        "wagtailcore.ModelLogEntry", "user", "object_id", title=_("What you did to pictures and other things"),
        because=_("What happened to things of others stays, under “Deleted User”."),
        rows=_rows_by("wagtailcore.ModelLogEntry", "user", ("user",)),
    )  # fmt: skip
    yield pointers("wagtailcore.Revision", "user", also=["object_id"], title=_("Versions of pages that you stored"),
                   rows=_rows_by("wagtailcore.Revision", "user", ("user",)), order=UPLOADS)  # fmt: skip
    yield pointers("wagtailcore.WorkflowState", "requested_by", also=["object_id"])
    yield pointers("wagtailcore.TaskState", "finished_by")
    yield Holding("cms.ImportedObject", ("user",), Leaves.DELETED, forget=leaving.forget_import_key)
