"""What becomes of comments when people go, and when time goes by."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from community.comments import rules, services
from community.comments.models import Comment, CommentEdit
from community.core import integrity
from community.core.counts import numbers
from community.core.holdings import Subject

pytestmark = pytest.mark.django_db


def findings() -> list[str]:
    return [
        finding.message
        for finding in integrity.run_checks([name for name in integrity.check_names() if "comment" in name])
    ]


def test_comments_stay_without_a_name_or_go_if_asked(cast, post, say):
    kept, answered, gone = say(cast.fan, "Kept"), say(cast.fan, "Answered"), say(cast.fan, "Gone")
    say(cast.creator, "Answer", parent=answered)
    services.update_comment(actor=cast.fan, comment=kept, content="Kept better")
    services.delete_comment(actor=cast.fan, comment=gone)
    services.forget_comments(subject=Subject(cast.fan.pk, "fan", ()))
    assert not CommentEdit.objects.exists()
    assert {row.content for row in Comment.objects.filter(author=cast.fan)} == {"Kept better", "Answered", ""}
    services.forget_comments(subject=Subject(cast.fan.pk, "fan", (), with_content=True))
    assert {row.content for row in Comment.objects.filter(author=cast.fan)} == {""}
    assert numbers("post", [post.pk])[post.pk].comments == 1
    assert findings() == []


def test_deleted_texts_are_wiped_after_a_month(cast, post, say):
    answered, alone, young = say(cast.fan, "Answered"), say(cast.fan, "Alone"), say(cast.fan, "Young")
    say(cast.creator, "Answer", parent=answered)
    for comment in (answered, alone, young):
        services.delete_comment(actor=cast.fan, comment=comment)
    month = timezone.now() - timedelta(days=31)
    Comment.objects.filter(pk__in=[answered.pk, alone.pk]).update(deleted_at=month)
    assert services.purge_deleted() == 3
    assert {row.content for row in Comment.objects.filter(author=cast.fan)} == {"", "Young"}
    assert not Comment.objects.filter(pk=alone.pk).exists()
    assert services.purge_deleted() == 0
    assert findings() == []


def test_texts_are_made_again_by_newer_rules(cast, post, say):
    comment = say(cast.fan, "**x** @creator")
    Comment.objects.update(policy_version=0, html="old")
    assert services.render_again() == 1
    comment.refresh_from_db()
    assert "<strong>x</strong>" in comment.html
    assert "mention" in comment.html
    assert comment.policy_version == rules.POLICY_VERSION


def test_reactions_lift_a_comment(cast, post, say):
    first, second = say(cast.fan, "First"), say(cast.fan, "Second")
    assert second.score > first.score
    numbers_of = numbers("comment", [first.pk])[first.pk]
    numbers_of.reactions = 9
    numbers_of.save()
    services.refresh_score(comment_id=first.pk)
    first.refresh_from_db()
    assert first.score > second.score
