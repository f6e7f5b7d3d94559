"""The rows of feeds."""

from __future__ import annotations

from tests.support.permission_table.rows import Row, row

SIGNED_IN = "401 200 200 200 200 200 200 200 200"
PAGE = "302 200 200 200 200 200 200 200 200"

SITE: list[Row] = [
    row("GET", "feed/<slug:kind>/", "/feed/following/", PAGE),
    row("GET", "feed/<slug:kind>/", "/feed/nothing/", "302 404 404 404 404 404 404 404 404"),
    row("GET", "feed/<slug:kind>/new/", "/feed/following/new/", "302 404 404 404 404 404 404 404 404"),
    row("GET", "account/feed/", "/account/feed/", PAGE),
    row("POST", "account/feed/", "/account/feed/", "302 302 302 302 302 302 302 302 302"),
]
API: list[Row] = [
    row("GET", "/api/me/feed", "/api/me/feed", SIGNED_IN),
    row("GET", "/api/me/feed/new", "/api/me/feed/new", "401 400 400 400 400 400 400 400 400"),
    row("GET", "/api/me/feed/preferences", "/api/me/feed/preferences", SIGNED_IN),
    row("PUT", "/api/me/feed/preferences", "/api/me/feed/preferences", SIGNED_IN, {"forYou": True}),
]
