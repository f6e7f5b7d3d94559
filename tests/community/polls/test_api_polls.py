"""Voting through the API: one vote for each person, counted in the same moment, seen by whoever may."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from cms.services import delete_post, unpublish_post
from community.accounts.services import change_status
from community.core.integrity import run_checks
from community.core.models import OutboxFact
from community.follows.services import block
from community.polls.models import Ballot, Choice, Poll
from tests.factories import make_post, make_user
from tests.support.polling import ids_of, poll_of, post_with_poll, put_vote, vote

pytestmark = pytest.mark.django_db


def url(post):
    return f"/api/posts/{post.pk}/poll/votes"


def votes(answer):
    return [option["votes"] for option in answer.json()["data"]["options"]]


def facts(name):
    return [row.payload for row in OutboxFact.objects.filter(name=name).order_by("pk")]


def sound():
    return run_checks(["polls-numbers", "polls-ballots", "polls-targets", "post-polls"]) == []


def test_a_vote_is_set_changed_and_taken_back_and_sent_twice_it_is_one(cast, post, client_for):
    fan, (old, new, neither) = client_for(cast.fan), ids_of(post)
    before = fan.get(url(post)).json()["data"]
    assert (before["own"], before["voters"], before["options"][0]) == (
        [], 0, {"id": str(old), "text": "The old one", "votes": None},
    )  # fmt: skip
    for _time in range(2):
        answer = put_vote(fan, post, old)
        assert (answer.status_code, votes(answer), answer.json()["data"]["own"]) == (200, [1, 0, 0], [str(old)])
    assert votes(put_vote(client_for(cast.other_fan), post, neither)) == [1, 0, 1]
    changed = put_vote(fan, post, new)
    assert (votes(changed), changed.json()["data"]["voters"]) == ([0, 1, 1], 2)
    assert Ballot.objects.count() == Choice.objects.count() == 2
    assert sound()
    for _time in range(2):
        gone = fan.delete(url(post))
        assert (gone.status_code, votes(gone)) == (200, [None] * 3)
        assert (gone.json()["data"]["voters"], gone.json()["data"]["own"]) == (1, [])
    told = facts("poll.voted")
    assert [(fact["user_id"], fact["first"]) for fact in told] == [
        (cast.fan.pk, True), (cast.other_fan.pk, True), (cast.fan.pk, False),
    ]  # fmt: skip
    assert told[0] | {"first": False} == told[2]
    assert [fact["user_id"] for fact in facts("poll.withdrawn")] == [cast.fan.pk]
    assert sound()


def test_several_answers_where_the_poll_allows_it(cast, client_for):
    post = post_with_poll(cast.creator, multiple=True)
    fan, ids = client_for(cast.fan), ids_of(post)
    assert votes(put_vote(fan, post, *ids)) == [1, 1, 1]
    answer = put_vote(fan, post, ids[2], ids[0])
    assert (votes(answer), answer.json()["data"]["own"]) == ([1, 0, 1], [str(ids[0]), str(ids[2])])
    assert answer.json()["data"]["voters"] == 1
    assert sound()


def test_numbers_are_shown_when_the_poll_says_so(cast, client, client_for):
    posts = {results: post_with_poll(cast.creator, results=results) for results in ("always", "voted", "over")}
    for post in posts.values():
        vote(cast.other_fan, post, 1)
    seen, hidden = [0, 1, 0], [None] * 3

    def look(who):
        return [votes(who.get(url(post))) for post in posts.values()]

    assert look(client) == look(client_for(cast.fan)) == [seen, hidden, hidden]
    assert look(client_for(cast.other_fan)) == [seen, seen, hidden]
    assert look(client_for(cast.creator)) == look(client_for(cast.moderator)) == [seen] * 3
    Poll.objects.update(ends_at=timezone.now() - timedelta(minutes=1))
    assert look(client_for(cast.fan)) == [seen] * 3
    assert client.get(url(post)).json()["data"]["over"] is True


def test_what_is_no_vote_is_refused_and_changes_nothing(cast, post, client_for):
    fan, (old, new, _neither) = client_for(cast.fan), ids_of(post)
    other = ids_of(post_with_poll(cast.creator))[0]
    for sent in (
        [old, new],
        [old, old],
        [],
        [other],
        [0],
        [10**17],
        [old, other],
        ["x"],
        [None],
        [True],
        [[old]],
        ["9" * 30],
    ):
        answer = put_vote(fan, post, *sent)
        assert (answer.status_code, [name.partition(".")[0] for name in answer.json()["fields"]]) == (
            400, ["optionIds"],
        ), sent  # fmt: skip
    for body in (
        {}, [], None, {"optionIds": None}, {"optionIds": str(old)}, {"optionIds": old}, {"option_ids": [str(old)]},
        {"optionIds": [str(old)], "extra": 1}, {"optionIds": [str(old)] * 5000}, {"optionIds": {"0": str(old)}},
    ):  # fmt: skip
        answer = fan.put(url(post), json.dumps(body), content_type="application/json")
        assert answer.status_code == 400, body
    assert not Ballot.objects.exists()
    assert not facts("poll.voted")


def test_nobody_votes_after_the_end(cast, client_for):
    post = post_with_poll(cast.creator, ends_at=timezone.now() + timedelta(hours=1))
    ids = ids_of(post)
    fan = client_for(cast.fan)
    assert put_vote(fan, post, ids[0]).status_code == 200
    Poll.objects.update(ends_at=timezone.now())
    for answer in (
        put_vote(fan, post, ids[1]),
        put_vote(client_for(cast.other_fan), post, ids[1]),
        fan.delete(url(post)),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "POLL_OVER")
    assert votes(fan.get(url(post))) == [1, 0, 0]


def test_what_one_may_not_see_is_not_there(cast, post, client, client_for):
    fan = client_for(cast.fan)
    draft, hidden, binned = (post_with_poll(cast.creator, published=number > 0) for number in range(3))
    ids = ids_of(hidden)
    unpublish_post(actor=cast.creator, post=hidden)
    delete_post(actor=cast.creator, post=binned)
    plain = make_post(cast.creator)
    answers = [
        getattr(fan, method)(f"/api/posts/{number}/poll/votes", **more)
        for number in (draft.pk, hidden.pk, binned.pk, plain.pk, 0, 10**17, "x", "-1")
        for method, more in (
            ("get", {}), ("delete", {}),
            ("put", {"data": json.dumps({"optionIds": [str(ids[0])]}), "content_type": "application/json"}),
        )
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.json()["error"] for answer in answers}) == 1
    assert client_for(cast.creator).get(f"/api/posts/{draft.pk}/poll/votes").status_code == 404
    for path in (f"post/{draft.pk}", f"post/{plain.pk}", f"post/{10**30}", f"user/{cast.fan.pk}", "x/1"):
        assert fan.get(f"/polls/{path}/").status_code == fan.post(f"/polls/{path}/").status_code == 404


def test_a_block_parts_people_from_the_poll(cast, post, client_for):
    fan, first = client_for(cast.fan), ids_of(post)[0]
    assert put_vote(fan, post, first).status_code == 200
    block(actor=cast.creator, username=cast.fan.username)
    for answer in (
        put_vote(fan, post, first),
        fan.get(url(post)),
        fan.delete(url(post)),
        fan.get(f"/polls/post/{post.pk}/"),
    ):
        assert answer.status_code == 404
    assert put_vote(client_for(cast.other_fan), post, first).status_code == 200


def test_who_may_not_write_may_not_vote(cast, post, client, client_for):
    first = ids_of(post)[0]
    answers = [put_vote(client_for(person), post, first) for person in (cast.new_fan, cast.suspended)]
    assert [answer.json()["code"] for answer in answers] == ["EMAIL_NOT_VERIFIED", "ACCOUNT_SUSPENDED"]
    assert put_vote(client, post, first).status_code == 401
    voter = make_user()
    vote(voter, post, 1)
    change_status(actor=None, person=voter, status="BANNED", system=True)
    assert poll_of(post).voters == 1


def test_votes_are_counted_in_the_bucket_of_small_acts(cast, post, client_for, settings):
    settings.RATE_LIMIT_SCALE = 1 / 10**6
    fan, ids = client_for(cast.fan), ids_of(post)
    answers = [put_vote(fan, post, each).status_code for each in ids]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_a_poll_costs_the_same_with_many_voters(cast, post, flat_cost, client_for):
    def grow(number):
        poll, first = poll_of(post), ids_of(post)[0]
        ballots = Ballot.objects.bulk_create(Ballot(poll=poll, user=make_user()) for _each in range(number))
        Choice.objects.bulk_create(Choice(ballot=ballot, option_id=first, alone=True) for ballot in ballots)

    flat_cost(url(post), grow=grow, by=client_for(cast.fan), at_most=8)


def test_a_vote_is_one_short_transaction(cast, post, client_for, django_assert_max_num_queries):
    fan, ids = client_for(cast.fan), ids_of(post)
    put_vote(fan, post, ids[0])
    with django_assert_max_num_queries(24):
        put_vote(fan, post, ids[1])
