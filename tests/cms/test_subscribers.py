"""What the content does when something happens: once, however often it is told."""

from __future__ import annotations

import pytest

from cms.models import CreatorPage, CustomRendition
from community.accounts.services import update_profile
from community.core import outbox
from community.core.models import OutboxFact
from tests.factories import make_image, make_post


@pytest.mark.django_db(transaction=True)
def test_every_subscriber_run_twice_changes_nothing_more(cast):
    make_post(cast.creator, cover_image=make_image())
    update_profile(actor=cast.creator, person=cast.creator, display_name="A new name")
    outbox.deliver()
    assert CreatorPage.objects.get(person=cast.creator).title == "A new name"
    renditions = set(CustomRendition.objects.values_list("pk", flat=True))
    assert len(renditions) == 5  # JPEG and WebP in two sizes that presets share, and the one for other sites

    from community.core.models import Delivery

    Delivery.objects.all().delete()
    OutboxFact.objects.update(delivered_at=None)
    outbox.deliver()
    assert set(CustomRendition.objects.values_list("pk", flat=True)) == renditions
    assert CreatorPage.objects.get(person=cast.creator).title == "A new name"
