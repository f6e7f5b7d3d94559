"""The parts of series through the API: their order, how posts come in and leave, and everything at once."""

from __future__ import annotations

import itertools
import threading
from functools import partial
from typing import Any

import pytest
from django.db import connection
from wagtail.models import PageLogEntry

from cms import services
from cms.models import PostPage, SeriesPage
from community.accounts.choices import Role
from community.core.integrity import run_checks
from tests.factories import copy_posts, growing, make_image, make_post, make_section, make_series, make_user
from tests.support.api import data_of, error_of, send
from tests.support.api import fields_of as messages_of
from tests.support.openapi import CheckedClient
from tests.support.series import SERIES, fields_of, moved_to, order, own_series, parts_of, patch, put_post


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMIT_SCALE = 1000


@pytest.fixture
def author(client_for, cast):
    """A verified creator at their own client."""
    return client_for(cast.verified_creator)


@pytest.mark.django_db
class TestTheOrder:
    def test_is_set_by_naming_the_posts_and_the_others_follow(self, author, client, cast):
        series, (one, two, three, four) = own_series(cast, "One", "Two", "Three", "Four")
        answer = data_of(order(author, series.pk, three, one))
        assert [post["title"] for post in answer["posts"]] == ["Three", "One", "Two", "Four"]
        assert data_of(order(author, series.pk, three, one)) == answer, "twice is the same"
        assert data_of(order(author, series.pk)) == answer
        page = client.get(series.url).content.decode()
        assert page.index("Three") < page.index("One") < page.index("Two") < page.index("Four")
        for post in (one, two, three, four):
            assert client.get(post.url).status_code == 200
        assert not run_checks(["page-tree", "page-slugs", "series"])

    def test_can_be_any_permutation(self, author, cast):
        series, posts = own_series(cast, "One", "Two", "Three", "Four")
        for wanted in itertools.permutations(posts):
            order(author, series.pk, *wanted)
            assert parts_of(author, series.pk) == [post.title for post in wanted]
        assert not run_checks(["page-tree"])

    def test_takes_in_posts_that_were_none_of_it_and_their_old_addresses_lead_on(self, author, client, cast):
        series, (one,) = own_series(cast, "One")
        loose = make_post(cast.verified_creator, "Loose")
        other, (elsewhere,) = own_series(cast, "Elsewhere")
        draft = make_post(cast.verified_creator, "Draft", published=False)
        data_of(order(author, series.pk, loose, elsewhere, draft, one))
        assert parts_of(author, series.pk) == ["Loose", "Elsewhere", "Draft", "One"]
        assert parts_of(client, series.pk) == ["Loose", "Elsewhere", "One"]
        assert parts_of(author, other.pk) == []
        new = data_of(client.get(f"/api/posts/{loose.pk}"))["url"]
        assert moved_to(client, loose.url) == new.removeprefix("http://localhost:8000")
        assert not run_checks(["page-tree", "page-slugs", "series"])

    def test_keeps_drafts_and_what_lies_in_the_bin(self, author, cast):
        series, (one, gone, two) = own_series(cast, "One", "Gone", "Two")
        make_post(cast.verified_creator, "Unfinished", parent=series, published=False)
        services.delete_post(actor=cast.verified_creator, post=gone)
        order(author, series.pk, two, one)
        assert parts_of(author, series.pk) == ["Two", "One", "Unfinished"]
        services.restore_post(actor=cast.verified_creator, post=PostPage.objects.get(pk=gone.pk))
        assert parts_of(author, series.pk) == ["Two", "One", "Gone", "Unfinished"]

    def test_refuses_each_post_that_cannot_stand_in_it(self, author, cast):
        series, (one, two) = own_series(cast, "One", "Two")
        foreign = make_post(cast.fan)
        hidden = make_post(cast.fan, published=False)
        gone = make_post(cast.verified_creator)
        services.delete_post(actor=cast.verified_creator, post=gone)
        answer = order(author, series.pk, one, foreign, one, 10**15, hidden, gone, two, series.pk)
        messages = messages_of(answer)
        assert set(messages) == {f"posts.{place}" for place in (1, 2, 3, 4, 5, 7)}
        assert messages["posts.1"] == messages["posts.3"] == messages["posts.4"], "not even that it exists"
        assert parts_of(author, series.pk) == ["One", "Two"]

    def test_refuses_what_is_no_list_of_ids(self, author, cast):
        series, (one,) = own_series(cast, "One")
        path = f"{SERIES}/{series.pk}/parts"
        for posts, fields in [
            (None, {"posts"}),
            ("1", {"posts"}),
            ([str(one.pk)] * 201, {"posts"}),
            ([one.pk, "x", None, str(2**70)], {f"posts.{place}" for place in range(4)}),
        ]:
            assert fields_of(send(author, "put", path, {"posts": posts})) == fields, posts
        assert fields_of(send(author, "put", path, {})) == {"posts"}
        assert fields_of(send(author, "put", path, {"posts": [], "more": 1})) == {"more"}

    def test_leaves_an_editors_page_in_its_section_to_the_editors(self, author, client_for, cast):
        section = make_section()
        letters = services.add_page(parent=section, page=SeriesPage(title="Letters"))
        news = make_post(cast.editor, "News", parent=section)
        PostPage.objects.filter(pk=news.pk).update(author=cast.verified_creator)
        series, _parts = own_series(cast)
        assert fields_of(order(author, series.pk, news)) == {"posts.0"}, "who wrote it may not carry it off"
        assert order(client_for(cast.editor), letters.pk, news).status_code == 200


@pytest.mark.django_db
class TestAPost:
    def test_is_made_in_a_series_at_a_place(self, author, client, cast):
        series, _parts = own_series(cast, "One", "Two")
        body = {"title": "New", "content": "x", "seriesId": str(series.pk), "seriesPosition": 2}
        draft = data_of(send(author, "post", "/api/posts", body), 201)
        assert (draft["series"]["position"], draft["series"]["count"]) == (2, 3), "where it will stand"
        assert parts_of(client, series.pk) == ["One", "Two"]
        for position, place in ((1, 1), (99, 4), (None, 5)):
            more = {**body, "published": True, "title": f"At {position}", "seriesPosition": position}
            assert data_of(send(author, "post", "/api/posts", more), 201)["series"]["position"] == place
        assert parts_of(author, series.pk) == ["At 1", "One", "New", "Two", "At 99", "At None"]

    def test_moves_into_a_series_inside_it_and_out_again(self, author, client, cast):
        series, (one, _two, three) = own_series(cast, "One", "Two", "Three")
        post = make_post(cast.verified_creator, "Loose")
        versions = {data_of(client.get(f"/api/posts/{post.pk}"))["version"]}

        def after(**body: Any) -> list[str]:
            versions.add(data_of(put_post(author, post, **body))["version"])
            return parts_of(client, series.pk)

        assert after(seriesId=str(series.pk)) == ["One", "Two", "Three", "Loose"]
        assert after(seriesPosition=1) == ["Loose", "One", "Two", "Three"]
        assert after(seriesId=str(series.pk)) == ["Loose", "One", "Two", "Three"], "a part stays where it is"
        assert after(seriesId=str(series.pk), seriesPosition=3) == ["One", "Two", "Loose", "Three"]
        assert after(seriesPosition=None) == ["One", "Two", "Three", "Loose"]
        assert after(seriesId=None) == ["One", "Two", "Three"]
        assert after(seriesId=None) == ["One", "Two", "Three"]
        assert data_of(client.get(f"/api/posts/{post.pk}"))["series"] is None
        assert len(versions) == 1, "the text is the same"
        assert client.get("/creators/verified_creator/loose/").status_code == 200
        assert not run_checks(["page-tree", "page-slugs", "series"])
        log = PageLogEntry.objects.filter(page=post.pk, action="wagtail.move", user=cast.verified_creator)
        assert log.count() == 2
        assert data_of(put_post(author, one, seriesPosition=3))["series"]["position"] == 3
        assert data_of(put_post(author, three, seriesPosition=1, title="New"))["title"] == "New"

    def test_whose_address_is_taken_gets_another_and_can_still_be_changed(self, author, cast):
        series, _parts = own_series(cast, "Same")
        post = make_post(cast.verified_creator, "Same")
        moved = data_of(put_post(author, post, seriesId=str(series.pk)))
        assert moved["slug"] == "same-2"
        changed = data_of(put_post(author, post, title="Changed"))
        assert (changed["slug"], changed["title"]) == ("same-2", "Changed")

    def test_names_a_series_that_one_may_write_into(self, author, client_for, cast):
        foreign = make_series(cast.fan)
        post = make_post(cast.verified_creator)
        hidden = make_series(cast.fan, "Hidden", live=False)
        messages = set()
        for number in (str(foreign.pk), str(hidden.pk), str(post.pk), "99999999", str(10**17)):
            body = {"title": "x", "content": "x", "seriesId": number}
            for answer in (put_post(author, post, seriesId=number), send(author, "post", "/api/posts", body)):
                assert fields_of(answer) == {"seriesId"}
                messages.add(answer.json()["fields"]["seriesId"])
        assert len(messages) == 1, "not even that it exists"
        assert PostPage.objects.count() == 1

    @pytest.mark.parametrize("value", [5, "x", "", ["1"], True, "-1"])
    def test_takes_only_ids_as_series(self, author, cast, value):
        post = make_post(cast.verified_creator)
        assert fields_of(put_post(author, post, seriesId=value)) == {"seriesId"}

    @pytest.mark.parametrize("value", [0, -1, "1", 1.5, True, 10_001])
    def test_takes_only_numbers_from_one_as_place(self, author, cast, value):
        _series, (post,) = own_series(cast, "One")
        assert fields_of(put_post(author, post, seriesPosition=value)) == {"seriesPosition"}

    def test_in_no_series_has_no_place_in_one(self, author, cast):
        series, (part,) = own_series(cast, "One")
        post = make_post(cast.verified_creator)
        body = {"title": "x", "content": "x", "seriesPosition": 1}
        assert fields_of(put_post(author, post, seriesPosition=1)) == {"seriesPosition"}
        assert fields_of(put_post(author, part, seriesId=None, seriesPosition=1)) == {"seriesPosition"}
        assert fields_of(send(author, "post", "/api/posts", body)) == {"seriesPosition"}
        assert parts_of(author, series.pk) == ["One"]
        assert PostPage.objects.count() == 2

    def test_of_a_stale_change_stays_where_it_is(self, author, cast):
        series, _parts = own_series(cast, "One")
        post = make_post(cast.verified_creator)
        answer = put_post(author, post, seriesId=str(series.pk), version=1)
        assert error_of(answer) == (409, "CONFLICT")
        assert fields_of(put_post(author, post, seriesId=str(series.pk), title="\u200b")) == {"title"}
        assert parts_of(author, series.pk) == ["One"]


@pytest.mark.django_db
def test_lists_of_parts_and_of_own_series_cost_the_same_for_many(flat_cost, cast, client_for):
    series, _parts = own_series(cast)

    grow_parts = growing(
        lambda number: make_post(
            cast.verified_creator, parent=series, published=bool(number % 2), cover_image=make_image()
        )
    )

    def grow(count):
        grow_parts(count)
        for number in range(count):
            make_series(cast.verified_creator, f"Series {number}")

    urls = (f"{SERIES}/{series.pk}/parts?limit=100", "/api/me/series?limit=100")
    flat_cost(*urls, grow=grow, at_most=12, by=client_for(cast.verified_creator))


@pytest.mark.django_db
def test_an_order_of_many_costs_as_much_as_one_of_few(author, cast, django_assert_max_num_queries):
    series, [first] = own_series(cast, "Part")
    posts = list(PostPage.objects.filter(pk__in=[first.pk, *copy_posts(first, 29)]).order_by("-path"))
    with django_assert_max_num_queries(40):
        order(author, series.pk, *posts)
    assert parts_of(author, f"{series.pk}")[:2] == ["Part 30", "Part 29"]


def at_once(*acts: Any) -> list[Any]:
    """What the acts answer that start at the same moment."""
    answers: list[Any] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(place: int) -> None:
        start.wait()
        try:
            answers[place] = acts[place]()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_orders_changes_and_new_parts_at_the_same_time_lose_nothing(cast):
    writer = cast.verified_creator
    series, posts = own_series(cast, *(f"Part {number}" for number in range(6)))
    other, _parts = own_series(cast)
    loose = [make_post(writer, f"Loose {number}") for number in range(2)]

    def client() -> CheckedClient:
        made = CheckedClient()
        made.force_login(writer)
        return made

    clients = [client() for _number in range(10)]
    body = {"title": "New", "content": "x", "published": True, "seriesId": str(series.pk), "seriesPosition": 1}
    for turn in range(4):
        answers = at_once(
            partial(order, clients[0], series.pk, *posts),
            partial(order, clients[1], series.pk, *reversed(posts)),
            partial(put_post, clients[2], posts[turn], title=f"Changed {turn}"),
            partial(put_post, clients[3], posts[turn + 1], title=f"Changed too {turn}", published=True),
            partial(send, clients[4], "post", "/api/posts", body),
            partial(put_post, clients[5], loose[0], seriesId=str(series.pk), seriesPosition=1),
            partial(order, clients[6], other.pk, loose[1], loose[0]),
            partial(order, clients[7], series.pk, loose[1]),
            partial(patch, clients[8], series.pk, title=f"Series {turn}"),
            partial(put_post, clients[9], posts[5], seriesId=None if turn % 2 else str(series.pk)),
        )
        assert {answer.status_code for answer in answers} <= {200, 201, 409}, [one.content for one in answers]
        assert [one.status_code for one in answers[2:5]] == [200, 200, 201], "of what moves nothing, nothing is refused"
    assert PostPage.objects.count() == 12
    assert not run_checks(["page-tree", "page-slugs", "series", "page-revisions"])


@pytest.mark.django_db(transaction=True)
def test_dissolving_a_series_while_somebody_writes_into_it_keeps_every_post(cast):
    people = [cast.verified_creator, make_user("boss", role=Role.ADMIN)]
    series, posts = own_series(cast, "One", "Two", "Three")
    clients = []
    for number in range(4):
        made = CheckedClient()
        made.force_login(people[number % 2])
        clients.append(made)
    body = {"title": "New", "content": "x", "seriesId": str(series.pk)}
    answers = at_once(
        partial(clients[0].delete, f"{SERIES}/{series.pk}"),
        partial(clients[1].delete, f"{SERIES}/{series.pk}"),
        partial(send, clients[2], "post", "/api/posts", body),
        partial(put_post, clients[3], posts[0], title="Changed"),
    )
    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses[:2]) in ([204, 404], [204, 409]), statuses
    assert statuses[2] in {201, 400, 404, 409}
    assert statuses[3] == 200
    assert PostPage.objects.count() == 3 + (statuses[2] == 201)
    assert not SeriesPage.objects.exists()
