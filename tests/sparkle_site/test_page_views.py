"""Views of posts: who counts, how often, across processes, and what is left when something dies."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

import psycopg
import pytest
from django.core.cache import cache, caches
from django.db import OperationalError, connection
from django.urls import reverse
from structlog.testing import capture_logs

from community.core.cache import redis_attempt
from community.core.models import TargetCounts
from sparkle_site.front import page_views
from sparkle_site.front.page_views import PageViews
from tests.factories import make_post
from tests.support.outages import MAKE
from tests.support.processes import eventually
from tests.support.sites import Site

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
POST_PAGE = "/creators/fan/first/"


class Clock:
    """Midday of a day, moved by the test."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0 // 86_400 * 86_400 + 43_200

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def post(cast):
    return make_post(cast.fan, "First")


@pytest.fixture
def target(post) -> str:
    return f"post:{post.pk}"


@pytest.fixture
def views(post) -> Callable[[], int]:
    """The stored number."""
    return lambda: TargetCounts.objects.get(target_kind="post", target_id=post.pk).views


@pytest.fixture
def without_redis(settings, tmp_path) -> None:
    nobody = {"BACKEND": "community.core.cache.ForgivingRedisCache", "LOCATION": f"unix://{tmp_path}/nobody.sock"}
    settings.CACHES = {**settings.CACHES, "default": nobody}


@pytest.fixture
def seen() -> PageViews:
    return PageViews(clock=Clock())


def test_a_viewer_counts_once_in_half_an_hour_and_then_again(seen, target, views):
    for _ in range(3):
        seen.note(target, "192.0.2.1", FIREFOX)
        seen.note(target, "192.0.2.1", FIREFOX)
        seen.flush()
        seen._clock.now += 500
    assert views() == 1
    seen._clock.now += 301
    cache.clear()  # half an hour later Redis has forgotten it
    seen.note(target, "192.0.2.1", FIREFOX)
    seen.flush()
    assert views() == 2


def test_redis_forgets_after_half_an_hour_and_never_knows_who_it_was(seen, target, views):
    seen.note(target, "192.0.2.1", FIREFOX)
    seen.flush()
    keys = redis_attempt(caches["default"], lambda redis: list(redis.scan_iter(b"views:*")))
    assert len(keys) == 1
    assert 1790 < redis_attempt(caches["default"], lambda redis: redis.ttl(keys[0])) <= 1800
    assert redis_attempt(caches["default"], lambda redis: redis.get(keys[0])) == b""
    assert len(keys[0]) == len("views:") + 16


def test_two_processes_count_a_viewer_once(target, views):
    first, second = PageViews(), PageViews()
    for process in (first, second):
        process.note(target, "192.0.2.1", FIREFOX)
        process.note(target, "192.0.2.1" if process is first else "192.0.2.2", SAFARI)
        process.flush()
    assert views() == 3


def test_addresses_agents_targets_and_days_make_the_viewer(seen, cast, target, views):
    other = make_post(cast.fan, "Second")
    for client, agent in (("192.0.2.1", FIREFOX), ("192.0.2.1", SAFARI), ("192.0.2.2", FIREFOX)):
        seen.note(target, client, agent)
    seen.note(f"post:{other.pk}", "192.0.2.1", FIREFOX)
    seen.flush()
    assert views() == 3
    assert TargetCounts.objects.get(target_id=other.pk).views == 1
    seen._clock.now += 43_200 - 60
    seen.note(target, "192.0.2.9", FIREFOX)
    seen.flush()
    seen._clock.now += 120  # after midnight nobody is known any more
    seen.note(target, "192.0.2.9", FIREFOX)
    seen.flush()
    assert views() == 5


def test_a_whole_network_of_ipv6_is_one_viewer(seen, target, views):
    for client in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::7", "2001:db8:1:3::1"):
        seen.note(target, client, FIREFOX)
    seen.flush()
    assert views() == 2


@pytest.mark.parametrize(
    "agent",
    [
        "",
        " ",
        "curl/8.14.1",
        "python-requests/2.32.5",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.1; +https://openai.com/gptbot)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0 Safari/537.36",
        "facebookexternalhit/1.1",
        "NobodyKnowsThisOne/1.0",
    ],
)
def test_robots_and_programs_do_not_count(seen, target, views, agent):
    seen.note(target, "192.0.2.1", agent)
    assert seen.flush() == 0
    assert views() == 0


@pytest.mark.parametrize("agent", [FIREFOX, SAFARI, CHROME, "Opera/9.80 (J2ME/MIDP; Opera Mini/9; U; en) Presto/2.12"])
def test_browsers_of_people_count(seen, target, views, agent):
    seen.note(target, "192.0.2.1", agent)
    assert seen.flush() == 1
    assert views() == 1


def test_while_redis_is_away_each_process_decides_by_itself(without_redis, seen, target, views):
    for _ in range(3):
        seen.note(target, "192.0.2.1", FIREFOX)
        seen.note(target, "192.0.2.2", FIREFOX)
        seen.flush()
        seen._clock.now += 599
    assert views() == 2
    seen._clock.now += 4
    seen.note(target, "192.0.2.1", FIREFOX)
    seen.flush()
    assert views() == 3


def test_what_was_counted_without_redis_is_not_counted_again_with_it(settings, seen, target, views, tmp_path):
    real = settings.CACHES
    nobody = {"BACKEND": "community.core.cache.ForgivingRedisCache", "LOCATION": f"unix://{tmp_path}/nobody.sock"}
    settings.CACHES = {**real, "default": nobody}
    seen.note(target, "192.0.2.1", FIREFOX)
    seen.flush()
    settings.CACHES = real
    seen.note(target, "192.0.2.1", FIREFOX)
    seen.flush()
    assert views() == 1


def test_memory_stays_small_however_many_come(without_redis, seen, target, monkeypatch):
    monkeypatch.setattr(page_views, "REMEMBERED_MAX", 100)
    for turn in range(3):
        for number in range(200):
            seen.note(target, f"10.0.{turn}.{number}", FIREFOX)
        seen.flush()
    assert len(seen._remembered) == 100


def test_one_machine_with_many_names_is_cut_short_and_crowds_nobody_out(seen, target, views):
    for number in range(20_000):
        seen.note(target, "192.0.2.66", f"{FIREFOX} {number}")
    seen.note(target, "192.0.2.1", FIREFOX)
    with capture_logs() as logs:
        seen.flush()
    assert views() == page_views.ADDRESS_MAX + 1
    [line] = [line for line in logs if line["event"] == "page_views_dropped"]
    assert line["count"] == 20_000 - page_views.ADDRESS_MAX


def test_many_machines_are_cut_short_together(seen, target, views):
    for number in range(page_views.WAITING_MAX + 1000):
        seen.note(target, f"10.0.{number // 250}.{number % 250}", FIREFOX)
    seen.flush()
    assert views() == page_views.WAITING_MAX


@pytest.mark.parametrize(
    "name", ["", "post", "post:", "post:x", "post:-1", "post:1 ", "post:٣", f"post:{'9' * 40}", "\x00", "a" * 10_000]
)
def test_names_that_are_none_count_nowhere(seen, target, views, name):
    seen.note(name, "192.0.2.1", FIREFOX)
    seen.note(target, "192.0.2.1", FIREFOX)
    assert seen.flush() == 1
    assert views() == 1


@pytest.mark.parametrize("agent", ["\x00", "ÿ" * 100_000, "\ud800", "(" * 10_000, "%s%d'; DROP TABLE target_counts"])
@pytest.mark.parametrize("client", ["192.0.2.1", "", "nowhere", "\x00", "a" * 10_000])
def test_hostile_agents_and_addresses_break_nothing(seen, target, views, agent, client):
    seen.note(target, client, f"Mozilla/5.0 {agent}")
    assert seen.flush() == 1
    assert views() == 1
    assert all(len(part) <= 10_000 for view in seen._waiting for part in view)


def test_while_the_database_is_away_views_are_kept_for_the_next_time(seen, target, views):
    def fail(*_arguments):
        raise OperationalError("away")

    seen.note(target, "192.0.2.1", FIREFOX)
    with connection.execute_wrapper(fail), pytest.raises(OperationalError):
        seen.flush()
    seen.note(target, "192.0.2.2", FIREFOX)
    with connection.execute_wrapper(fail), pytest.raises(OperationalError):
        seen.flush()
    assert seen.flush() == 1
    assert views() == 2
    assert seen.flush() == 0
    assert views() == 2


def test_the_thread_goes_on_after_a_failure_and_writes_what_is_left_when_it_ends(
    transactional_db, target, views, monkeypatch
):
    monkeypatch.setattr(page_views, "FLUSH_SECONDS", 0.02)
    seen = PageViews()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE target_counts RENAME TO elsewhere")
        try:
            seen.start()
            seen.note(target, "192.0.2.1", FIREFOX)
            eventually(lambda: seen._owed)
        finally:
            cursor.execute("ALTER TABLE elsewhere RENAME TO target_counts")
    eventually(lambda: views() == 1)
    monkeypatch.setattr(page_views, "FLUSH_SECONDS", 3600)
    seen.note(target, "192.0.2.2", FIREFOX)
    seen.stop()
    seen.stop()
    assert views() == 2


def test_what_is_kept_is_bounded(seen, target, monkeypatch):
    monkeypatch.setattr(page_views, "OWED_MAX", 10)
    for number in range(1, 31):
        seen.note(f"post:{2**40 + number}", "192.0.2.1", FIREFOX)
    with capture_logs() as logs:
        seen.flush()
    assert [line["count"] for line in logs if line["event"] == "page_views_dropped"] == [20]


def test_nothing_is_lost_between_the_thread_that_sees_and_the_one_that_writes(seen, target, views):
    def look() -> None:
        for number in range(4000):
            seen.note(target, f"10.1.{number // 250}.{number % 250}", FIREFOX)

    looking = threading.Thread(target=look)
    looking.start()
    while looking.is_alive():
        seen.flush()
    seen.flush()
    assert views() == 4000


def test_a_flush_asks_the_database_once_for_any_number_of_targets(seen, cast, django_assert_num_queries):
    for post in [make_post(cast.fan, f"Post {number}") for number in range(5)]:
        seen.note(f"post:{post.pk}", "192.0.2.1", FIREFOX)
    with django_assert_num_queries(1):
        assert seen.flush() == 5


def test_the_author_and_previews_are_no_views(client, client_for, cast, target):
    assert client.get(POST_PAGE).headers["X-Page-View"] == target
    assert client_for(cast.other_fan).get(POST_PAGE).headers["X-Page-View"] == target
    assert "X-Page-View" not in client_for(cast.fan).get(POST_PAGE).headers
    desk, post_id = client_for(cast.admin), target.partition(":")[2]
    preview = reverse("wagtailadmin_pages:view_draft", args=[post_id])
    answer = desk.get(preview)
    assert answer.status_code == 200
    assert "X-Page-View" not in answer.headers


def test_the_api_is_no_view(client, target):
    answer = client.get(f"/api/posts/{target.partition(':')[2]}")
    assert answer.status_code == 200
    assert "X-Page-View" not in answer.headers


@pytest.fixture
def serve(launch: Callable[..., Site], own_database: str) -> Callable[..., Site]:
    """A site with one post."""
    return lambda *arguments: launch(
        "--only=web",
        *arguments,
        f"--prepare=shell --verbosity 0 --command '{MAKE}'",
        settings="sparkle_site.settings.development",
        DATABASE_URL=own_database,
        RATE_LIMIT_SCALE="10000",
    ).serves()


def written(database: str) -> int:
    with psycopg.connect(database) as own:
        [(number,)] = own.execute("SELECT views FROM target_counts WHERE target_kind = 'post'").fetchall()
    return int(number)


def look(site: Site, agent: str, method: str = "GET", **headers: str):
    answer = site.ask(POST_PAGE, method=method, headers={"User-Agent": agent, **headers})
    assert answer.status in (200, 304)
    assert "X-Page-View" not in answer.headers
    return answer


def test_a_site_that_stops_has_written_every_view_and_each_viewer_once(serve, own_database):
    site = serve("--web=2")
    for _ in range(20):
        look(site, FIREFOX)
    for agent in ("", "curl/8.14.1", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"):
        look(site, agent)
    look(site, CHROME, "HEAD")
    tag = look(site, FIREFOX).headers["ETag"]
    assert look(site, SAFARI, **{"If-None-Match": tag}).status == 304
    assert site.stop() == 0
    assert written(own_database) == 2


@pytest.mark.long
def test_a_killed_process_loses_only_what_it_saw_in_the_last_seconds(serve, own_database):
    site = serve("--web=1")
    look(site, FIREFOX)
    eventually(lambda: written(own_database) == 1, page_views.FLUSH_SECONDS + 5)
    look(site, SAFARI)
    killed = site.one("web")
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: set(site.running("web")) - {killed})
    for agent in (FIREFOX, CHROME):
        look(site, agent)
    assert site.stop() == 0
    assert written(own_database) == 2
