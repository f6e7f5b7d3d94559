"""The stack of a request: its calls find room, and none of them asks the system for memory again and again."""

from __future__ import annotations

import resource
from collections.abc import Callable
from typing import Any

import pytest

from sparkle_site import wsgi

DEEPEST, TIMES = 300, 100


def faults_at_each_depth() -> int:
    """Pages of memory that the system had to hand out while functions were called at many depths, the most at one."""

    def leaf(a: int, b: int, c: int) -> int:
        return a + b + c

    def loop() -> int:
        before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
        for number in range(TIMES):
            leaf(number, number, number)
        return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before

    def down(depth: int) -> int:
        return max(loop(), down(depth - 1)) if depth else 0

    return down(DEEPEST)


def asked(answer: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> int:
    found: list[int] = []
    monkeypatch.setattr(wsgi, "django", lambda environ, start_response: found.append(answer()) or [])
    assert wsgi.application({}, lambda *_args: None) == []
    return found[0]


def test_no_depth_of_calls_costs_memory_at_each_call(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults_at_each_depth() >= TIMES // 2, "CPython has become better: the room is not needed any more"
    asked(faults_at_each_depth, monkeypatch)  # the first touches pages that nobody has touched yet
    assert asked(faults_at_each_depth, monkeypatch) < TIMES // 4


def test_what_goes_wrong_inside_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(environ: Any, start_response: Any) -> Any:
        raise LookupError(environ["PATH_INFO"])

    monkeypatch.setattr(wsgi, "django", broken)
    with pytest.raises(LookupError, match="/lost/"):
        wsgi.application({"PATH_INFO": "/lost/"}, lambda *_args: None)
