"""The rows of the app polls: `{asked}` is a live post of the fan with a poll, the others have none."""

from __future__ import annotations

from tests.support.permission_table.rows import Row, row

PAGE, VOTES = "polls/<slug:kind>/<int:target_id>/", "/api/posts/{id}/poll/votes"
NO_ANSWER = {"optionIds": ["0"]}

SITE: list[Row] = [
    row("GET", PAGE, "/polls/post/{asked}/", "302"),
    row("GET", PAGE, "/polls/post/{post}/", "404"),
    row("GET", PAGE, "/polls/post/{draft}/", "404"),
    row("GET", PAGE, "/polls/user/{fan}/", "404"),
    row("POST", PAGE, "/polls/post/{asked}/", "302 302 403 403 302 302 302 302 302"),
    row("POST", PAGE, "/polls/post/{draft}/", "404"),
]
API: list[Row] = [
    row("GET", VOTES, "/api/posts/{asked}/poll/votes", "200"),
    row("GET", VOTES, "/api/posts/{post}/poll/votes", "404"),
    row("GET", VOTES, "/api/posts/{draft}/poll/votes", "404"),
    row("PUT", VOTES, "/api/posts/{asked}/poll/votes", "401 400 403 403 400 400 400 400 400", NO_ANSWER),
    row("PUT", VOTES, "/api/posts/{draft}/poll/votes", "401 404 403 403 404 404 404 404 404", NO_ANSWER),
    row("DELETE", VOTES, "/api/posts/{asked}/poll/votes", "401 200 403 403 200 200 200 200 200"),
    row("DELETE", VOTES, "/api/posts/{draft}/poll/votes", "401 404 403 403 404 404 404 404 404"),
]
