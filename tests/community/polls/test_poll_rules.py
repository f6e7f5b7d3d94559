"""A poll is what its post has published, and whoever has voted is not cheated."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from cms.integrity_checks import post_polls
from cms.models import PostPage
from cms.services import create_post, unpublish_post, update_post
from community.core.errors import Invalid
from community.polls.models import Ballot, Option, Poll
from community.polls.rules import Wanted, share
from tests.factories import make_post
from tests.support.polling import ANSWERS, ids_of, poll_block, poll_of, post_with_poll, republish, vote

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def texts(post):
    return tuple(Option.objects.filter(poll=poll_of(post)).order_by("place").values_list("text", flat=True))


def refused(error):
    return sorted(error.value.fields)


def test_shares_and_moments_are_round():
    assert [share(*pair) for pair in ((0, 0), (0, 3), (1, 3), (2, 3), (3, 3))] == [0, 0, 33, 67, 100]
    wanted = Wanted("Q", ("a", "b"), ends_at=datetime(2026, 12, 1, 10, 30, 59, 7, tzinfo=UTC))
    assert wanted.ends_at == datetime(2026, 12, 1, 10, 30, tzinfo=UTC)


def test_drafts_do_not_touch_what_people_vote_on(cast, post):
    assert not Poll.objects.filter(target_id=post_with_poll(cast.creator, published=False).pk).exists()
    draft = post.get_latest_revision_as_object()
    draft.body = [poll_block("This", "That")]
    draft.save_revision(clean=False)
    assert texts(post) == ANSWERS
    assert list(post_polls()) == []


def test_until_somebody_votes_the_author_may_change_everything(cast, post):
    republish(cast.creator, post, poll_block("This", "That", multiple=True, question="And now?"))
    poll = poll_of(post)
    assert (texts(post), poll.multiple, poll.question) == (("This", "That"), True, "And now?")
    assert Poll.objects.count() == 1


def test_while_people_vote_the_answers_stay_and_words_end_and_sight_may_change(cast, post):
    vote(cast.fan, post, 1)
    later = timezone.now().replace(second=0, microsecond=0) + WEEK
    for changed in (poll_block("This", "That"), poll_block(*ANSWERS[::-1]), poll_block(*ANSWERS, "One more")):
        with pytest.raises(Invalid) as error:
            republish(cast.creator, post, changed)
        assert refused(error) == ["body.1.value.options"]
    with pytest.raises(Invalid) as error:
        republish(cast.creator, post, poll_block(multiple=True))
    assert refused(error) == ["body.1.value.multiple"]
    republish(cast.creator, post, poll_block(question="Which lamp, then?", ends_at=later, results="over"))
    poll = poll_of(post)
    assert (poll.question, poll.ends_at, poll.results, poll.voters) == ("Which lamp, then?", later, "over", 1)
    assert PostPage.objects.get(pk=post.pk).body[1].value["question"] == "Which lamp, then?"


def test_an_end_lies_ahead_when_it_is_new_and_may_pass(cast, post):
    past = timezone.now() - timedelta(minutes=2)
    with pytest.raises(Invalid) as error:
        post_with_poll(cast.creator, ends_at=past)
    assert refused(error) == ["body.1.value.ends_at"]
    with pytest.raises(Invalid):
        republish(cast.creator, post, poll_block(ends_at=past))
    soon = timezone.now() + timedelta(hours=1)
    republish(cast.creator, post, poll_block(ends_at=soon))
    over = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=1)
    Poll.objects.update(ends_at=over)
    republish(cast.creator, post, poll_block(ends_at=over, question="Which was it?"))
    assert poll_of(post).question == "Which was it?"
    republish(cast.creator, post, poll_block(ends_at=soon))
    assert not poll_of(post).is_over(timezone.now())


def test_a_poll_that_is_taken_out_is_hidden_and_comes_back_with_its_votes(cast, post, client_for):
    vote(cast.fan, post, 2)
    first = poll_of(post)
    republish(cast.creator, post)
    assert not Poll.objects.filter(shown=True).exists()
    assert client_for(cast.fan).get(f"/api/posts/{post.pk}/poll/votes").status_code == 404
    republish(cast.creator, post, poll_block())
    assert (poll_of(post).pk, poll_of(post).voters) == (first.pk, 1)
    republish(cast.creator, post)
    republish(cast.creator, post, poll_block("This", "That"))
    assert (texts(post), poll_of(post).voters) == (("This", "That"), 0)
    republish(cast.creator, post, poll_block())
    assert poll_of(post).pk == first.pk
    assert Poll.objects.count() == 1
    assert list(post_polls()) == []


def test_after_the_end_other_answers_make_another_poll(cast, post):
    vote(cast.fan, post, 0)
    Poll.objects.update(ends_at=timezone.now() - timedelta(days=1))
    republish(cast.creator, post, poll_block("This", "That"))
    assert (texts(post), poll_of(post).voters, Ballot.objects.count()) == (("This", "That"), 0, 1)


def test_what_is_published_without_a_form_keeps_the_answers_people_vote_on(cast, post, client_for):
    """A schedule, a workflow, many pages at once: nobody is there to be told."""
    vote(cast.fan, post, 1)
    draft = post.get_latest_revision_as_object()
    draft.body = [poll_block("This", "That", question="Which one?")]
    draft.save_revision(clean=False).publish()
    assert texts(post) == ANSWERS
    assert poll_of(post).question == "Which one?"
    page = client_for(cast.fan).get(post.url).content.decode()
    assert "The old one" in page
    assert "That" not in page.partition('id="poll"')[2].partition("</section>")[0]
    assert list(post_polls()) == []


def test_a_post_that_is_taken_off_and_published_again_has_its_poll(cast, post):
    vote(cast.fan, post, 1)
    unpublish_post(actor=cast.creator, post=post)
    update_post(actor=cast.creator, post=PostPage.objects.get(pk=post.pk), published=True)
    assert poll_of(post).voters == 1


def test_a_post_has_one_poll_at_most(cast, client_for):
    with pytest.raises(Invalid) as error:
        create_post(actor=cast.creator, title="Two", body=[poll_block(), ("divider", None), poll_block("a", "b")])
    assert refused(error) == ["body.2"]


def test_what_the_api_writes_comes_back_and_bad_values_are_named(cast, client_for):
    author = client_for(cast.creator)
    post = make_post(cast.creator)
    good = {"question": "Q?", "options": ["a", "b"]}

    def put(**values):
        body = {"body": [{"type": "poll", "value": {**good, **values}}], "published": True}
        return author.put(f"/api/posts/{post.pk}", json.dumps(body), content_type="application/json")

    assert put().json()["data"]["body"][0]["value"] | {"options": []} == {
        "question": "Q?", "options": [], "multiple": False, "ends_at": None, "results": "voted",
    }  # fmt: skip
    answer = put(multiple=True, ends_at="2027-01-02T10:30:59+01:00", results="always")
    value = answer.json()["data"]["body"][0]["value"]
    assert (value["multiple"], value["results"], value["ends_at"]) == (True, "always", "2027-01-02T09:30:00Z")
    again = author.put(
        f"/api/posts/{post.pk}", json.dumps({"body": answer.json()["data"]["body"]}), content_type="application/json"
    )
    assert again.json()["data"]["body"][0]["value"] == value
    for name, bad in (
        ("multiple", 1), ("multiple", None), ("results", "never"), ("results", None), ("ends_at", 7),
        ("ends_at", "tomorrow"), ("ends_at", "2027-02-30T10:00:00Z"), ("ends_at", "2027-01-02T10:30"),
        ("ends_at", "0001-01-01T00:00:00+14:00"), ("ends_at", "2999-12-31T23:59:59Z"), ("ends_at", "2001-01-01T00:00Z"),
        ("ends_at", ""), ("shown", True), ("options", ["a"] * 2), ("options", [str(n) for n in range(11)]),
    ):  # fmt: skip
        answer = put(**{name: bad})
        assert answer.status_code == 400, (name, bad)
        assert next(iter(answer.json()["fields"])).startswith("body.0.value"), (name, bad)
    assert texts(post) == ("a", "b")


def test_a_poll_goes_for_good_with_its_post(cast, post):
    vote(cast.fan, post, 0)
    post.delete()
    assert not Poll.objects.exists()
    assert not Ballot.objects.exists()


def test_ids_of_answers_stay_while_people_vote(cast, post):
    ids = ids_of(post)
    vote(cast.fan, post, 0)
    republish(cast.creator, post, poll_block(question="Typo mended?"))
    assert ids_of(post) == ids
