"""The rows of the app bookmarks."""

from __future__ import annotations

from tests.support.permission_table.rows import Row, row

KEEP, SHARE = "bookmarks/<slug:kind>/<int:target_id>/", "shares/<slug:kind>/<int:target_id>/"
BOOKMARK, FOLDER = "/api/me/bookmarks/{id}", "/api/me/bookmark-folders/{id}"
OF_POST, SHARES = "/api/posts/{id}/bookmark", "/api/posts/{id}/shares"
NOBODYS = "401 404 403 403 404 404 404 404 404"
WRITERS = "401 200 403 403 200 200 200 200 200"

SITE: list[Row] = [
    row("GET", "account/bookmarks/", "/account/bookmarks/", "302 200 200 200 200 200 200 200 200"),
    row("GET", "bookmarks/", "/bookmarks/", "301"),
    row("GET", KEEP, "/bookmarks/post/{post}/", "302 200 200 200 200 200 200 200 200"),
    row("GET", KEEP, "/bookmarks/post/{binned}/", "302 404 404 404 404 404 404 404 404"),
    row("POST", KEEP, "/bookmarks/post/{post}/", "302 302 403 403 302 302 302 302 302"),
    row("GET", SHARE, "/shares/post/{post}/", "200"),
    row("GET", SHARE, "/shares/post/{draft}/", "404"),
    row("POST", SHARE, "/shares/post/{post}/", "302 302 403 403 302 302 302 302 302"),
]
API: list[Row] = [
    row("GET", "/api/me/bookmarks", "/api/me/bookmarks", "401 200 200 200 200 200 200 200 200"),
    row("PUT", BOOKMARK, "/api/me/bookmarks/0", NOBODYS, {"note": "Later"}),
    row("DELETE", BOOKMARK, "/api/me/bookmarks/0", NOBODYS),
    row("GET", "/api/me/bookmark-folders", "/api/me/bookmark-folders", "401 200 200 200 200 200 200 200 200"),
    row(
        "POST",
        "/api/me/bookmark-folders",
        "/api/me/bookmark-folders",
        "401 201 403 403 201 201 201 201 201",
        {"name": "Films"},
    ),
    row("PUT", FOLDER, "/api/me/bookmark-folders/0", NOBODYS, {"name": "Films"}),
    row("DELETE", FOLDER, "/api/me/bookmark-folders/0", NOBODYS),
    row("PUT", OF_POST, "/api/posts/{post}/bookmark", WRITERS, {}),
    row("PUT", OF_POST, "/api/posts/{draft}/bookmark", "401 200 403 403 404 404 200 404 200", {}, other=404),
    row("PUT", OF_POST, "/api/posts/{binned}/bookmark", NOBODYS, {}),
    row("DELETE", OF_POST, "/api/posts/{post}/bookmark", "401 204 403 403 204 204 204 204 204"),
    row("POST", SHARES, "/api/posts/{post}/shares", "401 201 403 403 201 201 201 201 201", {}),
    row("POST", SHARES, "/api/posts/{draft}/shares", NOBODYS, {}),
    row("DELETE", SHARES, "/api/posts/{post}/shares", "401 204 403 403 204 204 204 204 204"),
]
