"""Named places where tests end a process as a power cut would, to see that nothing is lost and nothing doubled."""

from __future__ import annotations

import os
import random
import signal

from django.conf import settings

#: Every place there is: a test that names another one is wrong.
NAMES = frozenset({
    "fact.before", "fact.middle", "fact.before_commit", "fact.after_commit",
    "job.before", "job.middle", "job.after_commit", "job.before_done",
    "mail.before_sent",
})  # fmt: skip

_random: random.Random | None = None


def crash_point(name: str) -> None:
    """Kills this process at once (SIGKILL) when the test settings say so; costs a look at a setting otherwise.

    `settings.CRASH_POINTS` is a mapping from a name to the chance (0 to 1) that a pass through it kills, and
    exists in test settings only.
    """
    points: dict[str, float] = getattr(settings, "CRASH_POINTS", {})
    if not points:
        return
    global _random
    if _random is None:
        _random = random.Random(f"{getattr(settings, 'CRASH_SEED', 0)}:{os.getpid()}")  # noqa: S311 - which pass, not a secret
    if _random.random() < points.get(name, 0.0):
        os.kill(os.getpid(), signal.SIGKILL)
