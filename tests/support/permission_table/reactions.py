"""The rows of the app reactions."""

from __future__ import annotations

from tests.support.permission_table.rows import Row, row

PAGE, LIST, ONE = (
    "reactions/<slug:kind>/<int:target_id>/",
    "/api/posts/{id}/reactions",
    "/api/posts/{id}/reactions/{type}",
)
COMMENTS, COMMENT = "/api/comments/{id}/reactions", "/api/comments/{id}/reactions/{type}"

SITE: list[Row] = [
    row("GET", PAGE, "/reactions/post/{post}/", "200"),
    row("GET", PAGE, "/reactions/post/{draft}/", "404 200 404 404 404 404 200 404 200", other=404),
    row("GET", PAGE, "/reactions/post/{binned}/", "404"),
    row("GET", PAGE, "/reactions/user/{fan}/", "404"),
    row("POST", PAGE, "/reactions/post/{post}/", "302 400 403 403 400 400 400 400 400"),
    row("POST", PAGE, "/reactions/post/{draft}/", "404 400 404 404 404 404 400 404 400", other=404),
]
API: list[Row] = [
    row("GET", "/api/reaction-types", "/api/reaction-types", "200"),
    row("GET", LIST, "/api/posts/{post}/reactions", "200"),
    row("GET", LIST, "/api/posts/{draft}/reactions", "404 200 404 404 404 404 200 404 200", other=404),
    row("GET", LIST, "/api/posts/{binned}/reactions", "404"),
    row("PUT", ONE, "/api/posts/{post}/reactions/LIKE", "401 200 403 403 200 200 200 200 200"),
    row("PUT", ONE, "/api/posts/{draft}/reactions/LIKE", "401 200 403 403 404 404 200 404 200", other=404),
    row("PUT", ONE, "/api/posts/{binned}/reactions/LIKE", "401 404 403 403 404 404 404 404 404"),
    row("DELETE", ONE, "/api/posts/{post}/reactions/LIKE", "401 200 403 403 200 200 200 200 200"),
    row("DELETE", ONE, "/api/posts/{draft}/reactions/LIKE", "401 200 403 403 404 404 200 404 200", other=404),
    row("GET", COMMENTS, "/api/comments/0/reactions", "404"),
    row("PUT", COMMENT, "/api/comments/0/reactions/LIKE", "401 404 403 403 404 404 404 404 404"),
    row("DELETE", COMMENT, "/api/comments/0/reactions/LIKE", "401 404 403 403 404 404 404 404 404"),
]
