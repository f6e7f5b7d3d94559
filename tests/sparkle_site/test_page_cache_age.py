"""The page cache before a site of a few lines: when a page is made anew, how often, and how much is kept."""

from __future__ import annotations

import asyncio
from typing import Any

from community.core import generations
from sparkle_site.front.entries import NEW_FOR, STALE_FOR
from tests.support.fronts import Front, Pages, another, run


def test_a_bump_makes_a_page_old_for_everybody_and_every_process() -> None:
    async def test(front: Front, pages: Pages) -> None:
        async with another(pages) as second:
            assert {await front.text(), await second.text()} == {"page 1"}
            for tag in ("site", "post:5"):
                await asyncio.to_thread(generations.bump_now, tag)
                for process in (front, second):
                    await process.learns()
                expected = f"page {len(pages.asked) + 1}"
                assert {await front.text(), await second.text()} == {expected}
            await asyncio.to_thread(generations.bump_now, "post:6")
            await front.learns()
            assert await front.text() == "page 3"

    run(test)


def test_a_bump_is_known_within_a_second_and_a_half() -> None:
    async def test(front: Front, pages: Pages) -> None:
        await front.text()
        await asyncio.to_thread(generations.bump_now, "site")
        for _ in range(15):
            await asyncio.sleep(0.1)
            seen = await front.text()
        assert seen == "page 2"

    run(test)


def test_a_page_that_was_made_while_something_changed_is_not_kept() -> None:
    async def test(front: Front, pages: Pages) -> None:
        pages.gate = asyncio.Event()
        making = asyncio.create_task(front.text())
        while not pages.asked:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(generations.bump_now, "post:5")
        pages.gate.set()
        assert await making == "page 1"
        await asyncio.sleep(1.1)  # those who came while it was made may still get it
        assert await front.text() == "page 2"

    run(test)


def test_a_hundred_who_wait_get_one_page() -> None:
    async def test(front: Front, pages: Pages) -> None:
        async with another(pages) as second:
            pages.gate = asyncio.Event()
            clients = [asyncio.create_task(process.text()) for process in (front, second) for _ in range(100)]
            await asyncio.sleep(0.2)
            assert len(pages.asked) <= 2
            pages.gate.set()
            assert len(set(await asyncio.gather(*clients))) <= 2
            assert len(pages.asked) <= 2

    run(test)


def test_those_who_wait_for_a_page_that_may_not_be_kept_ask_for_themselves() -> None:
    async def test(front: Front, pages: Pages) -> None:
        pages.gate, pages.status = asyncio.Event(), 500
        clients = [asyncio.create_task(front.get()) for _ in range(5)]
        await asyncio.sleep(0.1)
        assert len(pages.asked) == 1
        pages.gate.set()
        assert [answer[0] for answer in await asyncio.gather(*clients)] == [500] * 5
        assert len(pages.asked) == 5

    run(test)


def test_an_old_page_is_shown_while_one_makes_it_anew_but_not_for_long() -> None:
    async def test(front: Front, pages: Pages) -> None:
        await front.text()
        for age, expected in ((NEW_FOR + 1, "page 1"), (NEW_FOR + STALE_FOR + 1, "page 3")):
            await front.cache.shared._client().flushdb()
            await front.learns()
            await front.text("/warm/")
            entry = front.entry() or await front.text()
            entry.generations = {"site": front.cache.freshness.known["site"]}
            entry.checked = None
            entry.made_at -= age
            seen = await front.text()
            assert seen == expected if expected == "page 1" else seen not in ("page 1", "page 2")
            await asyncio.sleep(0.2)
            assert await front.text() != "page 1"

    run(test)


def test_what_an_emptied_redis_has_forgotten_comes_never_back() -> None:
    async def test(front: Front, pages: Pages) -> None:
        await front.text()
        await front.cache.shared._client().flushdb()
        await front.learns()
        assert await front.text() == "page 2"

    run(test)


def test_without_redis_every_page_is_made_anew(tmp_path: Any) -> None:
    async def test(front: Front, pages: Pages) -> None:
        async with another(pages, url=f"unix://{tmp_path}/nobody.sock") as alone:
            assert await alone.text() != await alone.text()
            _status, headers, _body = await alone.get()
            assert "x-page-tags" not in headers

    run(test)


def test_what_was_made_before_redis_went_away_is_not_shown_after() -> None:
    async def test(front: Front, pages: Pages) -> None:
        await front.text()
        url, front.cache.shared.url = front.cache.shared.url, "unix:///nowhere/nobody.sock"
        await front.cache.shared.close()
        await front.learns()
        assert await front.text() == "page 2"
        front.cache.shared.url = url
        await front.cache.shared.close()
        await front.learns()
        assert await front.text() == "page 3"

    run(test)


def test_memory_holds_as_much_as_it_may_and_what_was_used_last() -> None:
    async def test(front: Front, pages: Pages) -> None:
        async with another(pages, megabytes=1) as small:
            pages.body = bytes(range(256)) * 1000
            for number in range(20):
                await small.get("/first/")
                await small.get(f"/{number}/")
            assert small.cache.memory.bytes <= 1024 * 1024
            assert small.entry("/first/") is not None
            assert small.entry("/0/") is None

    run(test)


def test_a_cache_of_no_size_keeps_nothing_and_still_tells_nothing() -> None:
    async def test(front: Front, pages: Pages) -> None:
        async with another(pages, megabytes=0) as off:
            assert await off.text() != await off.text()
            assert "x-page-tags" not in (await off.get())[1]

    run(test)


def test_each_view_is_told_whether_the_page_was_kept_or_not() -> None:
    async def test(front: Front, pages: Pages) -> None:
        pages.headers["x-page-view"] = "post:5"
        for headers in ({}, {}, {"cookie": "sessionid=1"}):
            await front.get(**headers)
        assert front.views == ["post:5"] * 3
        await front.get(method="HEAD")
        pages.status = 404
        await front.get(cookie="sessionid=1")
        assert front.views == ["post:5"] * 3

    run(test)
