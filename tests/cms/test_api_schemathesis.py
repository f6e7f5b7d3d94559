"""Random requests to every operation, as guest and as user: no fault of ours and no undocumented answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from allauth.headless.internal.sessionkit import new_session
from allauth.headless.tokens.strategies.jwt import internal as jwt
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode, checks

from sparkle_site.wsgi import application
from tests.factories import make_category, make_post
from tests.support.jobs import broken, declare
from tests.support.polling import post_with_poll

#: Every operation there is takes a minute or two.
pytestmark = pytest.mark.timeout(300)
DOCUMENT = "/api/openapi.json"
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
    checks.allow_header_conformance,
    checks.ignored_auth,
]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests end without closing the connection that holds the test's transaction, as in Django's client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def api(settings: Any, cast: Any, one_connection: None) -> Any:
    """The operations of the document, and a site with something on it."""
    settings.RATE_LIMIT_SCALE = 1_000_000
    for number in range(3):
        make_post(cast.creator, tags=[f"tag {number}"], category=make_category(), published=number < 2)
    rejections = {"expected-statuses": [400, 401, 403, 404, 405, 406, 409, 413, 415, 429]}
    config = schemathesis.Config.from_dict({"checks": {"negative_data_rejection": rejections}})
    return schemathesis.openapi.from_wsgi(DOCUMENT, application, config=config)


#: What else stands in addresses: the kind of something to follow, the type of a reaction.
OTHERS = {"kind": "user", "type": "LIKE"}


def bearer(user: Any) -> str:
    """An access token in a new session of `user`."""
    session = new_session()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "community.accounts.adapters.PeopleBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return jwt.create_access_token(user, session, {})


@pytest.mark.parametrize(
    ("who", "examples"), [("fan", 1), *(pytest.param(who, 2, marks=pytest.mark.long) for who in ("guest", "fan"))]
)
def test_no_operation_surprises(api, cast, who, examples):
    user = None if who == "guest" else getattr(cast, who)
    post = post_with_poll(cast.fan)
    explore(api, user, {"id": str(post.pk), "username": cast.fan.username, "queue": "media", **OTHERS}, examples)
    assert make_post(cast.fan).pk, "the database still works"


def test_no_operation_surprises_administrators(api, cast, monkeypatch):
    declare(monkeypatch)
    explore(
        api.include(path_regex="^/api/admin/"),
        cast.admin,
        {"id": str(broken().pk), "queue": "media", "username": cast.fan.username},
        examples=2,
    )


def explore(api: Any, user: Any, real: dict[str, str], examples: int) -> None:
    """Requests to every operation, those that are well-formed for things that are there."""
    results = list(api.get_all_operations())
    assert results
    for result in results:
        operation = result.ok()
        names = [parameter.name for parameter in operation.path_parameters]
        # Random ids hardly ever name something: well-formed requests go to things that are there.
        there = {name: real[name] for name in names} or None
        hammer(operation.as_strategy(generation_mode=GenerationMode.POSITIVE, path_parameters=there), user, examples)
        # What takes no input at all cannot be asked wrongly.
        if [*operation.iter_parameters(), *operation.body]:
            hammer(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE), user, examples)


def hammer(strategy: Any, user: Any, examples: int) -> None:
    """A bounded number of requests, the same ones each time."""

    @seed(20261123)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def run(case: Any) -> None:
        # Signing out ends the session, so each request brings a token of its own.
        headers = {"Authorization": f"Bearer {bearer(user)}"} if user is not None else {}
        case.call_and_validate(headers=headers, checks=CHECKS)

    run()
