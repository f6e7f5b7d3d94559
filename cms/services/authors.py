"""Author pages follow their people."""

from __future__ import annotations

from django.db import transaction
from wagtail.signals import page_slug_changed

from cms.models import CreatorPage
from community.accounts.models import User


@transaction.atomic
def rename_author_page(*, page: CreatorPage) -> None:
    """Gives the page the display name of its person; the address stays. Doing it twice changes nothing."""
    page = CreatorPage.objects.select_for_update(of=("self",)).select_related("person__profile").get(pk=page.pk)
    name = page.person.profile.display_name[:255]
    if page.title != name:
        page.title = page.draft_title = name
        page.save(update_fields=["title", "draft_title"])


@transaction.atomic
def move_author_page(*, person: User) -> None:
    """Gives the author page of `person` the address of their user name; redirects lead there from the old one."""
    page = CreatorPage.objects.select_for_update(of=("self",)).filter(person=person).first()
    if page is not None and page.slug != person.username.lower():
        before = CreatorPage.objects.get(pk=page.pk)
        page.slug = person.username.lower()
        page.save()
        # Wagtail tells by itself only when a revision is published.
        page_slug_changed.send(sender=CreatorPage, instance=page, instance_before=before)
