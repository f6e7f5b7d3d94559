"""A site with web process and worker: the code of a registration leaves within seconds, also without Redis."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest

from tests.factories import PASSWORD
from tests.support.postmaster import Postmaster
from tests.support.processes import eventually
from tests.support.sites import Site

#: Nobody listens there.
NOWHERE = {"REDIS_URL": "redis://127.0.0.1:1/0"}


@pytest.fixture
def postmaster() -> Iterator[Postmaster]:
    made = Postmaster()
    made.start()
    yield made
    made.stop()


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [({}, 5), pytest.param(NOWHERE, 20, marks=pytest.mark.long)],
    ids=["as usual", "without Redis"],
)
def test_a_code_leaves_within_seconds(
    launch: Callable[..., Site],
    own_database: str,
    postmaster: Postmaster,
    environment: dict[str, str],
    seconds: float,
) -> None:
    site = launch(
        "--only=web", "--only=worker", "--web=1",
        settings="tests.support.posting", DATABASE_URL=own_database, EMAIL_URLS=postmaster.url, **environment,
    ).serves()  # fmt: skip
    body = {"email": "new@people.example", "username": "newcomer", "password": PASSWORD, "agreeToTerms": True}
    headers = {"Content-Type": "application/json"}
    answer = site.ask("/api/auth/register", method="POST", headers=headers, body=json.dumps(body))
    assert answer.status == 201, answer
    eventually(lambda: postmaster.taken, seconds)
    assert re.search(r"\b\d{6}\b", postmaster.taken[0].get_body(("plain",)).get_content())
    assert postmaster.recipients == ["new@people.example"]
