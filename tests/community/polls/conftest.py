"""What tests of polls share."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.polling import post_with_poll


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.RATE_LIMIT_SCALE = 1000


@pytest.fixture
def post(cast: Any) -> Any:
    """A post by the creator, with a poll of one choice, whose numbers are seen after voting."""
    return post_with_poll(cast.creator)
