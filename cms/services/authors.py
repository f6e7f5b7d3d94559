"""Author pages follow their people."""

from __future__ import annotations

from django.db import transaction

from cms.models import CreatorPage


@transaction.atomic
def rename_author_page(*, page: CreatorPage) -> None:
    """Gives the page the display name of its person; the address stays. Doing it twice changes nothing."""
    page = CreatorPage.objects.select_for_update(of=("self",)).select_related("person__profile").get(pk=page.pk)
    name = page.person.profile.display_name[:255]
    if page.title != name:
        page.title = page.draft_title = name
        page.save(update_fields=["title", "draft_title"])
