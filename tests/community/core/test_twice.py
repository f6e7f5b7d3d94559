"""Every subscriber may be told the same fact again, and leaves the database as it was after the first time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from psycopg import sql

from cms.services import delete_post, unpublish_post
from community.accounts.choices import Outcome, Status
from community.accounts.models import User
from community.accounts.selectors import account_of
from community.accounts.services import (
    Visit,
    begin_attempt,
    change_status,
    note_referral,
    referral_code_of,
    settle_failure,
    update_profile,
)
from community.comments.services import add_comment
from community.core import outbox
from community.core.outbox import Recorded
from community.facts import Fact
from community.facts.accounts import (
    EmailVerified,
    IdentityLinked,
    ProfileHidden,
    ProfileRestored,
    SignInFailed,
    UserStatusChanged,
    UserUpdated,
)
from community.facts.comments import (
    CommentApproved,
    CommentCreated,
    CommentDeleted,
    CommentHidden,
    CommentLocked,
    CommentPinned,
    CommentRestored,
    CommentUpdated,
)
from community.facts.posts import PostBroughtBack, PostDeleted, PostPublished, PostUnpublished, PostUpdated
from community.facts.reactions import ReactionAdded, ReactionRemoved
from community.follows.services import follow
from community.reactions.models import Reaction
from community.reactions.services import add_reaction
from tests.factories import Cast, make_image, make_post

SUBSCRIBERS = [(fact, name) for fact, functions in outbox.subscribers().items() for name in functions]


def renamed_author_who_was_asked(cast: Cast) -> Fact:
    make_post(cast.creator)
    update_profile(actor=cast.creator, person=cast.creator, visibility="private")
    follow(actor=cast.fan, kind="user", target_id=cast.creator.pk)
    person = User.objects.get(pk=cast.creator.pk)
    update_profile(actor=person, person=person, display_name="A new name", visibility="public")
    return UserUpdated(user_id=person.pk, changed=["display_name", "visibility"])


def post_with_everything(cast: Cast) -> Any:
    """A post with what subscribers look for: a picture that is not made smaller yet, and a video."""
    return make_post(cast.creator, cover_image=make_image(), video="https://youtu.be/dQw4w9WgXcQ")


def published_post(cast: Cast) -> Fact:
    post = post_with_everything(cast)
    return PostPublished(post_id=post.pk, author_id=cast.creator.pk, first=True)


def updated_post(cast: Cast) -> Fact:
    return PostUpdated(post_id=post_with_everything(cast).pk)


def unpublished_post(cast: Cast) -> Fact:
    post = make_post(cast.creator)
    unpublish_post(actor=cast.creator, post=post)
    return PostUnpublished(post_id=post.pk)


def deleted_post(cast: Cast) -> Fact:
    post = make_post(cast.creator)
    delete_post(actor=cast.creator, post=post)
    return PostDeleted(post_id=post.pk)


def suspended_author(cast: Cast) -> Fact:
    make_post(cast.creator)
    change_status(actor=None, person=cast.creator, status=Status.SUSPENDED, system=True)
    return UserStatusChanged(user_id=cast.creator.pk, old=Status.ACTIVE, new=Status.SUSPENDED)


def referred_person(cast: Cast) -> Fact:
    note_referral(person=cast.fan, code=referral_code_of(person=cast.creator))
    return EmailVerified(user_id=cast.fan.pk)


def guessed_account(cast: Cast) -> Fact:
    visit = Visit("203.0.113.5")
    for _time in range(5):
        attempt = begin_attempt(account=account_of(cast.fan), visit=visit)
        settle_failure(attempt_id=attempt.pk, outcome=Outcome.WRONG_PASSWORD)
    return SignInFailed(user_id=cast.fan.pk, attempt_id=attempt.pk)


def joined_identity(cast: Cast) -> Fact:
    return IdentityLinked(user_id=cast.fan.pk, provider="github")


def a_comment(cast: Cast) -> dict[str, Any]:
    comment = add_comment(
        actor=cast.fan, target_kind="post", target_id=make_post(cast.creator).pk, content="Well said."
    )
    return {"comment_id": comment.pk, "target_kind": "post", "target_id": comment.target_id}


def a_reaction_to_a_comment(cast: Cast) -> dict[str, Any]:
    comment_id = a_comment(cast)["comment_id"]
    add_reaction(actor=cast.creator, kind="comment", target_id=comment_id, code="LIKE")
    reaction = Reaction.objects.get()
    whose = {"target_kind": "comment", "target_id": comment_id, "author_id": cast.fan.pk}
    return {"user_id": cast.creator.pk, "reaction_id": reaction.pk, "type": "LIKE", **whose}


COMMENTS: dict[str, Callable[[Cast], Fact]] = {
    CommentCreated.name: lambda cast: CommentCreated(
        **a_comment(cast), author_id=cast.fan.pk, parent_id=None, length=10
    ),
    CommentUpdated.name: lambda cast: CommentUpdated(**a_comment(cast)),
    CommentDeleted.name: lambda cast: CommentDeleted(**a_comment(cast)),
    CommentHidden.name: lambda cast: CommentHidden(**a_comment(cast), author_id=cast.fan.pk),
    CommentRestored.name: lambda cast: CommentRestored(**a_comment(cast), author_id=cast.fan.pk),
    CommentApproved.name: lambda cast: CommentApproved(**a_comment(cast), author_id=cast.fan.pk),
    CommentPinned.name: lambda cast: CommentPinned(**a_comment(cast), pinned=True),
    CommentLocked.name: lambda cast: CommentLocked(**a_comment(cast), locked=True),
}
#: for each fact somebody listens to: what must have happened, and the fact that tells of it
EXAMPLES: dict[str, Callable[[Cast], Fact]] = {
    ReactionAdded.name: lambda cast: ReactionAdded(**a_reaction_to_a_comment(cast)),
    ReactionRemoved.name: lambda cast: ReactionRemoved(**a_reaction_to_a_comment(cast)),
    UserUpdated.name: renamed_author_who_was_asked,
    PostPublished.name: published_post,
    PostUpdated.name: updated_post,
    PostUnpublished.name: unpublished_post,
    PostDeleted.name: deleted_post,
    PostBroughtBack.name: lambda cast: PostBroughtBack(post_id=make_post(cast.creator).pk, author_id=cast.creator.pk),
    ProfileHidden.name: lambda cast: ProfileHidden(user_id=cast.creator.pk),
    ProfileRestored.name: lambda cast: ProfileRestored(user_id=cast.creator.pk),
    UserStatusChanged.name: suspended_author,
    EmailVerified.name: referred_person,
    SignInFailed.name: guessed_account,
    IdentityLinked.name: joined_identity,
    **COMMENTS,
}
#: What each of these does can be seen in the tables after the first time, so the examples are good ones.
SEEN = {
    "cms.subscribers.rename_author_page_after_profile_change",
    "cms.subscribers.prepare_cover_of_published_post",
    "cms.subscribers.want_previews_of_videos",
    "community.accounts.subscribers.confirm_referral_after_email_verified",
    "community.accounts.subscribers.alert_after_sign_in_failed",
    "community.accounts.subscribers.alert_after_identity_linked",
    "community.comments.subscribers.find_its_place_among_the_best",
    "community.follows.subscribers.open_requests_after_profile_became_public",
}


def everything() -> dict[str, list[str]]:
    """All rows of all tables, also those of the outbox: a fact that is recorded twice is one too many."""
    with connection.cursor() as cursor:
        rows = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(sql.SQL("SELECT one::text FROM {} one ORDER BY 1").format(sql.Identifier(table)))
            rows[table] = [row[0] for row in cursor.fetchall()]
    return rows


def difference(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, list[str]]:
    """The rows by which two states differ, by table."""
    return {table: sorted(set(before[table]) ^ set(after[table])) for table in before if before[table] != after[table]}


def test_every_fact_that_somebody_listens_to_has_an_example():
    assert {fact for fact, _name in SUBSCRIBERS} <= set(EXAMPLES)
    assert {name for _fact, name in SUBSCRIBERS} >= SEEN


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("fact", "name"), SUBSCRIBERS)
def test_a_subscriber_told_twice_changes_nothing_more(cast, fact, name):
    example = EXAMPLES[fact](cast)
    assert example.name == fact
    recorded = Recorded(id=1, fact=example, actor_id=cast.creator.pk, correlation_id="")
    states = [everything()]
    for _time in range(2):
        with transaction.atomic():
            outbox.subscribers()[fact][name](recorded)
        states.append(everything())
    once, twice = difference(states[0], states[1]), difference(states[1], states[2])
    assert not twice, f"{name} did more the second time: {twice}"
    if name in SEEN:
        assert once, f"The example for {name} gives it nothing to do."
