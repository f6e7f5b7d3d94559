"""Processes are renewed and stopped under load, and no request is lost."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest

from tests.support.load import Load
from tests.support.processes import eventually
from tests.support.sites import Site


def renew(site: Site, load: Load, more: int) -> None:
    """Renews all processes and waits until the new ones have answered `more` requests."""
    before = set(site.running())
    site.process.send_signal(signal.SIGHUP)
    eventually(lambda: not before & set(site.running()) and len(site.running()) == 3, 60)
    served = load.answered
    eventually(lambda: load.answered > served + more, 120)


@pytest.mark.long
def test_three_renewals_under_load_lose_no_request(launch: Callable[..., Site]) -> None:
    site = launch("--only=web").serves()
    with Load(site) as load:
        for _ in range(3):
            renew(site, load, 50)
    assert load.failed == []
    assert load.refused == 0
    assert load.answered > 600


@pytest.mark.long
@pytest.mark.timeout(600)
def test_three_renewals_lose_none_of_fifteen_thousand_requests(launch: Callable[..., Site]) -> None:
    site = launch("--only=web").serves()
    with Load(site, "/empty", threads=8) as load:
        eventually(lambda: load.answered > 3_000, 120)
        for _ in range(3):
            renew(site, load, 4_000)
    assert load.failed == []
    assert load.refused == 0
    assert load.answered > 15_000


@pytest.mark.parametrize("path", ["/slow?seconds=0.3", "/empty"])
def test_stopping_under_load_cuts_no_request(launch: Callable[..., Site], path: str) -> None:
    site = launch("--only=web").serves()
    with Load(site, path, threads=8) as load:
        eventually(lambda: load.answered > 30)
        site.process.terminate()
        assert site.process.wait(25) == 0
        time.sleep(0.2)
    assert load.failed == []
    assert load.refused > 0
    assert "Traceback" not in site.output
