"""The rows of the app comments: `{comment}` is the creator's, on the fan's post."""

from __future__ import annotations

from tests.support.permission_table.rows import Row, row

SITE: list[Row] = [
    row("GET", "comments/on/<slug:kind>/<int:target_id>/", "/comments/on/post/{post}/", "200"),
    row("GET", "comments/on/<slug:kind>/<int:target_id>/", "/comments/on/post/0/", "404"),
    row("GET", "comments/on/<slug:kind>/<int:target_id>/", "/comments/on/none/{post}/", "404"),
    row("GET", "comments/<int:comment_id>/", "/comments/{comment}/", "302"),
    row("GET", "comments/<int:comment_id>/thread/", "/comments/{comment}/thread/", "200"),
    row("GET", "comments/<int:comment_id>/reply/", "/comments/{comment}/reply/", "302 200 200 200 200 200 200 200 200"),
    row("GET", "comments/<int:comment_id>/edit/", "/comments/{comment}/edit/", "302 404 404 404 200 404 404 404 404"),
    row(
        "GET", "comments/<int:comment_id>/manage/", "/comments/{comment}/manage/", "302 200 200 200 200 200 200 200 200"
    ),
    row("GET", r"^@(?P<username>[A-Za-z0-9_]{1,50})/comments/$", "/@creator/comments/", "200"),
    row("GET", r"^@(?P<username>[A-Za-z0-9_]{1,50})/comments/$", "/@nobody/comments/", "404"),
    row("GET", "cms/…", "/cms/reports/held-comments/", "302 302 302 302 404 404 200 302 200"),
]
API: list[Row] = [
    row("GET", "/api/posts/{id}/comments", "/api/posts/{post}/comments", "200"),
    row("GET", "/api/posts/{id}/comments", "/api/posts/{binned}/comments", "404"),
    row(
        "GET",
        "/api/posts/{id}/comments",
        "/api/posts/{draft}/comments",
        "404 200 404 404 404 404 200 404 200",
        other=404,
    ),
    row(
        "POST",
        "/api/posts/{id}/comments",
        "/api/posts/{post}/comments",
        "401 201 403 403 201 201 201 201 201",
        {"content": "Hello"},
    ),
    row("GET", "/api/comments/{id}", "/api/comments/{comment}", "200"),
    row(
        "PUT",
        "/api/comments/{id}",
        "/api/comments/{comment}",
        "401 403 403 403 200 403 403 403 403",
        {"content": "Hello again"},
    ),
    row("DELETE", "/api/comments/{id}", "/api/comments/{comment}", "401 403 403 403 204 403 403 403 403"),
    row("GET", "/api/comments/{id}/replies", "/api/comments/{comment}/replies", "200"),
    row(
        "PUT", "/api/comments/{id}/pin", "/api/comments/{comment}/pin", "401 200 403 403 403 403 403 403 403", other=403
    ),
    row(
        "DELETE",
        "/api/comments/{id}/pin",
        "/api/comments/{comment}/pin",
        "401 204 403 403 403 403 403 403 403",
        other=403,
    ),
    row(
        "PUT",
        "/api/comments/{id}/lock",
        "/api/comments/{comment}/lock",
        "401 200 403 403 403 403 200 403 200",
        other=403,
    ),
    row(
        "DELETE",
        "/api/comments/{id}/lock",
        "/api/comments/{comment}/lock",
        "401 204 403 403 403 403 204 403 204",
        other=403,
    ),
    row(
        "PUT",
        "/api/comments/{id}/hiding",
        "/api/comments/{comment}/hiding",
        "401 403 403 403 403 403 204 403 204",
        {"reason": "Spam"},
    ),
    row("DELETE", "/api/comments/{id}/hiding", "/api/comments/{comment}/hiding", "401 403 403 403 403 403 404 403 404"),
    row(
        "PUT", "/api/comments/{id}/approval", "/api/comments/{comment}/approval", "401 403 403 403 403 403 404 403 404"
    ),
    row("GET", "/api/held-comments", "/api/held-comments", "401 403 403 403 403 403 200 403 200"),
    row("GET", "/api/users/{username}/posts", "/api/users/creator/posts", "200"),
    row("GET", "/api/users/{username}/comments", "/api/users/creator/comments", "200"),
]
