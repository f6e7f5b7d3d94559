"""Adding pages to the tree so that any number of people can do it at once."""

from __future__ import annotations

from django.db import transaction
from wagtail.models import Page

from cms.choices import SLUG_MAX
from cms.models import CreatorIndexPage, CreatorPage
from cms.models.serving import unique_slug as free_slug
from community.accounts.models import User
from community.core import text
from community.core.errors import NotFound


def add_page(*, parent: Page, page: Page, slug_source: str | None = None) -> Page:
    """Puts `page` below `parent` under a slug no sibling has, made from `slug_source` (its own slug or title).

    The parent's row is locked before the slug is chosen. Locks are taken from the root downwards. Raises NotFound
    when the parent is gone meanwhile.
    """
    page.slug = _slug(slug_source or page.slug or page.title)
    if page.locale_id is None:
        page.locale_id = parent.locale_id
    try:
        parent.specific.add_child(instance=page)
    except Page.DoesNotExist:
        raise NotFound() from None
    return page


def unique_slug(*, parent: Page, source: str) -> str:
    """A slug that no child of `parent` has: `slug`, `slug-2`, `slug-3` …; the parent should be locked."""
    return free_slug(parent=parent, slug=_slug(source))


def _slug(source: str) -> str:
    return text.make_slug(source, fallback="post", max_length=SLUG_MAX)


@transaction.atomic
def ensure_author_page(*, person: User) -> CreatorPage:
    """The author's page of `person`; made at the first call, however many come at once."""
    page = CreatorPage.objects.filter(person=person).first()
    if page is not None:
        return page
    index = CreatorIndexPage.objects.first()
    if index is None:
        raise NotFound("There is no directory of creators yet.")
    Page.objects.select_for_update().get(pk=index.pk)
    page = CreatorPage.objects.filter(person=person).first()
    if page is None:
        page = CreatorPage(title=person.profile.display_name[:255], person=person, owner=person)
        # User names are unique, so this slug is free; an underscore stays, where a made slug would lose it.
        page.slug = person.username.lower()
        page.locale_id = index.locale_id
        index.add_child(instance=page)
    return page
