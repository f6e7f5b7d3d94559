"""What is noted of reading: with the views, for who wants it, and never in the place of a view."""

from __future__ import annotations

import pytest

from cms.models import CategoryRead
from cms.services import set_for_you
from community.core.models import TargetCounts
from sparkle_site.front.page_views import PageViews
from tests.factories import make_category, make_post

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def test_a_page_says_who_reads_a_category_and_the_flush_notes_it_once(cast, client_for, client):
    post = make_post(cast.creator, "Film", category=make_category("Films"))
    plain = make_post(cast.creator, "Plain")
    fan = client_for(cast.fan)
    said = fan.get(post.url)["X-Page-View"]
    assert said == f"post:{post.pk} {cast.fan.pk}"
    assert client.get(post.url)["X-Page-View"] == f"post:{post.pk}"
    assert fan.get(plain.url)["X-Page-View"] == f"post:{plain.pk}"
    seen = PageViews()
    for agent in (FIREFOX, FIREFOX, "curl/8.0"):
        seen.note(said, "192.0.2.1", agent)
    seen.note(f"post:{post.pk}", "192.0.2.2", FIREFOX)
    seen.note(f"post:{post.pk} {2**50}", "192.0.2.3", FIREFOX)
    seen.note(f"post:{post.pk} {cast.fan.pk} x", "192.0.2.4", FIREFOX)
    assert seen.flush() == 1
    assert TargetCounts.objects.get(target_id=post.pk).views == 3
    read = CategoryRead.objects.get()
    assert (read.user, read.category, read.reads) == (cast.fan, post.category, 1)
    assert seen.flush() == 0
    assert CategoryRead.objects.get().reads == 1
    set_for_you(actor=cast.fan, wanted=False)
    seen.note(said, "192.0.2.5", FIREFOX)
    assert seen.flush() == 1
    assert not CategoryRead.objects.exists()
