"""The rows of the app moderation."""

from __future__ import annotations

from tests.support.permission_table.rows import Row, row

HIDING = "report/<slug:kind>/<int:target_id>/hiding/"
HIDES, RESTORES = "401 403 403 403 403 403 204 403 204", "401 403 403 403 403 403 404 403 404"
REASON = {"reason": "Spam"}

SITE: list[Row] = [
    row("GET", "report/<slug:kind>/<int:target_id>/", "/report/post/{post}/", "302 200 200 200 200 200 200 200 200"),
    row("GET", "report/<slug:kind>/<int:target_id>/", "/report/none/{post}/", "302 404 404 404 404 404 404 404 404"),
    row("GET", HIDING, "/report/post/{post}/hiding/", "302 404 404 404 404 404 200 404 200"),
    row("GET", HIDING, "/report/post/{draft}/hiding/", "302 404 404 404 404 404 404 404 404"),
    row("GET", HIDING, "/report/user/{fan}/hiding/", "302 404 404 404 404 404 200 404 200"),
    row("GET", HIDING, "/report/comment/{comment}/hiding/", "302 404 404 404 404 404 404 404 404"),
    row("GET", "cms/…", "/cms/reports/open/", "302 302 302 302 404 404 200 302 200"),
]
API: list[Row] = [
    row(
        "POST",
        "/api/reports",
        "/api/reports",
        "401 403 403 403 201 201 201 201 201",
        {"targetKind": "post", "targetId": "{post}", "reason": "spam"},
        other=201,
    ),
    row("PUT", "/api/posts/{id}/hiding", "/api/posts/{post}/hiding", HIDES, REASON),
    row("DELETE", "/api/posts/{id}/hiding", "/api/posts/{post}/hiding", RESTORES),
    row("PUT", "/api/users/{username}/hiding", "/api/users/creator/hiding", HIDES, REASON),
    row("DELETE", "/api/users/{username}/hiding", "/api/users/creator/hiding", RESTORES),
]
