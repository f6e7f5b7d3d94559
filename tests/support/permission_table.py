"""Who gets which answer where: every route of the site and of the API, for every role.

A row has the route as the site declares it (an operation as the OpenAPI document names it), the address
that is asked, and the status for each of ROLES, or one for all. `{post}` and `{draft}` are a live post and a
draft of the fan, `{binned}` is the fan's and lies in the bin, `{section_post}` is the editor's. A route may
have several rows; one whose route ends in "…" stands for everything below it.
"""

from __future__ import annotations

import dataclasses
from typing import Any

ROLES = (
    "guest",
    "fan",
    "new_fan",
    "suspended",
    "creator",
    "verified_creator",
    "moderator",
    "editor",
    "admin",
)


#: Asked where the answer is the same for all.
SOME_ROLES = ("guest", "suspended", "admin")


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table; `body` is sent as JSON to the API."""

    method: str
    route: str
    address: str
    statuses: dict[str, int]
    body: Any = None


def row(method: str, route: str, address: str, statuses: str, body: Any = None) -> Row:
    """A row from one status for all roles, or from one for each in the order of ROLES."""
    numbers = tuple(int(number) for number in statuses.split())
    if len(numbers) not in (1, len(ROLES)):
        raise ValueError(f"{method} {route}: {len(numbers)} statuses for {len(ROLES)} roles")
    if len(numbers) == 1:
        return Row(method, route, address, dict.fromkeys(SOME_ROLES, numbers[0]), body)
    return Row(method, route, address, dict(zip(ROLES, numbers, strict=True)), body)


TYPES = "cms/reports/page-types-usage"
SITE = [
    # Machines
    row("GET", "healthz", "/healthz", "200"),
    row("GET", "readyz", "/readyz", "200"),
    row("GET", "metrics", "/metrics", "404"),
    row("GET", "robots.txt", "/robots.txt", "200"),
    row("GET", "favicon.ico", "/favicon.ico", "302"),
    row("GET", "sitemap.xml", "/sitemap.xml", "200"),
    row("GET", "service-worker.js", "/service-worker.js", "200"),
    row("GET", "manifest.webmanifest", "/manifest.webmanifest", "200"),
    row("GET", r"^media/(?P<path>.*)$", "/media/none.png", "404"),
    # Pages
    row("GET", r"^((?:[\w\-]+/)*)$", "/", "200"),
    row("GET", r"^((?:[\w\-]+/)*)$", "/creators/", "200"),
    row("GET", r"^((?:[\w\-]+/)*)$", "/creators/fan/", "200"),
    row("GET", r"^((?:[\w\-]+/)*)$", "/creators/fan/{post_slug}/", "200"),
    row("GET", r"^((?:[\w\-]+/)*)$", "/creators/fan/{draft_slug}/", "404"),
    row("GET", r"^((?:[\w\-]+/)*)$", "/{section}/", "200"),
    row("GET", "latest/", "/latest/", "200"),
    row("GET", "categories/<str:slug>/", "/categories/{category}/", "200"),
    row("GET", "tags/<str:slug>/", "/tags/{tag}/", "200"),
    row("GET", "search/", "/search/?q=seen", "200"),
    row("GET", "offline/", "/offline/", "200"),
    row("GET", r"^@(?P<username>[A-Za-z0-9_]{1,50})/$", "/@moderator/", "200"),
    row("GET", r"^@(?P<username>[A-Za-z0-9_]{1,50})/$", "/@creator/", "302"),
    row("GET", r"^@(?P<username>[A-Za-z0-9_]{1,50})/$", "/@fan/", "302"),
    row("GET", "documents/…", "/documents/{document}", "200"),
    row("GET", r"^api-docs/?\Z", "/api-docs", "200"),
    # Kept mail and the styleguide: development and the demonstration only
    row("GET", "dev/mail/", "/dev/mail/", "200"),
    row("GET", "dev/mail/<str:name>", "/dev/mail/none.log", "404"),
    row("GET", "styleguide/", "/styleguide/", "200"),
    # The admins
    row("GET", "cms/…", "/cms/", "302 302 302 302 302 302 302 200 200"),
    row("GET", "cms/…", "/cms/pages/{post}/edit/", "302 302 302 302 404 404 302 302 200"),
    row("GET", "cms/…", "/cms/pages/{section_post}/edit/", "302 302 302 302 404 404 302 200 200"),
    row("GET", "cms/…", "/cms/posts/", "302 302 302 302 200 200 302 200 200"),
    row("GET", "cms/…", "/cms/pages/{section_post}/edit/preview/", "302 302 302 302 404 404 302 200 200"),
    row("GET", "cms/…", "/cms/snippets/cms/announcement/preview/", "302 302 302 302 404 404 302 200 200"),
    row(
        "GET", "cms/reports/page-types-usage/", "/cms/reports/page-types-usage/", "302 302 302 302 404 404 302 200 200"
    ),
    row(
        "GET",
        "cms/reports/page-types-usage/results/",
        "/cms/reports/page-types-usage/results/",
        "302 302 302 302 404 404 302 200 200",
    ),
    row("GET", "cms/…", "/cms/reports/videos/", "302 302 302 302 404 404 302 302 200"),
    row("GET", "cms/…", "/cms/snippets/cms/category/", "302 302 302 302 404 404 302 200 200"),
    row("GET", "cms/…", "/cms/snippets/cms/announcement/", "302 302 302 302 404 404 302 200 200"),
    row("GET", "cms/…", "/cms/settings/cms/siteframe/", "302"),
    row("GET", "cms/…", "/cms/joining/", "302 302 302 302 302 302 302 302 200"),
    row("GET", "cms/…", "/cms/write/", "302"),
    row("GET", "cms/…", "/cms/write-series/", "302"),
    row("GET", "cms/tag-autocomplete/", "/cms/tag-autocomplete/?term=a", "302 302 302 302 200 200 302 200 200"),
    row("GET", "cms/…", "/cms/choose-page/", "302 302 302 302 200 200 302 200 200"),
    row("GET", "cms/…", "/cms/api/main/pages/", "302 302 302 302 404 404 302 200 200"),
    row("GET", "cms/…", "/cms/reports/site-history/", "302 302 302 302 404 404 302 200 200"),
    row("GET", "cms/…", "/cms/images/", "302 302 302 302 200 200 302 200 200"),
    row("GET", "cms/…", "/cms/users/", "302 302 302 302 404 404 302 302 200"),
    row("GET", "cms/login/", "/cms/login/", "302 403 403 403 302 302 403 302 302"),
    row("GET", "cms/logout/", "/cms/logout/", "302"),
    row("GET", "django-admin/…", "/django-admin/", "302"),
    row("GET", "django-admin/…", "/django-admin/login/", "302 403 403 403 403 403 403 403 403"),
    row("GET", "_util/…", "/_util/login/", "302"),
    # Accounts, by allauth
    row("GET", "_allauth/…", "/_allauth/browser/v1/config", "200"),
    row("GET", "_allauth/…", "/_allauth/browser/v1/auth/session", "401 200 200 200 200 200 200 200 200"),
    row("GET", "account/login/", "/account/login/", "200 302 302 302 302 302 302 302 302"),
    row("GET", "account/logout/", "/account/logout/", "302 200 200 200 200 200 200 200 200"),
    row("GET", "account/inactive/", "/account/inactive/", "200"),
    row("GET", "account/signup/", "/account/signup/", "200 302 302 302 302 302 302 302 302"),
    row("GET", "account/reauthenticate/", "/account/reauthenticate/", "302 200 200 200 200 200 200 200 200"),
    row("GET", "account/email/", "/account/email/", "302 200 200 200 200 200 200 200 200"),
    row("GET", "account/confirm-email/", "/account/confirm-email/", "302"),
    row("GET", "account/password/…", "/account/password/change/", "302 200 200 200 200 200 200 200 200"),
    row("GET", "account/password/…", "/account/password/set/", "302"),
    row("GET", "account/password/…", "/account/password/reset/", "200"),
    row("GET", "account/password/…", "/account/password/reset/confirm/", "302"),
    row("GET", "account/password/choose/<uidb64>/<token>/", "/account/password/choose/MQ/none/", "200"),
    row("GET", "account/login/code/confirm/", "/account/login/code/confirm/", "302"),
    row("GET", "account/2fa/…", "/account/2fa/", "302 200 200 200 200 200 200 200 200"),
    row("GET", "account/2fa/…", "/account/2fa/authenticate/", "302"),
    row("GET", "account/2fa/…", "/account/2fa/totp/activate/", "302"),
    row("GET", "account/2fa/…", "/account/2fa/recovery-codes/", "302 404 404 404 404 404 404 404 404"),
    row("GET", "account/2fa/…", "/account/2fa/totp/deactivate/", "302 404 404 404 404 404 404 404 404"),
    row("GET", "account/2fa/…", "/account/2fa/webauthn/", "302 200 200 200 200 200 200 200 200"),
    row("GET", "account/2fa/…", "/account/2fa/webauthn/add/", "302"),
    row("GET", "account/2fa/…", "/account/2fa/webauthn/keys/1/remove/", "302 404 404 404 404 404 404 404 404"),
    row("GET", "account/2fa/…", "/account/2fa/webauthn/keys/1/edit/", "302"),
    row("GET", "account/2fa/…", "/account/2fa/recovery-codes/generate/", "302"),
    row("GET", "account/2fa/…", "/account/2fa/recovery-codes/download/", "404"),
    row("GET", "account/3rdparty/…", "/account/3rdparty/", "302"),
    row("GET", "account/identities/", "/account/identities/", "302 200 200 200 200 200 200 200 200"),
    row("GET", "account/google/…", "/account/google/login/", "404"),
    row("GET", "account/google/…", "/account/google/login/callback/", "404"),
    row("GET", "account/google/…", "/account/google/login/token/", "404"),
    row("GET", "account/github/…", "/account/github/login/", "404"),
    row("GET", "account/github/…", "/account/github/login/callback/", "404"),
    row("GET", "account/3rdparty/…", "/account/3rdparty/signup/", "302"),
    row("GET", "account/3rdparty/…", "/account/3rdparty/login/error/", "401"),
    row("GET", "account/social/…", "/account/social/connections/", "301"),
    row("GET", "account/sessions/", "/account/sessions/", "302 200 200 200 200 200 200 200 200"),
    row("GET", "account/profile/", "/account/profile/", "302 200 200 200 200 200 200 200 200"),
    row("GET", "account/username/", "/account/username/", "302 200 200 200 200 200 200 200 200"),
    row("GET", "account/tokens/", "/account/tokens/", "302 200 200 200 200 200 200 200 200"),
    row("GET", "account/security/", "/account/security/", "302 200 200 200 200 200 200 200 200"),
    row("GET", "account/email/undo/<str:token>/", "/account/email/undo/none/", "404"),
    row("GET", "account/privacy/", "/account/privacy/", "302 200 200 200 200 200 200 200 200"),
    row("GET", "account/export/", "/account/export/", "302 200 200 200 200 200 200 200 200"),
    row("GET", "account/export/download/", "/account/export/download/", "302"),
    row("GET", "account/delete/", "/account/delete/", "302 200 200 200 200 200 200 200 200"),
    row("GET", "account/terms/", "/account/terms/", "302 200 200 200 200 200 200 200 200"),
    row("GET", "account/referrals/", "/account/referrals/", "302 200 200 200 200 200 200 200 200"),
    row("GET", r"^join/(?P<code>[A-Za-z0-9]{1,16})/$", "/join/NOTHING1/", "302"),
    row("GET", "account/suspended/", "/account/suspended/", "302 302 302 200 302 302 302 302 302"),
]

API = [
    row("POST", "/api/auth/login", "/api/auth/login", "200", {"email": "{email}", "password": "{password}"}),
    row("POST", "/api/auth/logout", "/api/auth/logout", "401 204 204 204 204 204 204 204 204"),
    row("POST", "/api/auth/register", "/api/auth/register", "400", {}),
    row("POST", "/api/auth/password-strength", "/api/auth/password-strength", "200", {"password": "{password}"}),
    row("POST", "/api/auth/verify", "/api/auth/verify", "401", {"challenge": "none", "code": "123456"}),
    row("POST", "/api/auth/resend", "/api/auth/resend", "401", {"challenge": "none"}),
    row("POST", "/api/auth/password-reset", "/api/auth/password-reset", "400", {}),
    row(
        "POST",
        "/api/auth/password-reset/confirm",
        "/api/auth/password-reset/confirm",
        "401",
        {"challenge": "none", "code": "123456", "password": "{password}"},
    ),
    row("GET", "/api/me/terms", "/api/me/terms", "401 200 200 200 200 200 200 200 200"),
    row("PUT", "/api/me/terms", "/api/me/terms", "401 200 200 200 200 200 200 200 200", {"agreeToTerms": True}),
    row("GET", "/api/me/referrals/people", "/api/me/referrals/people", "401 200 200 200 200 200 200 200 200"),
    row("GET", "/api/me/referrals", "/api/me/referrals", "401 200 200 200 200 200 200 200 200"),
    row("POST", "/api/auth/refresh", "/api/auth/refresh", "401", {"refreshToken": "none"}),
    row("GET", "/api/auth/two-factor", "/api/auth/two-factor", "401 200 200 200 200 200 200 200 200"),
    row("POST", "/api/auth/two-factor", "/api/auth/two-factor", "401", {"challenge": "none", "code": "123456"}),
    row("POST", "/api/auth/two-factor/setup", "/api/auth/two-factor/setup", "401 400 400 400 400 400 400 400 400", {}),
    row(
        "PUT",
        "/api/auth/two-factor/setup",
        "/api/auth/two-factor/setup",
        "401 400 403 403 400 400 400 400 400",
        {"token": "none", "code": "123456"},
    ),
    row(
        "POST",
        "/api/auth/two-factor/removal",
        "/api/auth/two-factor/removal",
        "401 404 404 404 404 404 404 404 404",
        {"code": "123456"},
    ),
    row("GET", "/api/auth/recovery-codes", "/api/auth/recovery-codes", "401 200 200 200 200 200 200 200 200"),
    row(
        "POST",
        "/api/auth/recovery-codes",
        "/api/auth/recovery-codes",
        "401 409 409 409 409 409 409 409 409",
        {"code": "123456"},
    ),
    row("GET", "/api/auth/passkeys", "/api/auth/passkeys", "401 200 200 200 200 200 200 200 200"),
    row("GET", "/api/me/login-history", "/api/me/login-history", "401 200 200 200 200 200 200 200 200"),
    row("GET", "/api/me/security-alerts", "/api/me/security-alerts", "401 200 200 200 200 200 200 200 200"),
    row(
        "PUT",
        "/api/me/security-alerts/{id}/answer",
        "/api/me/security-alerts/0/answer",
        "401 404 404 404 404 404 404 404 404",
        {"answer": "me"},
    ),
    row("GET", "/api/me", "/api/me", "401 200 200 200 200 200 200 200 200"),
    # The table sends JSON: who may, hears that a form is wanted.
    row("PUT", "/api/me/avatar", "/api/me/avatar", "401 415 415 415 415 415 415 415 415", {}),
    row("DELETE", "/api/me/avatar", "/api/me/avatar", "401 204 403 403 204 204 204 204 204"),
    row("GET", "/api/me/sessions", "/api/me/sessions", "401 200 200 200 200 200 200 200 200"),
    row("DELETE", "/api/me/sessions", "/api/me/sessions", "401 204 204 204 204 204 204 204 204"),
    row("DELETE", "/api/me/sessions/{id}", "/api/me/sessions/0", "401 404 404 404 404 404 404 404 404"),
    row("GET", "/api/me/tokens", "/api/me/tokens", "401 200 200 200 200 200 200 200 200"),
    row(
        "POST",
        "/api/me/tokens",
        "/api/me/tokens",
        "401 201 403 403 201 201 201 201 201",
        {"name": "Script", "scopes": ["read"]},
    ),
    row("DELETE", "/api/me/tokens/{id}", "/api/me/tokens/0", "401 404 404 404 404 404 404 404 404"),
    row("GET", "/api/me/identities", "/api/me/identities", "401 200 200 200 200 200 200 200 200"),
    row("DELETE", "/api/me/identities/{id}", "/api/me/identities/0", "401 404 404 404 404 404 404 404 404", {}),
    row("GET", "/api/me/export", "/api/me/export", "401 200 200 200 200 200 200 200 200"),
    row("POST", "/api/me/export", "/api/me/export", "401 202 202 202 202 202 202 202 202"),
    row("GET", "/api/me/deletion", "/api/me/deletion", "401 200 200 200 200 200 200 200 200"),
    row("POST", "/api/me/deletion", "/api/me/deletion", "401 400 400 400 400 400 400 400 400", {}),
    row("DELETE", "/api/me/deletion", "/api/me/deletion", "401 404 404 404 404 404 404 404 404"),
    row("PUT", "/api/me", "/api/me", "401 200 403 403 200 200 200 200 200", {"location": "Berlin"}),
    row("PATCH", "/api/me", "/api/me", "401 200 403 403 200 200 200 200 200", {"location": "Bonn"}),
    row("PUT", "/api/me/username", "/api/me/username", "401 400 400 400 400 400 400 400 400", {"username": "ada"}),
    row("GET", "/api/users", "/api/users?q=fan", "200"),
    row("GET", "/api/users", "/api/users?status=BANNED", "403 403 403 403 403 403 200 403 200"),
    row("GET", "/api/users/availability", "/api/users/availability?username=brand_new", "200"),
    row("GET", "/api/users/{username}", "/api/users/creator", "200"),
    row("GET", "/api/posts", "/api/posts", "200"),
    row(
        "POST",
        "/api/posts",
        "/api/posts",
        "401 201 403 403 201 201 201 201 201",
        {"title": "New", "content": "<p>Words</p>"},
    ),
    row("GET", "/api/posts/{id}", "/api/posts/{post}", "200"),
    row("GET", "/api/posts/{id}", "/api/posts/{draft}", "404 200 404 404 404 404 200 404 200"),
    row("GET", "/api/posts/{id}", "/api/posts/{binned}", "404"),
    row(
        "PUT",
        "/api/posts/{id}",
        "/api/posts/{post}",
        "401 200 403 403 403 403 403 403 200",
        {"title": "Changed"},
    ),
    row(
        "PUT",
        "/api/posts/{id}",
        "/api/posts/{draft}",
        "401 200 404 404 404 404 403 404 200",
        {"title": "Changed"},
    ),
    row(
        "PUT",
        "/api/posts/{id}",
        "/api/posts/{binned}",
        "401 404 404 404 404 404 404 404 404",
        {"title": "Changed"},
    ),
    row(
        "PUT",
        "/api/posts/{id}",
        "/api/posts/{section_post}",
        "401 403 403 403 403 403 403 200 200",
        {"title": "Changed"},
    ),
    row("DELETE", "/api/posts/{id}", "/api/posts/{post}", "401 204 403 403 403 403 204 403 204"),
    row("DELETE", "/api/posts/{id}", "/api/posts/{draft}", "401 204 404 404 404 404 204 404 204"),
    row("DELETE", "/api/posts/{id}", "/api/posts/{binned}", "401 404 404 404 404 404 404 404 404"),
    row(
        "POST",
        "/api/posts/{id}/restoration",
        "/api/posts/{binned}/restoration",
        "401 200 404 404 404 404 200 404 200",
    ),
    row("POST", "/api/posts/{id}/restoration", "/api/posts/{post}/restoration", "401 404 404 404 404 404 404 404 404"),
    row("GET", "/api/series", "/api/series", "200"),
    row("GET", "/api/series/{id}", "/api/series/{series}", "200"),
    row("GET", "/api/series/{id}", "/api/series/{hidden_series}", "404 200 404 404 404 404 200 404 200"),
    row("POST", "/api/series", "/api/series", "401 403 403 403 403 201 201 403 201", {"title": "New"}),
    row(
        "PATCH",
        "/api/series/{id}",
        "/api/series/{series}",
        "401 200 403 403 403 403 403 403 200",
        {"title": "Changed"},
    ),
    row(
        "PATCH",
        "/api/series/{id}",
        "/api/series/{hidden_series}",
        "401 200 404 404 404 404 403 404 200",
        {"title": "Changed"},
    ),
    row("DELETE", "/api/series/{id}", "/api/series/{series}", "401 204 403 403 403 403 204 403 204"),
    row("DELETE", "/api/series/{id}", "/api/series/{hidden_series}", "401 204 404 404 404 404 204 404 204"),
    row("GET", "/api/series/{id}/parts", "/api/series/{series}/parts", "200"),
    row("GET", "/api/series/{id}/parts", "/api/series/{hidden_series}/parts", "404 200 404 404 404 404 200 404 200"),
    row(
        "PUT",
        "/api/series/{id}/parts",
        "/api/series/{series}/parts",
        "401 200 403 403 403 403 403 403 200",
        {"posts": ["{post}"]},
    ),
    row("GET", "/api/me/series", "/api/me/series", "401 200 200 200 200 200 200 200 200"),
    row("GET", "/api/me/bin", "/api/me/bin", "401 200 200 200 200 200 200 200 200"),
    row("GET", "/api/categories", "/api/categories", "200"),
    row("GET", "/api/tags", "/api/tags", "200"),
    row("GET", "/api/search", "/api/search?q=seen", "200"),
    row("GET", "/api/search/suggestions", "/api/search/suggestions?q=se", "200"),
    row("GET", "/api/site", "/api/site", "200"),
    row("GET", "/api/menus", "/api/menus", "200"),
    row("GET", "/api/announcements", "/api/announcements", "200"),
    row("GET", "/api/admin/jobs", "/api/admin/jobs", "401 403 403 403 403 403 403 403 200"),
    row(
        "POST",
        "/api/admin/jobs",
        "/api/admin/jobs",
        "401 403 403 403 403 403 403 403 202",
        {"queue": "cleanup", "job": "bin"},
    ),
    row("GET", "/api/admin/jobs/ledger", "/api/admin/jobs/ledger", "401 403 403 403 403 403 403 403 200"),
    row("GET", "/api/admin/jobs/{id}", "/api/admin/jobs/0", "401 403 403 403 403 403 403 403 404"),
    row("DELETE", "/api/admin/jobs/{id}", "/api/admin/jobs/0", "401 403 403 403 403 403 403 403 404"),
    row("POST", "/api/admin/jobs/{id}/retry", "/api/admin/jobs/0/retry", "401 403 403 403 403 403 403 403 404"),
    row("GET", "/api/admin/jobs/queues/{queue}", "/api/admin/jobs/queues/media", "401 403 403 403 403 403 403 403 200"),
    row(
        "PUT",
        "/api/admin/jobs/queues/{queue}",
        "/api/admin/jobs/queues/media",
        "401 403 403 403 403 403 403 403 200",
        {"paused": True},
    ),
]
