"""The page cache before a site of a few lines: who is answered from it, and with what."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any

import pytest

from sparkle_site.front import asking
from tests.support.fronts import Front, Pages, run


@pytest.fixture(autouse=True)
def _few_hosts() -> Iterator[None]:
    asking._is_allowed.cache_clear()
    yield
    asking._is_allowed.cache_clear()


def test_a_page_is_made_once_and_then_kept() -> None:
    async def test(front: Front, pages: Pages) -> None:
        assert [await front.text() for _ in range(3)] == ["page 1"] * 3
        assert front.outcomes == ["miss", "hit", "hit"]

    run(test)


def test_what_is_sent_says_who_may_keep_it_and_nothing_of_the_inside() -> None:
    async def test(front: Front, pages: Pages) -> None:
        pages.headers |= {
            "x-page-view": "post:5", "x-ratelimit-remaining": "7", "x-request-id": "r", "date": "then",
            "content-length": "6", "content-language": "en",
        }  # fmt: skip
        for _ in range(2):
            _status, headers, _body = await front.get()
            assert set(headers) == {"cache-control", "vary", "content-language", "etag", "content-length"}
        pages.headers["set-cookie"] = "a=b"
        _status, headers, _body = await front.get("/other/")
        assert not {"x-page-tags", "x-page-view"} & set(headers)
        _status, headers, _body = await front.get("/other/", cookie="sessionid=1")
        assert not {"x-page-tags", "x-page-view"} & set(headers)

    run(test)


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (404, {}),
        (302, {}),
        (500, {}),
        (200, {"set-cookie": "csrftoken=1"}),
        (200, {"cache-control": "private, no-cache"}),
        (200, {"cache-control": "no-store"}),
        (200, {"content-encoding": "br"}),
        (200, {"x-page-tags": ""}),
    ],
)
def test_what_may_not_be_kept_is_made_for_each(status: int, headers: dict[str, str]) -> None:
    async def test(front: Front, pages: Pages) -> None:
        pages.status = status
        pages.headers |= headers
        seen = [await front.get() for _ in range(3)]
        assert [answer[0] for answer in seen] == [status] * 3
        assert len({answer[2] for answer in seen}) == 3

    run(test)


def test_an_answer_with_a_cookie_comes_of_the_clients_own_request() -> None:
    async def test(front: Front, pages: Pages) -> None:
        pages.headers["set-cookie"] = "csrftoken=1"
        await front.get(user_agent="Somebody", cookie="csrftoken=0")
        assert pages.last[b"cookie"] == b"csrftoken=0"

    run(test)


def test_a_very_large_page_is_sent_whole_and_not_kept() -> None:
    async def test(front: Front, pages: Pages) -> None:
        pages.body = b"x" * (1024 * 1024 + 1)
        for _ in range(2):
            assert (await front.get())[2] == pages.body
        assert front.entry() is None

    run(test)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {"cookie": "sessionid=abc"}),
        ("/", {"cookie": "a=b;  sessionid = abc"}),
        ("/", {"cookie": "messages=abc"}),
        ("/", {"authorization": "Bearer x"}),
        ("/", {"content_length": "5"}),
        ("/", {"transfer_encoding": "chunked"}),
        ("/?q=x", {}),
        ("/?page=", {}),
        ("/?page=1&page=2", {}),
        ("/?page=x", {}),
        ("/?sort=%41", {}),
        ("/?content_type=cms.postpage&token=1", {}),
        ("/api/posts", {"accept": "text/html"}),
        ("/api/posts", {"cookie": "django_language=de"}),
        ("/account/login/", {}),
        ("/de/account/login/", {}),
        ("/search/", {}),
        ("/cms/", {}),
        ("/api/me", {}),
    ],
)
def test_whoever_may_be_somebody_or_asks_for_something_else_is_left_to_django(
    path: str, headers: dict[str, str]
) -> None:
    async def test(front: Front, pages: Pages) -> None:
        await front.get()
        made = len(pages.asked)
        for _ in range(2):
            await front.get(path, **headers)
        assert len(pages.asked) == made + 2
        assert pages.asked[-1]["query_string"] == path.partition("?")[2].encode()

    run(test)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PURGE"])
def test_only_reading_is_answered_from_the_cache(method: str) -> None:
    async def test(front: Front, pages: Pages) -> None:
        await front.get()
        assert await front.get(method=method)
        assert pages.asked[-1]["method"] == method

    run(test)


def test_a_host_that_is_not_the_sites_is_left_to_django(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost", ".sparkle.example"]

    async def test(front: Front, pages: Pages) -> None:
        for host, kept in (("localhost", 1), ("fans.sparkle.example:8000", 1), ("evil.example", 2), ("", 2)):
            before = len(pages.asked)
            for _ in range(2):
                await front.get(host=host)
            assert len(pages.asked) - before == kept, host

    run(test)


@pytest.mark.parametrize(
    "headers",
    [
        {"x_forwarded_host": "evil.example"},
        {"x_forwarded_scheme": "https"},
        {"x_forwarded_port": "81"},
        {"x_original_url": "/cms/"},
        {"x_http_method_override": "POST"},
        {"x_page_tags": "nothing"},
        {"accept": "application/json"},
        {"accept_language": "de"},
        {"range": "bytes=0-1"},
        {"if_none_match": "*"},
        {"if_modified_since": "Thu, 26 Nov 2026 00:00:00 GMT"},
        {"user_agent": "Evil/1.0"},
        {"referer": "https://evil.example/"},
        {"cookie": "csrftoken=1; theme=evil; lang=x"},
        {"origin": "https://evil.example"},
        {"accept_encoding": "gzip"},
        {"content_length": "0"},
    ],
)
def test_what_does_not_tell_pages_apart_does_not_reach_the_page(headers: dict[str, str]) -> None:
    async def test(front: Front, pages: Pages) -> None:
        await front.get("/", **headers)
        assert pages.last == {b"host": b"localhost"}
        assert await front.get("/") == (200, (await front.get("/"))[1], b"page 1")
        assert len(pages.asked) == 1

    run(test)


def test_one_spelling_stands_for_a_query_in_all_its_spellings() -> None:
    async def test(front: Front, pages: Pages) -> None:
        seen = {
            await front.text(f"/latest/?{query}")
            for query in ("sort=popular&page=2", "page=2&sort=popular", "utm_source=x&page=2&sort=popular&fbclid=%ff")
        }
        assert seen == {"page 1"}
        assert pages.asked[0]["query_string"] == b"page=2&sort=popular"
        assert await front.text("/latest/?gclid=1") != await front.text("/latest/?page=3")
        assert pages.asked[1]["query_string"] == b""

    run(test)


def test_pages_that_differ_are_kept_apart() -> None:
    async def test(front: Front, pages: Pages) -> None:
        asked: list[tuple[str, dict[str, str]]] = [
            ("/", {}),
            ("//", {}),
            ("/de/", {}),
            ("/latest/", {}),
            ("/latest", {}),
            ("/latest/?page=2", {}),
            ("/", {"cookie": "theme=light"}),
            ("/", {"cookie": "theme=system"}),
            ("/", {"host": "127.0.0.1"}),
            ("/", {"host": "localhost:81"}),
            ("/api/posts", {}),
            ("/api/posts", {"accept_language": "de-AT,en;q=0.5"}),
        ]
        first = [await front.text(path, **headers) for path, headers in asked]
        assert len(set(first)) == len(asked)
        assert [await front.text(path, **headers) for path, headers in asked] == first
        assert await front.text("/", cookie="theme=dark") == first[0]
        assert await front.text("/api/posts", accept_language="de") == first[-1]

    run(test)


def test_the_page_is_made_for_the_theme_and_the_language_of_its_key() -> None:
    async def test(front: Front, pages: Pages) -> None:
        await front.get("/", cookie="csrftoken=1; theme=light")
        assert pages.last[b"cookie"] == b"theme=light"
        await front.get("/api/posts", accept_language="de-AT,fr;q=0.5", accept="*/*")
        assert pages.last == {b"host": b"localhost", b"accept-language": b"de"}

    run(test)


def test_http_and_https_are_kept_apart_where_a_proxy_tells(settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    async def test(front: Front, pages: Pages) -> None:
        secure = await front.text(x_forwarded_proto="https")
        assert pages.last[b"x-forwarded-proto"] == b"https"
        assert await front.text(x_forwarded_proto="https, http") == secure
        assert await front.text(x_forwarded_proto="evil") == await front.text(x_forwarded_proto="http") != secure
        assert pages.last[b"x-forwarded-proto"] == b"http"

    run(test)


def test_gzip_is_sent_to_those_who_take_it_with_a_tag_of_its_own() -> None:
    async def test(front: Front, pages: Pages) -> None:
        pages.body = b"words " * 1000
        _status, plain, body = await front.get()
        _status, zipped, packed = await front.get(accept_encoding="br, gzip;q=0.5")
        assert body == gzip.decompress(packed) == pages.body
        assert zipped["content-encoding"] == "gzip"
        assert int(zipped["content-length"]) == len(packed) < int(plain["content-length"]) == len(body)
        assert zipped["etag"] != plain["etag"]
        assert "content-encoding" not in (await front.get(accept_encoding="gzip;q=0, br"))[1]

    run(test)


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_what_a_client_has_already_is_not_sent_again(encoding: str) -> None:
    async def test(front: Front, pages: Pages) -> None:
        tag = (await front.get(accept_encoding=encoding))[1]["etag"]
        for seen in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            status, headers, body = await front.get(accept_encoding=encoding, if_none_match=seen)
            assert (status, body, headers["etag"], headers["vary"]) == (304, b"", tag, "Cookie")
        assert (await front.get(accept_encoding=encoding, if_none_match='"other"'))[0] == 200
        assert len(pages.asked) == 1

    run(test)


def test_head_gets_the_head_of_the_page_and_range_the_whole() -> None:
    async def test(front: Front, pages: Pages) -> None:
        _status, headers, body = await front.get(method="HEAD")
        assert (body, headers["content-length"]) == (b"", "6")
        assert pages.asked[0]["method"] == "GET"
        assert await front.text(range="bytes=0-1") == "page 1"

    run(test)
