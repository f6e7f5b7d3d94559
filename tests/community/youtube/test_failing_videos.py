"""The report of videos in the admin: for administrators, who may have YouTube asked again."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from community.youtube.choices import State
from community.youtube.models import VideoPreview

REPORT = "/cms/reports/videos/"
VIDEO = "dQw4w9WgXcQ"

pytestmark = pytest.mark.django_db


def test_an_administrator_sees_what_failed_and_tries_again(client_for: Any, cast: Any) -> None:
    client = client_for(cast.admin)
    assert "Every video has its title and picture." in client.get(REPORT).content.decode()
    VideoPreview.objects.create(
        pk=VIDEO, state=State.MISSING, next_try_at=None, fetched_at=timezone.now(), attempts=3, last_error="<b>404</b>"
    )
    page = client.get(REPORT).content.decode()
    assert VIDEO in page
    assert "&lt;b&gt;404&lt;/b&gt;" in page
    assert REPORT in client.get("/cms/").content.decode()
    answer = client.post(REPORT, {"video": VIDEO}, follow=True)
    assert "YouTube is asked again within a minute or two." in answer.content.decode()
    assert VideoPreview.objects.get(pk=VIDEO).state == State.PENDING
    unknown = client.post(REPORT, {"video": "\x00"}, follow=True)
    assert "There is nothing here." in unknown.content.decode()


def test_others_are_not_shown_it(client_for: Any, client: Any, cast: Any) -> None:
    VideoPreview.objects.create(pk=VIDEO)
    for actor in (cast.verified_creator, cast.editor, cast.moderator):
        there = client_for(actor)
        assert REPORT not in there.get("/cms/").content.decode()
        assert there.get(REPORT).status_code in (302, 403, 404)
        assert there.post(REPORT, {"video": VIDEO}).status_code in (302, 403, 404)
    assert client.get(REPORT).status_code == 302
    assert VideoPreview.objects.get(pk=VIDEO).attempts == 0
