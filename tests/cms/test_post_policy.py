"""A stricter cleaning policy reaches what is stored already."""

from __future__ import annotations

import pytest

from cms import services
from cms.models import PostPage
from community.core import text
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def test_texts_of_an_older_policy_are_cleaned_again(cast, monkeypatch):
    post = make_post(cast.fan, content="<p>Some <u>words</u></p>")
    monkeypatch.setattr(text, "TAGS", text.TAGS - {"u"})
    monkeypatch.setattr(text, "POLICY_VERSION", text.POLICY_VERSION + 1)
    text.clean_html.cache_clear()
    assert services.clean_again() == 1
    stored = PostPage.objects.get(pk=post.pk)
    assert "<u>" not in str(stored.body.raw_data)
    assert "<u>" not in stored.latest_revision.content["body"]
    assert stored.policy_version == text.POLICY_VERSION
    assert services.clean_again() == 0
    text.clean_html.cache_clear()
