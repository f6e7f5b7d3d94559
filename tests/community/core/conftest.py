"""The tiny API of probe.py in the place of the site."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.openapi import CheckedClient

PROBE = "tests.community.core.probe"


class ProbeClient(CheckedClient):
    """A guest of the tiny API, whose answers are held against its own document."""

    urlconf = PROBE


@pytest.fixture
def probe(settings: Any, db: None) -> ProbeClient:
    """A guest who may ask as often as needed; faults become answers."""
    settings.ROOT_URLCONF = PROBE
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "api": (100_000, 60)}
    return ProbeClient(raise_request_exception=False)
