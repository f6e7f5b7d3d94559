"""The rows of the app follows."""

from __future__ import annotations

from tests.support.permission_table.rows import Row, row

_SIGNED_IN = "302 200 200 200 200 200 200 200 200"
SITE: list[Row] = [
    row("GET", r"^@(?P<username>[A-Za-z0-9_]{1,50})/followers/$", "/@creator/followers/", "200"),
    row("GET", r"^@(?P<username>[A-Za-z0-9_]{1,50})/following/$", "/@creator/following/", "200"),
    row("GET", r"^people/(?P<username>[A-Za-z0-9_]{1,50})/card/$", "/people/creator/card/", "200"),
    row("GET", r"^people/(?P<username>[A-Za-z0-9_]{1,50})/hide/$", "/people/creator/hide/", "405"),
    row("GET", r"^follow/(?P<kind>[a-z]{1,20})/(?P<number>[0-9]{1,18})/$", "/follow/user/{fan}/", _SIGNED_IN),
    row("GET", r"^account/follow-requests/$", "/account/follow-requests/", _SIGNED_IN),
    row("GET", r"^account/blocked/$", "/account/blocked/", _SIGNED_IN),
]
_WRITES = "401 {0} 403 403 {0} {0} {0} {0} {0}"
_READS = "401 200 200 200 200 200 200 200 200"
API: list[Row] = [
    row("GET", "/api/users/{username}/followers", "/api/users/creator/followers", "200"),
    row("GET", "/api/users/{username}/following", "/api/users/creator/following", "200"),
    row("GET", "/api/users/{username}/follow", "/api/users/creator/follow", _READS),
    *(
        row(method, f"/api/users/{{username}}/{act}", f"/api/users/nobody_there/{act}", statuses)
        for act, statuses in (
            ("follow", "401 404 404 404 404 404 404 404 404"),
            ("mute", _WRITES.format(404)),
            ("block", _WRITES.format(404)),
        )
        for method in ("PUT", "DELETE")
    ),
    *(
        row("PUT", f"/api/users/{{username}}/{act}", f"/api/users/new_fan/{act}", _WRITES.format(200))
        for act in ("follow", "mute", "block")
    ),
    row("GET", "/api/me/follows", "/api/me/follows", _READS),
    row("PUT", "/api/me/follows/{kind}/{id}", "/api/me/follows/series/{series}", _WRITES.format(200)),
    row(
        "PUT",
        "/api/me/follows/{kind}/{id}",
        "/api/me/follows/series/{hidden_series}",
        "401 200 403 403 404 404 200 404 200",
        other=404,
    ),
    row("DELETE", "/api/me/follows/{kind}/{id}", "/api/me/follows/series/{series}", _WRITES.format(204)),
    row("DELETE", "/api/me/followers/{username}", "/api/me/followers/creator", "401 204 403 403 204 204 204 204 204"),
    row("GET", "/api/me/follow-requests", "/api/me/follow-requests", _READS),
    row("PUT", "/api/me/follow-requests/{id}", "/api/me/follow-requests/0", _WRITES.format(404)),
    row("DELETE", "/api/me/follow-requests/{id}", "/api/me/follow-requests/0", _WRITES.format(404)),
    row("GET", "/api/me/blocks", "/api/me/blocks", _READS),
    row("GET", "/api/me/mutes", "/api/me/mutes", _READS),
    row("GET", "/api/me/suggestions", "/api/me/suggestions", _READS),
]
