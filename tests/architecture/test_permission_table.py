"""Every route answers every role as tests/support/permission_table says, and none is missing there."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, path

from cms import services
from cms.models import CustomDocument
from community.accounts.choices import Scope
from community.accounts.models import User
from community.accounts.services import make_token
from community.comments.services import add_comment
from tests.factories import PASSWORD, Cast, make_category, make_post, make_section, make_series
from tests.support.openapi import SITE_API, CheckedClient, documented
from tests.support.permission_table import API, OTHER, READ_TOKEN, ROLES, SITE, Row
from tests.support.permission_table import row as permission_row
from tests.support.polling import post_with_poll

#: Routes that the OpenAPI document stands for, and the API's own catch-all.
DOCUMENTED = ("api/", "^api(?:/")


def site_routes(patterns: Iterable[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Each route below `patterns`, as declared; without those of the API."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from site_routes(pattern.url_patterns, route)
        elif not route.startswith(DOCUMENTED):
            yield route


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Method and path of each operation of an OpenAPI document."""
    for address, found in document["paths"].items():
        for method in found:
            yield method.upper(), address


def routes_without_row(routes: Iterable[str], table: Iterable[Row]) -> list[str]:
    """Routes that neither have a row nor lie below one that ends in "…"."""
    known = {row.route for row in table}
    prefixes = tuple(route.removesuffix("…") for route in known if route.endswith("…"))
    return [route for route in routes if route not in known and not route.startswith(prefixes)]


def test_every_route_of_the_site_has_a_row() -> None:
    assert routes_without_row(site_routes(get_resolver().url_patterns), SITE) == []


def test_every_operation_of_the_api_has_a_row() -> None:
    rows = {(row.method, row.route) for row in API}
    assert [found for found in operations(documented(SITE_API).document) if found not in rows] == []


def test_a_planted_route_without_row_is_found() -> None:
    planted = [*get_resolver().url_patterns, path("planted/", lambda request: None)]
    assert "planted/" in routes_without_row(site_routes(planted), SITE)


def test_no_row_speaks_of_a_route_that_is_not_there() -> None:
    routes = list(site_routes(get_resolver().url_patterns))
    for row in SITE:
        start = row.route.removesuffix("…")
        assert row.route in routes or (start != row.route and any(route.startswith(start) for route in routes))
    assert {(row.method, row.route) for row in API} <= set(operations(documented(SITE_API).document))


class World:
    """The people and things the addresses of the table speak of."""

    def __init__(self, cast: Cast) -> None:
        self.people: dict[str, User | None] = {role: None if role == "guest" else getattr(cast, role) for role in ROLES}
        self.people[OTHER] = cast.other_fan
        self.key = make_token(actor=cast.fan, name="Script", scopes=[Scope.READ], days=7)[1]
        category = make_category("Films", slug="films")
        post = make_post(cast.fan, "Seen", category=category, tags=["stars"])
        draft = make_post(cast.fan, "Unseen", published=False)
        section = make_section("News")
        section_post = make_post(cast.editor, "From the desk", parent=section)
        asked = post_with_poll(cast.fan)
        binned = make_post(cast.fan, "Gone")
        services.delete_post(actor=cast.fan, post=binned)
        series = make_series(cast.fan, "Walks")
        document = CustomDocument.objects.create(title="Rules", file=ContentFile(b"Be kind.", "rules.txt"))
        document.file.close()
        self.names = {
            "post": post.pk,
            "post_slug": post.slug,
            "draft": draft.pk,
            "draft_slug": draft.slug,
            "asked": asked.pk,
            "binned": binned.pk,
            "section": section.slug,
            "section_post": section_post.pk,
            "series": series.pk,
            "hidden_series": make_series(cast.fan, "Not yet", live=False).pk,
            "comment": self._comment(cast, post.pk),
            "document": f"{document.pk}/{document.filename}",
            "category": category.slug,
            "tag": "stars",
            "fan": cast.fan.pk,
            "email": cast.fan.email,
            "password": PASSWORD,
        }

    def _comment(self, cast: Cast, post_id: int) -> int:
        return add_comment(actor=cast.creator, target_kind="post", target_id=post_id, content="Seen.").pk

    def fill(self, value: Any) -> Any:
        """`value` with the names in braces filled in, also inside lists and objects."""
        if isinstance(value, str):
            return value.format(**self.names)
        if isinstance(value, dict):
            return {name: self.fill(part) for name, part in value.items()}
        if isinstance(value, list):
            return [self.fill(part) for part in value]
        return value


@pytest.fixture
def ask(
    cast: Cast, client: CheckedClient, client_for: Callable[[Any], CheckedClient], settings: Any
) -> Callable[[Row, str], int]:
    """Asks for a row as a role; what the answer changed in the database is taken back."""
    settings.RATE_LIMIT_SCALE = 10_000
    world = World(cast)
    cookies = {role: client_for(person).cookies for role, person in world.people.items()}
    cookies[READ_TOKEN] = cookies["guest"]

    def status(row: Row, role: str) -> int:
        client.cookies = copy.deepcopy(cookies[role])
        headers = {"Authorization": f"Bearer {world.key}"} if role == READ_TOKEN else {}
        body = b"" if row.body is None else json.dumps(world.fill(row.body)).encode()
        with transaction.atomic():
            response = client.generic(row.method, world.fill(row.address), body, "application/json", headers=headers)
            if response.streaming:
                b"".join(response.streaming_content)
            transaction.set_rollback(True)
        return response.status_code

    return status


@pytest.mark.timeout(300)
@pytest.mark.django_db
@pytest.mark.parametrize("part", ["site", "api"])
def test_every_answer_is_the_one_of_the_table(part: str, ask: Callable[[Row, str], int]) -> None:
    wrong = []
    for row in {"site": SITE, "api": API}[part]:
        found = {role: ask(row, role) for role in row.statuses}
        if found != row.statuses:
            wrong.append(f"{row.method} {row.route} ({row.address})\n  is  {found}\n  not {row.statuses}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
def test_planted_wrong_statuses_are_found(ask: Callable[[Row, str], int]) -> None:
    for planted, role in (
        (permission_row("GET", "/api/me", "/api/me", "200"), "guest"),
        (permission_row("GET", "/api/posts/{id}", "/api/posts/{draft}", "404 200 404 404 404 404 200 404 200"), OTHER),
        (permission_row("GET", "/api/me/tokens", "/api/me/tokens", "401 200 200 200 200 200 200 200 200"), READ_TOKEN),
        (permission_row("PUT", "/api/me", "/api/me", "200", {"location": "Bonn"}, read_token=200), READ_TOKEN),
    ):
        assert ask(planted, role) != planted.statuses[role]
