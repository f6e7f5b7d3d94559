"""What becomes of the content of people who go: drafts are deleted, what was published loses the name, or goes too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q
from wagtail.admin.models import EditingSession, FormState
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import (
    ModelLogEntry,
    Page,
    PageLogEntry,
    ReferenceIndex,
    Revision,
    UploadedFile,
    WorkflowState,
)
from wagtail.search.index import insert_or_update_object
from wagtail.users.models import UserProfile
from wagtail_headless_preview.models import PagePreview

from cms.models import CreatorPage, CustomDocument, CustomImage, PostPage, SeriesPage
from cms.models.imports import ImportedObject
from community.accounts.choices import DELETED_NAME, DELETED_USERNAME
from community.accounts.models import User
from community.core import outbox
from community.core.holdings import Subject
from community.core.transactions import retried
from community.facts.posts import PostDeleted

#: What an author tells on their page, and what Wagtail keeps beside the columns of a page that readers see.
_EMPTIED = ("headline", "about", "seo_title", "search_description")


def forget_posts(*, subject: Subject) -> None:
    """Drafts and what lies in the bin go for good, and published posts where that was asked; others lose the past."""
    for pk in PostPage.objects.filter(author_id=subject.id).order_by("pk").values_list("pk", flat=True):
        _forget_post(pk, with_content=subject.with_content)


@retried
def _forget_post(pk: int, *, with_content: bool) -> None:
    post = PostPage.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if post is None:
        return
    if with_content or not post.live or post.deleted_at is not None:
        _delete(post)
        outbox.record(PostDeleted(post_id=pk, for_good=True))
    else:
        _forget_past(post)


def forget_series(*, subject: Subject) -> None:
    """Series without parts go when the posts do; others lose the past."""
    page = CreatorPage.objects.filter(person_id=subject.id).first()
    if page is not None:
        for pk in SeriesPage.objects.descendant_of(page).order_by("pk").values_list("pk", flat=True):
            _forget_series(pk, with_content=subject.with_content)


@retried
def _forget_series(pk: int, *, with_content: bool) -> None:
    series = SeriesPage.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if series is None:
        return
    if (with_content or not series.live) and not series.get_children().exists():
        _delete(series)
    else:
        _forget_past(series)


@retried
def forget_author_page(*, subject: Subject) -> None:
    """The author page goes; while something lies below it, it stays under another name and address, and empty.

    No redirect leads there from the old address, and none from an older one.
    """
    page = CreatorPage.objects.select_for_update(of=("self",)).filter(person_id=subject.id).first()
    if page is None:
        return
    slug = f"{DELETED_USERNAME}{subject.id}"
    if page.slug != slug:
        _forget_redirects(page)
    if not page.get_children().exists():
        _delete(page)
        return
    _forget_past(page)
    _move_to(page, slug)
    page = CreatorPage.objects.get(pk=page.pk)
    page.title = page.draft_title = DELETED_NAME
    for name in _EMPTIED:
        setattr(page, name, "")
    page.banner = page.pinned_post = None
    page.save(clean=False)
    insert_or_update_object(page)


def _forget_redirects(page: CreatorPage) -> None:
    """Those that lead to the page or below it, and those from an address that held its name."""
    under = f"/{page.slug}/"
    old = Q(redirect_page__path__startswith=page.path)
    for name in ("old_path", "redirect_link"):
        old |= Q(**{f"{name}__icontains": under}) | Q(**{f"{name}__iendswith": under.rstrip("/")})
    Redirect.objects.filter(old).delete()


def _move_to(page: CreatorPage, slug: str) -> None:
    """Another address, without Wagtail's signal, which would make redirects from the old one."""
    if page.slug == slug:
        return
    before = page.url_path
    after = f"{before.rstrip('/').rpartition('/')[0]}/{slug}/"
    Page.objects.filter(pk=page.pk).update(slug=slug, url_path=after)
    page._update_descendant_url_paths(before, after)


def _delete(page: Page) -> None:
    """For good, with revisions, log, references and whatever else the admin keeps of it."""
    pk = page.pk
    _forget_past(page)
    # Read anew: what was changed in the table is not in this object.
    type(page).objects.get(pk=pk).delete()
    PageLogEntry.objects.filter(page_id=pk).delete()


def _forget_past(page: Page) -> None:
    """Versions, drafts, scheduled changes, the log and what an editor had not stored yet."""
    key = str(page.pk)
    kinds = ContentType.objects.get_for_models(Page, type(page)).values()
    Page.objects.filter(pk=page.pk).update(
        latest_revision=None,
        live_revision=None,
        has_unpublished_changes=False,
        draft_title=page.title,
        latest_revision_created_at=None,
        go_live_at=None,
    )
    WorkflowState.objects.filter(base_content_type__in=kinds, object_id=key).delete()
    Revision.objects.filter(base_content_type__in=kinds, object_id=key).delete()
    PageLogEntry.objects.filter(page_id=page.pk).delete()
    FormState.objects.filter(content_type__in=kinds, object_id=key).delete()
    EditingSession.objects.filter(content_type__in=kinds, object_id=key).delete()
    PagePreview.objects.filter(token__startswith=f"id={page.pk}:").delete()


def forget_mentions_in_log(*, subject: Subject) -> None:
    """Log entries of other pages name an author page where something was moved to or from it."""
    page = CreatorPage.objects.filter(person_id=subject.id).values_list("pk", flat=True).first()
    with transaction.atomic():
        if page is not None:
            mentioned = Q()
            for key in ("source", "destination", "page"):
                mentioned |= Q(**{f"data__{key}__id": page})
            PageLogEntry.objects.filter(mentioned).delete()
        _forget_log_of(User, [subject.id])


def forget_images(*, subject: Subject) -> None:
    """Pictures that nothing shows go, with their files first; those in a post stay, and say no more whose they were."""
    for image in CustomImage.objects.filter(uploaded_by_user_id=subject.id).order_by("pk"):
        if _is_used(image):
            _disown(image)
            continue
        for rendition in image.renditions.all():
            rendition.file.storage.delete(rendition.file.name)
        _delete_upload(image)


def forget_documents(*, subject: Subject) -> None:
    """The same of documents."""
    for document in CustomDocument.objects.filter(uploaded_by_user_id=subject.id).order_by("pk"):
        if _is_used(document):
            _disown(document)
        else:
            _delete_upload(document)


def _is_used(thing: models.Model) -> bool:
    return ReferenceIndex.get_references_to(thing).exists()


def _delete_upload(thing: Any) -> None:
    thing.file.storage.delete(thing.file.name)
    with transaction.atomic():
        pk = thing.pk
        thing.delete()
        _forget_log_of(type(thing), [pk])


@transaction.atomic
def _disown(thing: Any) -> None:
    type(thing).objects.filter(pk=thing.pk).update(uploaded_by_user=None)
    _forget_log_of(type(thing), [thing.pk])


def _forget_log_of(model: type[models.Model], ids: Iterable[int]) -> None:
    kind = ContentType.objects.get_for_model(model)
    ModelLogEntry.objects.filter(content_type=kind, object_id__in=[str(pk) for pk in ids]).delete()


def forget_admin_picture(*, subject: Subject) -> None:
    """The picture and the choices of the admin."""
    for row in UserProfile.objects.filter(user_id=subject.id):
        if row.avatar:
            row.avatar.storage.delete(row.avatar.name)
        with transaction.atomic():
            UserProfile.objects.filter(pk=row.pk).delete()


def forget_uploads(*, subject: Subject) -> None:
    """Files that were sent to the admin and never became a picture."""
    for row in UploadedFile.objects.filter(uploaded_by_user_id=subject.id):
        row.file.storage.delete(row.file.name)
        with transaction.atomic():
            UploadedFile.objects.filter(pk=row.pk).delete()


@transaction.atomic
def forget_locks(*, subject: Subject) -> None:
    """Pages that the person had locked are open again."""
    Page.objects.filter(locked_by_id=subject.id).update(locked=False, locked_by=None, locked_at=None)


@transaction.atomic
def forget_import_key(*, subject: Subject) -> None:
    """The name that an import knew the person by; a later one would give it back to them."""
    ImportedObject.objects.filter(user_id=subject.id).delete()
