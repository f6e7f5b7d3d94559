"""The rows of the app moderation."""

from __future__ import annotations

from tests.support.permission_table.rows import Row, row

SITE: list[Row] = [
    row("GET", "report/<slug:kind>/<int:target_id>/", "/report/post/{post}/", "302 200 200 200 200 200 200 200 200"),
    row("GET", "report/<slug:kind>/<int:target_id>/", "/report/none/{post}/", "302 404 404 404 404 404 404 404 404"),
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
]
